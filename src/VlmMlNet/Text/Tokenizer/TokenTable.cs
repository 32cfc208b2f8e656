namespace VlmMlNet.Text.Tokenizer;

/// <summary>The bytes of every token, by id.</summary>
internal sealed class TokenTable
{
    private readonly int[] _ends;
    private readonly byte[] _bytes;

    /// <summary>Builds the table.</summary>
    /// <exception cref="MalformedInputException">Two tokens have one id, or an added token has another id than in the
    /// vocabulary.</exception>
    public TokenTable(TokenizerDefinition definition)
    {
        int highest = definition.Vocabulary.Values.Max();
        foreach (AddedToken token in definition.AddedTokens)
        {
            if (token.Id is < 0 or >= TokenizerDefinition.IdLimit)
                throw new MalformedInputException(definition.Source, $"the id {token.Id} of the added token '{token.Content}' is not from 0 to {TokenizerDefinition.IdLimit - 1}", "Download the file again.");
            highest = Math.Max(highest, token.Id);
        }
        var tokens = new string?[highest + 1];
        foreach ((string token, int id) in definition.Vocabulary)
            Place(tokens, token, id, definition.Source);
        foreach (AddedToken token in definition.AddedTokens)
        {
            if (definition.Vocabulary.TryGetValue(token.Content, out int id) && id != token.Id)
                throw new MalformedInputException(definition.Source, $"the added token '{token.Content}' has the id {token.Id}, but {id} in the vocabulary", "Use the files of one model.");
            Place(tokens, token.Content, token.Id, definition.Source);
        }
        var bytes = new List<byte>(8 * tokens.Length);
        _ends = new int[tokens.Length];
        for (int id = 0; id < tokens.Length; id++)
        {
            if (tokens[id] is { } token)
                ByteAlphabet.AppendBytes(token, bytes);
            _ends[id] = bytes.Count;
        }
        _bytes = [.. bytes];
    }

    /// <summary>The highest id + 1.</summary>
    public int Count => _ends.Length;

    /// <summary>The bytes of a token; none where the id is unknown.</summary>
    public ReadOnlySpan<byte> Bytes(int id)
    {
        if ((uint)id >= (uint)_ends.Length)
            return [];
        int start = id == 0 ? 0 : _ends[id - 1];
        return _bytes.AsSpan(start, _ends[id] - start);
    }

    private static void Place(string?[] tokens, string token, int id, string source)
    {
        if (tokens[id] is { } other && other != token)
            throw new MalformedInputException(source, $"the tokens '{other}' and '{token}' have the same id {id}", "Download the file again.");
        tokens[id] = token;
    }
}
