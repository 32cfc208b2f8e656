using SkiaSharp;

namespace VlmMlNet.Tests.Data.Scenes;

/// <summary>Pictures agree with their recaptions: measured on the pixels.</summary>
public sealed class ScenePictureTests(ScenesFixture scenes) : IClassFixture<ScenesFixture>
{
    [Fact]
    public void Objects_lie_where_the_text_puts_them()
    {
        int looked = 0;
        foreach ((string image, ReadScene scene) in scenes.Shown)
        {
            if (scene.Total == 1)
            {
                (double x, double y, _) = Measure(image, 0, 0, 64, 64);
                Assert.Equal((Third(scene.Groups[0].Place, "left", "right"), Third(scene.Groups[0].Place, "top", "bottom")), (Third(x), Third(y)));
                looked++;
            }
        }
        Assert.InRange(looked, 100, 250);
    }

    [Fact]
    public void The_first_of_two_has_its_color_on_its_side()
    {
        int looked = 0;
        foreach ((string image, ReadScene scene) in scenes.Shown)
        {
            if (scene.Relation is null || scene.Groups.Any(group => group.Color is not ("red" or "green" or "blue")))
                continue;
            bool beside = scene.Relation == "left of";
            Assert.Equal(scene.Groups[0].Color, Dominant(image, 0, 0, beside ? 32 : 64, beside ? 64 : 32));
            Assert.Equal(scene.Groups[1].Color, Dominant(image, beside ? 32 : 0, beside ? 0 : 32, 64, 64));
            looked++;
        }
        Assert.InRange(looked, 10, 200);
    }

    [Fact]
    public void Large_objects_cover_more_than_small_ones_of_any_shape()
    {
        ILookup<string, int> areas = scenes.Shown.Where(pair => pair.Value.Total == 1)
            .ToLookup(pair => pair.Value.Groups[0].Size, pair => Measure(pair.Key, 0, 0, 64, 64).Area);
        Assert.True(areas["large"].Min() > 1.2 * areas["small"].Max(), $"{areas["large"].Min()} against {areas["small"].Max()}");
    }

    /// <summary>The middle and the number of the pixels that differ from the background.</summary>
    private (double X, double Y, int Area) Measure(string image, int left, int top, int right, int bottom)
    {
        using SKBitmap bitmap = Open(image);
        SKColor background = bitmap.GetPixel(0, 0);
        double x = 0, y = 0;
        int area = 0;
        for (int row = top; row < bottom; row++)
        {
            for (int column = left; column < right; column++)
            {
                SKColor pixel = bitmap.GetPixel(column, row);
                if (Math.Abs(pixel.Red - background.Red) + Math.Abs(pixel.Green - background.Green) + Math.Abs(pixel.Blue - background.Blue) < 90)
                    continue;
                (x, y, area) = (x + column, y + row, area + 1);
            }
        }
        return (x / area, y / area, area);
    }

    private string Dominant(string image, int left, int top, int right, int bottom)
    {
        using SKBitmap bitmap = Open(image);
        int red = 0, green = 0, blue = 0;
        for (int row = top; row < bottom; row++)
        {
            for (int column = left; column < right; column++)
            {
                SKColor pixel = bitmap.GetPixel(column, row);
                red += pixel.Red - Math.Max(pixel.Green, pixel.Blue) > 80 ? 1 : 0;
                green += pixel.Green - Math.Max(pixel.Red, pixel.Blue) > 50 ? 1 : 0;
                blue += pixel.Blue - Math.Max(pixel.Red, pixel.Green) > 80 ? 1 : 0;
            }
        }
        return red > Math.Max(green, blue) ? "red" : green > blue ? "green" : "blue";
    }

    private SKBitmap Open(string image) => SKBitmap.Decode(Path.Combine(scenes.Dataset.ImageFolder, image));

    private static int Third(double place) => place < 25 ? 0 : place > 39 ? 2 : 1;

    private static int Third(string phrase, string low, string high) =>
        phrase.Contains(low, StringComparison.Ordinal) ? 0 : phrase.Contains(high, StringComparison.Ordinal) ? 2 : 1;
}
