namespace VlmMlNet.Components.Recipes;

/// <summary>Something that a run was begun with and that the stages do not tell.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Identity">The same where a continuation makes sense. Empty for what may be another one, such as the place of the data.</param>
/// <param name="Text">How messages show it.</param>
internal sealed record RunOrigin(string Name, string Identity, string Text);
