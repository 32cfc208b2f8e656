using VlmMlNet.Imaging.Resizing;

namespace VlmMlNet.Imaging;

/// <summary>Small random changes of pictures, so that a model that sees few of them again and again does not learn them by heart. The
/// defaults change a picture so little that its caption stays true.</summary>
public sealed record ImageAugmentation
{
    /// <summary>Least share of the picture's area that is kept when it is cropped at a random place, above 0; 1 crops nothing. Default 0.8.</summary>
    public double MinCropArea { get; init; } = 0.8;

    /// <summary>Most that the crop's sides are stretched against each other, at least 1. Default 1.2.</summary>
    public double MaxStretch { get; init; } = 1.2;

    /// <summary>Most degrees that the picture is turned to either side, 0 to 180; what comes in at the corners repeats the edge. Default 5.</summary>
    public double MaxRotation { get; init; } = 5;

    /// <summary>Probability that left and right are exchanged. Default 0: captions name sides, and there is writing in pictures.</summary>
    public double FlipProbability { get; init; }

    /// <summary>Most that brightness is multiplied with, less 1, or divided by; 0 to 1. Default 0.2.</summary>
    public double Brightness { get; init; } = 0.2;

    /// <summary>The same for contrast, against the mean. Default 0.2.</summary>
    public double Contrast { get; init; } = 0.2;

    /// <summary>The same for saturation, against grey. Default 0.2.</summary>
    public double Saturation { get; init; } = 0.2;

    /// <summary>Says what is impossible; null where nothing is.</summary>
    internal string? FindProblem() =>
        MinCropArea is not (> 0 and <= 1) ? $"{nameof(MinCropArea)} is {MinCropArea}; it must be above 0 and at most 1"
        : MaxStretch is not (>= 1 and <= 10) ? $"{nameof(MaxStretch)} is {MaxStretch}; it must be from 1 to 10"
        : MaxRotation is not (>= 0 and <= 180) ? $"{nameof(MaxRotation)} is {MaxRotation}; it must be from 0 to 180"
        : FlipProbability is not (>= 0 and <= 1) ? $"{nameof(FlipProbability)} is {FlipProbability}; it must be from 0 to 1"
        : new[] { (nameof(Brightness), Brightness), (nameof(Contrast), Contrast), (nameof(Saturation), Saturation) }.Where(p => p.Item2 is not (>= 0 and <= 1))
            .Select(p => $"{p.Item1} is {p.Item2}; it must be from 0 to 1").FirstOrDefault();

    /// <summary>Changes a picture and resizes it.</summary>
    /// <param name="image">Any size.</param>
    /// <param name="width">The new width.</param>
    /// <param name="height">The new height.</param>
    /// <param name="filter">Resizes.</param>
    /// <param name="random">Decides; equal ones change equal pictures equally.</param>
    internal RgbImage Apply(RgbImage image, int width, int height, Resampling filter, Random random)
    {
        // All is drawn, whatever is used: one setting does not change what another one draws.
        double area = Between(random, MinCropArea, 1), stretch = Factor(random, MaxStretch - 1), left = random.NextDouble(), top = random.NextDouble();
        double angle = Between(random, -MaxRotation, MaxRotation);
        bool isFlipped = random.NextDouble() < FlipProbability;
        double brightness = Factor(random, Brightness), contrast = Factor(random, Contrast), saturation = Factor(random, Saturation);

        int cropWidth = Side(image.Width, Math.Sqrt(area * stretch)), cropHeight = Side(image.Height, Math.Sqrt(area / stretch));
        if (cropWidth < image.Width || cropHeight < image.Height)
            image = Crop(image, (int)(left * (image.Width - cropWidth + 1)), (int)(top * (image.Height - cropHeight + 1)), cropWidth, cropHeight);
        byte[] pixels = ImageResizer.Resize(image, width, height, filter).Pixels;
        if (angle != 0 || isFlipped)
            pixels = Turn(pixels, width, height, angle * Math.PI / 180, isFlipped);
        ChangeColours(pixels, (float)brightness, (float)contrast, (float)saturation);
        return new RgbImage(width, height, pixels);
    }

    private static double Between(Random random, double least, double most) => least + (most - least) * random.NextDouble();

    // As often above 1 as below.
    private static double Factor(Random random, double strength) => Math.Exp(Between(random, -1, 1) * Math.Log(1 + strength));

    private static int Side(int side, double share) => Math.Clamp((int)Math.Round(side * share), 1, side);

    private static RgbImage Crop(RgbImage image, int left, int top, int width, int height)
    {
        byte[] pixels = GC.AllocateUninitializedArray<byte>(3 * width * height);
        for (int y = 0; y < height; y++)
            image.Pixels.AsSpan(3 * ((top + y) * image.Width + left), 3 * width).CopyTo(pixels.AsSpan(3 * y * width));
        return new RgbImage(width, height, pixels);
    }

    // Bilinear, about the centre.
    private static byte[] Turn(byte[] pixels, int width, int height, double angle, bool isFlipped)
    {
        byte[] turned = GC.AllocateUninitializedArray<byte>(pixels.Length);
        double cos = Math.Cos(angle), sin = Math.Sin(angle), centreX = (width - 1) / 2.0, centreY = (height - 1) / 2.0;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                double dx = isFlipped ? centreX - x : x - centreX, dy = y - centreY;
                double fromX = Math.Clamp(centreX + cos * dx + sin * dy, 0, width - 1), fromY = Math.Clamp(centreY - sin * dx + cos * dy, 0, height - 1);
                int left = (int)fromX, top = (int)fromY, right = Math.Min(left + 1, width - 1), bottom = Math.Min(top + 1, height - 1);
                double across = fromX - left, down = fromY - top;
                for (int c = 0; c < 3; c++)
                {
                    double above = At(left, top, c) * (1 - across) + At(right, top, c) * across, below = At(left, bottom, c) * (1 - across) + At(right, bottom, c) * across;
                    turned[3 * (y * width + x) + c] = (byte)(above * (1 - down) + below * down + 0.5);
                }
            }
        }
        return turned;

        int At(int x, int y, int channel) => pixels[3 * (y * width + x) + channel];
    }

    private static void ChangeColours(Span<byte> pixels, float brightness, float contrast, float saturation)
    {
        if (brightness == 1 && contrast == 1 && saturation == 1)
            return;
        long sum = 0;
        foreach (byte value in pixels)
            sum += value;
        float mean = brightness * sum / pixels.Length;
        for (int i = 0; i < pixels.Length; i += 3)
        {
            float red = Contrasted(pixels[i]), green = Contrasted(pixels[i + 1]), blue = Contrasted(pixels[i + 2]);
            float grey = 0.299f * red + 0.587f * green + 0.114f * blue; // ITU-R BT.601
            pixels[i] = Saturated(red, grey);
            pixels[i + 1] = Saturated(green, grey);
            pixels[i + 2] = Saturated(blue, grey);
        }

        float Contrasted(byte value) => mean + contrast * (brightness * value - mean);

        byte Saturated(float value, float grey) => (byte)Math.Clamp(grey + saturation * (value - grey) + 0.5f, 0, 255);
    }
}
