namespace VlmMlNet.Imaging;

/// <summary>What an image file says of itself before any pixel is decoded.</summary>
/// <param name="Width">Width in pixels of the upright picture, that is after the EXIF orientation is applied.</param>
/// <param name="Height">Height in pixels of the upright picture.</param>
/// <param name="Format">The file's format, recognised by its content, not its name.</param>
public readonly record struct ImageHeader(int Width, int Height, ImageFormat Format);
