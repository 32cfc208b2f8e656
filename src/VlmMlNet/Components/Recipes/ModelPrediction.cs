namespace VlmMlNet.Components.Recipes;

/// <summary>What a model said about a picture.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Image">The picture's path, or the name of its bytes.</param>
/// <param name="Prompt">What was asked.</param>
/// <param name="Answer">What the model said.</param>
/// <param name="References">What people said.</param>
public sealed record ModelPrediction(string Id, string Image, string Prompt, string Answer, IReadOnlyList<string> References);
