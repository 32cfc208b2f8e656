namespace VlmMlNet.Imaging.Resizing;

/// <summary>The filters as functions of the distance in pixels, computed as Pillow does.</summary>
internal static class ResampleKernel
{
    private const double A = -0.5;

    /// <summary>The distance from which on a filter is 0.</summary>
    public static double Radius(Resampling filter) => filter switch
    {
        Resampling.Lanczos => 3,
        Resampling.Bilinear => 1,
        Resampling.Bicubic => 2,
        Resampling.Box => 0.5,
        Resampling.Hamming => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, "There is no such filter."),
    };

    /// <summary>The weight of a pixel before normalisation.</summary>
    public static double Weight(Resampling filter, double x) => filter switch
    {
        Resampling.Lanczos => x is >= -3 and < 3 ? Sinc(x) * Sinc(x / 3) : 0,
        Resampling.Bilinear => Math.Max(0, 1 - Math.Abs(x)),
        Resampling.Bicubic => Cubic(Math.Abs(x)),
        Resampling.Box => x is > -0.5 and <= 0.5 ? 1 : 0,
        _ => Math.Abs(x) < 1 ? Sinc(x) * (0.54 + 0.46 * Math.Cos(x * Math.PI)) : 0,
    };

    private static double Cubic(double x) => x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1
        : x < 2 ? (((x - 5) * x + 8) * x - 4) * A
        : 0;

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
