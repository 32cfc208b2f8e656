namespace VlmMlNet.Models;

/// <summary>Which tokens may see which (paper section 3).</summary>
public enum AttentionMaskKind
{
    /// <summary>Every token sees every token: stage 0.</summary>
    Bidirectional,

    /// <summary>The tokens of one picture see each other both ways and all before them; text is causal: stages 1 to 3 and generation.</summary>
    Hybrid,

    /// <summary>Every token sees itself and those before it: an ordinary language model.</summary>
    Causal,
}
