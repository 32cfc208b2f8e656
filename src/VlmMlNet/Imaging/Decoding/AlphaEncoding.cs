namespace VlmMlNet.Imaging.Decoding;

/// <summary>What the fourth byte of a pixel means.</summary>
internal enum AlphaEncoding
{
    /// <summary>Nothing: every pixel is opaque.</summary>
    Opaque,

    /// <summary>Opacity; the colours are those of the opaque picture.</summary>
    Straight,

    /// <summary>Opacity; the colours are multiplied by it.</summary>
    Premultiplied,
}
