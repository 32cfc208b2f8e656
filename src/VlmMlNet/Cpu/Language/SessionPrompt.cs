using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Tensors;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Language;

/// <summary>Tokens that are appended together, with the pictures among them: checked, and with what each of them sees.</summary>
internal sealed class SessionPrompt
{
    private readonly int[] _ids;
    private readonly int[] _seen;
    private readonly int[] _picturePlace; // rows of _pictures, in order; -1 for text
    private readonly float[] _pictures;
    private readonly int _width;

    private SessionPrompt(int[] ids, int[] seen, int[] picturePlace, float[] pictures, int width)
    {
        (_ids, _seen, _picturePlace, _pictures, _width) = (ids, seen, picturePlace, pictures, width);
    }

    public static SessionPrompt Create(ReadOnlySpan<int> tokenIds, Tensor? visualTokens, AttentionMaskKind kind, Qwen2Config config)
    {
        if (tokenIds.IsEmpty)
            throw new ArgumentException("There is no token to append.", nameof(tokenIds));
        if (kind == AttentionMaskKind.Bidirectional)
            throw new ArgumentException("Under the bidirectional mask earlier tokens depend on later ones: nothing can be decoded step by step.", nameof(kind));
        if (visualTokens is not null)
            Shape.Check(visualTokens, nameof(visualTokens), -1, -1, config.HiddenSize);
        int patches = visualTokens is null ? 0 : (int)visualTokens.shape[1], given = visualTokens is null ? 0 : (int)visualTokens.shape[0] * patches;
        int reserved = tokenIds.Count(ImageToken.Id);
        if (reserved != given)
            throw new ArgumentException($"The text reserves {reserved} places for image tokens, but {given} image tokens are given.", nameof(visualTokens));

        var places = new int[tokenIds.Length];
        var blocks = new int[tokenIds.Length];
        for (int i = 0, next = 0; i < tokenIds.Length; i++)
        {
            bool isPicture = tokenIds[i] == ImageToken.Id;
            if (!isPicture)
                CheckId(tokenIds[i], config);
            if (isPicture && next % patches != 0 && tokenIds[i - 1] != ImageToken.Id)
                throw new ArgumentException($"The picture that ends before position {i} has fewer than {patches} places.", nameof(tokenIds));
            blocks[i] = isPicture ? next / patches + 1 : 0;
            places[i] = isPicture ? next++ : -1;
        }
        return new SessionPrompt(tokenIds.ToArray(), SeenBy(kind, blocks), places, Floats(visualTokens), config.HiddenSize);
    }

    public static int CheckId(int id, Qwen2Config config) => id >= 0 && id < config.VocabSize
        ? id
        : throw new ArgumentException($"Token id {id} is outside the vocabulary of {config.VocabSize}; the tokenizer does not belong to this model.");

    /// <summary>How many of these tokens, from the first on, a token sees.</summary>
    public int Seen(int token) => _seen[token];

    /// <summary>Where a pass that begins at a token may end: it holds all that its tokens see.</summary>
    public int EndOfPass(int first, int wanted)
    {
        int end = Math.Min(first + wanted, _ids.Length);
        while (_seen[end - 1] > end)
            end = _seen[end - 1];
        return end;
    }

    public void Embed(WeightMatrix table, int token, Span<float> target)
    {
        if (_picturePlace[token] < 0)
            table.ReadRow(_ids[token], target);
        else
            _pictures.AsSpan(_picturePlace[token] * _width, _width).CopyTo(target);
    }

    // Steps never fall from a token to the next, so what a token sees is a beginning of the sequence.
    private static int[] SeenBy(AttentionMaskKind kind, int[] blocks)
    {
        var steps = new long[blocks.Length];
        AttentionMask.Steps(kind, blocks, steps);
        var seen = new int[blocks.Length];
        for (int i = blocks.Length - 1; i >= 0; i--)
            seen[i] = i + 1 < blocks.Length && steps[i + 1] == steps[i] ? seen[i + 1] : i + 1;
        return seen;
    }

    private static float[] Floats(Tensor? visualTokens)
    {
        if (visualTokens is null)
            return [];
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        return visualTokens.to(ScalarType.Float32, CPU).contiguous().data<float>().ToArray();
    }
}
