using VlmMlNet.Imaging;

namespace VlmMlNet.Components.Recipes;

/// <summary>A picture with what people said about it.</summary>
/// <param name="Id">The row's id, or its number where it has none.</param>
/// <param name="Image">The picture.</param>
/// <param name="Captions">Its captions; none where the data has questions, or has no captions.</param>
/// <param name="Questions">The questions about it; none where captions are asked for.</param>
internal sealed record PictureRow(string Id, ImageSource Image, IReadOnlyList<string> Captions, IReadOnlyList<PictureQuestion> Questions);
