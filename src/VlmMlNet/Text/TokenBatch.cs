namespace VlmMlNet.Text;

/// <summary>Conversations of unequal length as one rectangle: plain arrays, row-major [B*T].</summary>
public sealed class TokenBatch
{
    private TokenBatch(int batch, int length, int padId)
    {
        Batch = batch;
        Length = length;
        int size = checked(batch * length);
        TokenIds = new long[size];
        Labels = new long[size];
        Valid = new bool[size];
        ImageBlock = new int[size];
        SegmentIds = new int[size];
        Array.Fill(TokenIds, padId);
        Array.Fill(Labels, EncodedConversation.Unscored);
    }

    /// <summary>B, the number of rows.</summary>
    public int Batch { get; }

    /// <summary>T, the length of the longest row.</summary>
    public int Length { get; }

    /// <summary>[B*T]: ids; <see cref="ImageToken.Id"/> at each position of a picture, the pad id where <see cref="Valid"/> is
    /// false.</summary>
    public long[] TokenIds { get; }

    /// <summary>[B*T], not shifted: the id of a scored token, <see cref="EncodedConversation.Unscored"/> elsewhere.</summary>
    public long[] Labels { get; }

    /// <summary>[B*T]: false at padding.</summary>
    public bool[] Valid { get; }

    /// <summary>[B*T]: 0 at text and padding, k at the positions of the k-th picture of the row, counted from 1, so that two
    /// pictures side by side are told apart.</summary>
    public int[] ImageBlock { get; }

    /// <summary>[B*T]: 0 at padding, k at the tokens of the row's k-th example, counted from 1. <see cref="Collate"/> gives each row one,
    /// <see cref="Pack"/> several, none of which is to see another.</summary>
    public int[] SegmentIds { get; }

    /// <summary>Whether a row holds more than one example.</summary>
    internal bool HasSeveralExamples { get; private init; }

    /// <summary>Lays conversations into a batch.</summary>
    /// <param name="rows">The conversations, at least one.</param>
    /// <param name="side">Where shorter rows are filled up.</param>
    /// <param name="padId">What they are filled with.</param>
    /// <param name="imageTokenCount">The positions of one picture, as the conversations were encoded with.</param>
    /// <exception cref="MalformedInputException">A row's arrays differ in length, or its picture positions are not whole
    /// blocks.</exception>
    public static TokenBatch Collate(IReadOnlyList<EncodedConversation> rows, PaddingSide side, int padId, int imageTokenCount)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Create([.. rows.Select(row => new[] { row })], side, padId, imageTokenCount);
    }

    /// <summary>Lays several conversations into each row, one behind the other, and fills rows up on the right. A model gives each the
    /// numbers that it has in a row of its own: positions begin anew, and none sees another.</summary>
    /// <param name="rows">The conversations of each row, at least one.</param>
    /// <param name="padId">What shorter rows are filled with.</param>
    /// <param name="imageTokenCount">As for <see cref="Collate"/>.</param>
    /// <inheritdoc cref="Collate" path="/exception"/>
    public static TokenBatch Pack(IReadOnlyList<IReadOnlyList<EncodedConversation>> rows, int padId, int imageTokenCount)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return Create(rows, PaddingSide.Right, padId, imageTokenCount);
    }

    private static TokenBatch Create(IReadOnlyList<IReadOnlyList<EncodedConversation>> rows, PaddingSide side, int padId, int imageTokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        ArgumentOutOfRangeException.ThrowIfNegative(imageTokenCount);
        int Length(IReadOnlyList<EncodedConversation> row) => row.Sum(example => example.TokenIds.Length);
        var batch = new TokenBatch(rows.Count, rows.Max(Length), padId) { HasSeveralExamples = rows.Any(row => row.Count > 1) };
        for (int row = 0; row < rows.Count; row++)
        {
            int start = row * batch.Length + (side == PaddingSide.Left ? batch.Length - Length(rows[row]) : 0), block = 0, segment = 0;
            foreach (var example in rows[row])
            {
                batch.Place(example, row, start, ++segment, ref block, imageTokenCount);
                if (segment > 1 && example.TokenIds.Length > 0)
                    batch.Labels[start] = EncodedConversation.Unscored; // what lies before it cannot predict it
                start += example.TokenIds.Length;
            }
        }
        return batch;
    }

    private void Place(EncodedConversation conversation, int row, int start, int segment, ref int block, int imageTokenCount)
    {
        (int[] ids, int[] labels, int imageCount) = conversation;
        if (labels.Length != ids.Length)
            throw new MalformedInputException("batch", $"it has {ids.Length} ids but {labels.Length} labels", row: row);
        int before = block;
        for (int i = 0; i < ids.Length;)
        {
            int blockEnd = i + 1;
            if (ids[i] == ImageToken.Id)
            {
                if (imageTokenCount == 0 || imageTokenCount > ids.Length - i || ids.AsSpan(i, imageTokenCount).ContainsAnyExcept(ImageToken.Id))
                    throw WrongBlocks();
                blockEnd = i + imageTokenCount;
                Array.Fill(ImageBlock, ++block, start + i, blockEnd - i);
            }
            for (; i < blockEnd; i++)
            {
                TokenIds[start + i] = ids[i];
                Labels[start + i] = labels[i];
                Valid[start + i] = true;
                SegmentIds[start + i] = segment;
            }
        }
        if (block - before != imageCount)
            throw WrongBlocks();

        MalformedInputException WrongBlocks() =>
            new("batch", $"its picture positions are not {imageCount} blocks of {imageTokenCount}",
                "Encode the conversation with the same number of positions for a picture.", row);
    }
}
