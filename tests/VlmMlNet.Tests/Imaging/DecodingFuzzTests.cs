using SkiaSharp;
using VlmMlNet.Imaging;
using VlmMlNet.Tests.Data;

namespace VlmMlNet.Tests.Imaging;

[Collection(nameof(MeasuresMemory))]
public sealed class DecodingFuzzTests
{
    [Fact]
    public void Any_mutation_of_a_file_gives_an_image_or_one_error()
    {
        byte[][] files =
        [
            Pictures.Encode(Pictures.Pattern(33, 21), SKEncodedImageFormat.Png),
            new PngFile(15, 9, 4, PngColour.Palette) { Pixel = (x, y) => [(ushort)((x + y) % 16)] }.With("PLTE", new byte[48]).With("tRNS", [0, 128]).With("eXIf", Pictures.Tiff(6, true)).ToBytes(),
            Pictures.WithExif(Pictures.BaselineJpeg, 6, littleEndian: true),
            Pictures.ProgressiveJpeg,
            FlatJpeg.Create([200, 100, 50, 255], 2),
            Pictures.LossyWebP,
            Pictures.Encode(Pictures.Pattern(16, 12), SKEncodedImageFormat.Webp),
            Pictures.Gif,
            Pictures.Bmp(Pictures.Pattern(9, 7)),
            Pictures.Ico((8, Pictures.Encode(Pictures.Pattern(8, 8), SKEncodedImageFormat.Png))),
        ];
        var options = new ImageDecoderOptions { MaxPixels = 1 << 20 };
        var random = new Random(20);
        int rounds = Mutator.Count(1500);
        int decoded = 0, refused = 0;
        long before = MeasuresMemory.Peak();
        for (int round = 0; round < rounds; round++)
        {
            byte[] mutated = Mutate(files[round % files.Length], random);
            TimeSpan start = Mutator.Clock;
            try
            {
                RgbImage image = ImageDecoder.Decode(mutated, "fuzz", options);
                Assert.Equal((long)image.Width * image.Height * 3, image.Pixels.Length);
                Assert.InRange((long)image.Width * image.Height, 1, options.MaxPixels);
                ImageHeader header = ImageDecoder.ReadHeader(mutated, "fuzz");
                Assert.Equal((image.Width, image.Height), (header.Width, header.Height));
                decoded++;
            }
            catch (MalformedInputException error)
            {
                Assert.StartsWith("fuzz: ", error.Message, StringComparison.Ordinal);
                refused++;
            }
            Assert.True(Mutator.Clock - start < TimeSpan.FromSeconds(20), $"Round {round} took {Mutator.Clock - start}.");
        }
        // Both outcomes are common, or the mutations would test nothing.
        Assert.InRange(decoded, rounds / 8, rounds * 7 / 8);
        Assert.InRange(refused, rounds / 8, rounds * 7 / 8);
        Assert.InRange(MeasuresMemory.Peak() - before, 0, 400L << 20);
    }

    private static byte[] Mutate(byte[] file, Random random)
    {
        byte[] mutated = [.. file];
        switch (random.Next(5))
        {
            case 0:
                return mutated[..random.Next(mutated.Length)];
            case 1: // a few bytes anywhere
                for (int i = random.Next(1, 6); i > 0; i--)
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                return mutated;
            case 2: // one bit of the header
                mutated[random.Next(Math.Min(40, mutated.Length))] ^= (byte)(1 << random.Next(8));
                return mutated;
            case 3: // a length or size of the header becomes extreme
                mutated.AsSpan(random.Next(Math.Min(60, mutated.Length - 4)), random.Next(1, 5)).Fill(random.Next(2) == 0 ? (byte)0xFF : (byte)0);
                return mutated;
            default: // a part is missing or twice there
                int from = random.Next(mutated.Length), to = random.Next(from, mutated.Length);
                return random.Next(2) == 0 ? [.. mutated[..from], .. mutated[to..]] : [.. mutated[..to], .. mutated[from..]];
        }
    }
}
