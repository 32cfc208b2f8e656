namespace VlmMlNet.Text;

/// <summary>LLaVA's placeholder for a picture.</summary>
public static class ImageToken
{
    /// <summary>Stands in token ids for a position whose embedding comes from a picture; no tokenizer has it.</summary>
    public const int Id = -200;

    /// <summary>Stands in a user's message for a picture.</summary>
    public const string Text = "<image>";
}
