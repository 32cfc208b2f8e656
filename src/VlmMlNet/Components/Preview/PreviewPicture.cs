using VlmMlNet.Imaging;

namespace VlmMlNet.Components.Preview;

/// <summary>A picture and what a model sees of it.</summary>
/// <param name="Name">The path, or the name of its bytes.</param>
/// <param name="Width">The width of the picture itself, in pixels; 0 where it cannot be decoded.</param>
/// <param name="Height">Its height.</param>
/// <param name="Seen">The model's input, made visible again; null where the picture cannot be decoded.</param>
public sealed record PreviewPicture(string Name, int Width, int Height, RgbImage? Seen);
