namespace VlmMlNet.Imaging;

/// <summary>The filters that resize pictures, with Pillow's names and numbers; all of them are stretched when a picture becomes
/// smaller, so that every pixel has its share (antialiasing).</summary>
public enum Resampling
{
    /// <summary>A sinc function over three pixels to either side.</summary>
    Lanczos = 1,

    /// <summary>A triangle over one pixel to either side: SigLIP 2's.</summary>
    Bilinear = 2,

    /// <summary>Keys' cubic convolution over two pixels to either side, with a = -0.5: SigLIP's.</summary>
    Bicubic = 3,

    /// <summary>The mean of the pixels below.</summary>
    Box = 4,

    /// <summary>A sinc function over one pixel to either side under Hamming's window.</summary>
    Hamming = 5,
}
