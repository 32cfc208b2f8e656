namespace VlmMlNet.Evaluation.Captions;

/// <summary>One caption given for every image.</summary>
/// <param name="Text">The caption.</param>
/// <param name="Cider">The CIDEr-D that it scores.</param>
public sealed record ConstantCaption(string Text, double Cider);
