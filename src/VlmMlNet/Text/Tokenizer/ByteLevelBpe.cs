using Microsoft.ML.Tokenizers;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>Sets up Microsoft.ML.Tokenizers' byte-pair encoding for a definition.</summary>
internal static class ByteLevelBpe
{
    /// <summary>Makes the engine. Added tokens and normalisation are not its part.</summary>
    public static BpeTokenizer Create(TokenizerDefinition definition, WordSplitter splitter)
    {
        var options = new BpeOptions(definition.Vocabulary)
        {
            ByteLevel = true,
            PreTokenizer = splitter,
            Merges = Lines(definition),
            FuseUnknownTokens = definition.FusesUnknownTokens,
            // Without the token in the vocabulary the engine refuses; it is needed only where bytes lack tokens of their own.
            UnknownToken = definition.UnknownToken is { } unknown && definition.Vocabulary.ContainsKey(unknown) ? unknown : null,
        };
        try
        {
            return BpeTokenizer.Create(options);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException)
        {
            throw new MalformedInputException(definition.Source, $"the byte-pair encoder refuses the vocabulary: {exception.Message.TrimEnd('.')}",
                "Use the tokenizer of a Qwen2 model.", innerException: exception);
        }
    }

    private static IEnumerable<string> Lines(TokenizerDefinition definition)
    {
        var tokens = new Dictionary<int, string>(definition.Vocabulary.Count);
        foreach ((string token, int id) in definition.Vocabulary)
            tokens[id] = token;
        foreach ((int left, int right) in definition.Merges)
            yield return $"{tokens[left]} {tokens[right]}";
    }
}
