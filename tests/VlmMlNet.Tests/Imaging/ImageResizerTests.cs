using System.Runtime.Intrinsics.X86;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Resizing;

namespace VlmMlNet.Tests.Imaging;

public sealed class ImageResizerTests
{
    [Theory] // what Pillow 9.4 makes of the 5 x 3 picture below
    [InlineData(7, 4, "911ce24187f601ddf122c6c0daa2b8cd75865c57507614479257a273abf00cd9df9ba85a8857541d1a95725855ac6873af7a934e8196548d2558655e5231dc87bcff7daf87916714be001230643b5b979fdb8df9")]
    [InlineData(2, 2, "5d86c575848a8c756f666a76")]
    [InlineData(5, 2, "7f208c5eaaed15d1d2dc8e694038787d8099a882637b49603c8a2f8659dd")]
    [InlineData(3, 3, "516dea4fc5ccaa6d779e42635eb2a845416487a59e833c207b88ae")]
    [InlineData(1, 1, "71798e")]
    [InlineData(9, 3, "9118d66854e41ec0fb07d8e621c6c1ababb4fc8aa094646e545154671e08943545da64b484a0e512cddb55b353897c053b2d7c0c04c586b5fa83aeb97f9c42a04a19b5011c52492f1f9261918cc4d586fa")]
    [InlineData(5, 3, "8826d916cdfb21c6c1ff91a761565a702416da6ec212cddb8d8800160eb686b2eb819333b5011c188c53c786ed")]
    public void Small_pictures_are_resized_as_Pillow_does(int width, int height, string expected)
    {
        var image = new RgbImage(5, 3, Convert.FromHexString("8826d916cdfb21c6c1ff91a761565a702416da6ec212cddb8d8800160eb686b2eb819333b5011c188c53c786ed"));
        RgbImage resized = ImageResizer.Resize(image, width, height);
        Assert.Equal(expected, Convert.ToHexStringLower(resized.Pixels));
        Assert.NotSame(image.Pixels, resized.Pixels);
    }

    [Theory] // what Pillow 9.4 makes of the same picture by its other filters
    [InlineData(Resampling.Lanczos, 7, 4, "951be94685fb00eced26c1bbe5a2bfd47589595b4d70083c9c499c67bfff01e7eba7b75a944b4c0915936b5d50b36865bd739554798f43911053635d562fee8cbbff72bf93965d00c1000e29593459a3aae98df9")]
    [InlineData(Resampling.Lanczos, 2, 2, "5e89c771888d8e7468656774")]
    [InlineData(Resampling.Lanczos, 3, 3, "4a6dea50cccfb168759e3f6a64b9a841405e8da6a07d3a157989b3")]
    [InlineData(Resampling.Lanczos, 1, 1, "71798e")]
    [InlineData(Resampling.Lanczos, 9, 3, "9612d36b53e625bbfa00e7e721c6c1b7adb7fb889f9c626e4651525c1f039d3040dd60ab81a8ff12cddb50c1458b76064129750402d388b1ff7fb6bc7ca148ac3f0bb5011c4a40252096668c93c8e180fd")]
    [InlineData(Resampling.Lanczos, 5, 2, "7e1b8660a9f210d7d8e08e673a34767d8193ae7f607b4860388a2a8457e1")]
    [InlineData(Resampling.Bilinear, 7, 4, "8826d94785ec19cbea21c6c1c0a0aebb788661565a79255f8763a46ea2d518cad18a9e697e62633229947859669d6d7c9b7d8e4f81935c87415d6869583bcb86b2eb83a08290692cb5011c456443638995c786ed")]
    [InlineData(Resampling.Bilinear, 2, 2, "5f85be78828b897675696d75")]
    [InlineData(Resampling.Bilinear, 3, 3, "576ee850bcc8a56f7b9d44605aa9a549426884a59c87402d7c89ab")]
    [InlineData(Resampling.Bilinear, 1, 1, "6f7a8d")]
    [InlineData(Resampling.Bilinear, 9, 3, "8826d9625ee423baf71bcae121c6c19ca9b3ed8a9e966a7461565a702416933d4fce66af8198cd12cddb56a761807a143e3779160eb686b2eb84a8ae829647985229b5011c5e4e3b2b8b648d88bac786ed")]
    [InlineData(Resampling.Bilinear, 5, 2, "7f259060a9e61bc9cbd48e68453b7d7e7d9ba28569784e64448b348559d8")]
    [InlineData(Resampling.Box, 7, 4, "8826d916cdfb16cdfb21c6c1ff91a7ff91a761565a702416da6ec2da6ec212cddb8d88008d8800160eb6702416da6ec2da6ec212cddb8d88008d8800160eb686b2eb819333819333b5011c188c53188c53c786ed")]
    [InlineData(Resampling.Box, 2, 2, "5a84b781606e946d697089a0")]
    [InlineData(Resampling.Box, 3, 3, "4f7aea21c6c1b07481a5496c12cddb524b5b84a38fb5011c7089a0")]
    [InlineData(Resampling.Box, 1, 1, "737691")]
    [InlineData(Resampling.Box, 9, 3, "8826d98826d916cdfb16cdfb21c6c1ff91a7ff91a761565a61565a702416702416da6ec2da6ec212cddb8d88008d8800160eb6160eb686b2eb86b2eb819333819333b5011c188c53188c53c786edc786ed")]
    [InlineData(Resampling.Box, 5, 2, "7c2578789edf1acacec68d543c328886b2eb819333b5011c188c53c786ed")]
    [InlineData(Resampling.Hamming, 7, 4, "8826d93d95f017ccf521c6c1e797aaca7d8d61565a7624449a64a09c8cd016cbd598923a7d6650281fa0754548aa6683b67ba2389dae6c8c2461694f3f2ac386b2eb839d71878330b5011c297d4d538a87c786ed")]
    [InlineData(Resampling.Hamming, 2, 2, "5886cc8a7e858d7c76677078")]
    [InlineData(Resampling.Hamming, 3, 3, "5d65e63fbfc69d6c7798405740b6b8433c7184a6a6972a278588b3")]
    [InlineData(Resampling.Hamming, 1, 1, "6f7c8b")]
    [InlineData(Resampling.Hamming, 9, 3, "8826d97542df18cbfb1acae521c6c1aca5b1fd90a67b606761565a702416823033d96dc08f91cb12cddb5fa2528b86022a2298160eb686b2eb85adcc819336945d2ab5011c52583f1a8c55aa87d3c786ed")]
    [InlineData(Resampling.Hamming, 5, 2, "8125a34cb3eb1dc8c8df8f794c4274808bb09a895b883a51388b3c9665de")]
    public void Every_filter_is_Pillows(Resampling filter, int width, int height, string expected)
    {
        var image = new RgbImage(5, 3, Convert.FromHexString("8826d916cdfb21c6c1ff91a761565a702416da6ec212cddb8d8800160eb686b2eb819333b5011c188c53c786ed"));
        Assert.Equal(expected, Convert.ToHexStringLower(ImageResizer.Resize(image, width, height, filter).Pixels));
    }

    [Theory]
    [InlineData(100, 80, 37, 29)]
    [InlineData(37, 29, 100, 80)]
    [InlineData(64, 64, 64, 9)]
    [InlineData(64, 64, 9, 64)]
    [InlineData(300, 5, 7, 200)]
    [InlineData(1, 1, 30, 20)]
    [InlineData(1, 900, 50, 50)]
    [InlineData(900, 1, 50, 50)]
    [InlineData(2, 3, 3, 2)]
    [InlineData(31, 1000, 40, 3)]
    [InlineData(1000, 31, 3, 40)]
    public void The_result_is_the_rounded_convolution_by_the_definition(int fromWidth, int fromHeight, int width, int height)
    {
        RgbImage image = Pictures.Noise(fromWidth, fromHeight, fromWidth + height);
        Assert.Equal(ByDefinition(image, width, height), ImageResizer.Resize(image, width, height).Pixels);
    }

    [Fact]
    public void A_picture_of_extreme_shape_is_resized_in_strips()
    {
        // 200,000 rows of 30 pixels are looked at by each output row: more than the window holds.
        RgbImage image = Pictures.Noise(3, 200_000, 5);
        Assert.Equal(ByDefinition(image, 30, 1), ImageResizer.Resize(image, 30, 1).Pixels);
    }

    [Fact]
    public void One_colour_stays_one_colour()
    {
        foreach (byte level in new byte[] { 0, 1, 127, 254, 255 })
        {
            byte[] pixels = new byte[50 * 40 * 3];
            Array.Fill(pixels, level);
            Assert.All(ImageResizer.Resize(new RgbImage(50, 40, pixels), 33, 77).Pixels, value => Assert.Equal(level, value));
        }
    }

    [Fact]
    public void Every_kernel_gives_the_same_bytes()
    {
        Assert.SkipUnless(Avx2.IsSupported, "This processor has one kernel only.");
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            int from = random.Next(1, 400), to = random.Next(1, 400);
            ResampleWeights weights = ResampleWeights.Get(from, to, Enum.GetValues<Resampling>()[round % 5]);
            byte[] padded = new byte[from * 3 + 16];
            random.NextBytes(padded);
            int first = random.Next(to);
            byte[] one = new byte[(to - first) * 3], two = new byte[(to - first) * 3];
            WeightedMean.OfPixelsPortable(padded, weights, first, one);
            WeightedMean.OfPixelsAvx2(padded, weights, first, two);
            Assert.Equal(one, two);
            padded.AsSpan(from * 3).Fill(0xAA); // what lies behind a row does not count
            WeightedMean.OfPixelsAvx2(padded, weights, first, two);
            Assert.Equal(one, two);
        }
    }

    [Fact]
    public void Weights_are_remembered_within_bounds()
    {
        Assert.Same(ResampleWeights.Get(123, 45, Resampling.Bicubic), ResampleWeights.Get(123, 45, Resampling.Bicubic));
        Assert.NotSame(ResampleWeights.Get(123, 45, Resampling.Bicubic), ResampleWeights.Get(123, 45, Resampling.Bilinear));
        for (int from = 1; from < 200; from++)
            Assert.Equal(from, ResampleWeights.Get(from, 7, Resampling.Bicubic).From);
        Assert.NotSame(ResampleWeights.Get(900_000, 7, Resampling.Bicubic), ResampleWeights.Get(900_000, 7, Resampling.Bicubic));
    }

    [Fact]
    public void Impossible_sizes_are_argument_errors()
    {
        RgbImage image = Pictures.Noise(4, 4, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(image, 0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(image, 5, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(image, 50_000, 50_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => ImageResizer.Resize(image, 5, 5, (Resampling)9));
    }

    /// <summary>The definition in floating point, rounded to 8 bits after each of the two passes; weights rounded to 22
    /// binary places as in Pillow, without which single values would fall on the other side of a half.</summary>
    private static byte[] ByDefinition(RgbImage image, int width, int height)
    {
        byte[] across = Pass(image.Pixels, image.Height, image.Width, width, 3, image.Width * 3);
        return Pass(across, width, image.Height, height, width * 3, 3);
    }

    private static byte[] Pass(byte[] source, int lines, int from, int to, int step, int lineStep)
    {
        // Reads source[line * lineStep + position * step + channel]; writes the same layout with 'to' positions.
        if (from == to)
            return source;
        int toLineStep = step == 3 ? to * 3 : lineStep;
        byte[] result = new byte[lines * to * 3];
        double scale = (double)from / to, stretch = Math.Max(1, scale);
        for (int i = 0; i < to; i++)
        {
            double centre = (i + 0.5) * scale;
            int first = (int)Math.Max(0, Math.Floor(centre - 2 * stretch + 0.5)), end = (int)Math.Min(from, Math.Floor(centre + 2 * stretch + 0.5));
            double[] weights = [.. Enumerable.Range(first, end - first).Select(p => Keys((p + 0.5 - centre) / stretch))];
            double sum = weights.Sum();
            weights = [.. weights.Select(weight => Math.Round(weight / sum * (1 << 22), MidpointRounding.AwayFromZero))];
            for (int line = 0; line < lines; line++)
            for (int channel = 0; channel < 3; channel++)
            {
                double value = 0;
                for (int p = first; p < end; p++)
                    value += source[line * lineStep + p * step + channel] * weights[p - first];
                result[line * toLineStep + i * step + channel] = (byte)Math.Clamp(Math.Floor(value / (1 << 22) + 0.5), 0, 255);
            }
        }
        return result;
    }

    /// <summary>Keys (1981), equation 4, with a = -0.5.</summary>
    private static double Keys(double x)
    {
        x = Math.Abs(x);
        return x <= 1 ? 1.5 * x * x * x - 2.5 * x * x + 1 : x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2 : 0;
    }
}
