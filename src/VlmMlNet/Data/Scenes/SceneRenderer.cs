using SkiaSharp;

namespace VlmMlNet.Data.Scenes;

/// <summary>Draws a scene into a PNG with SkiaSharp. One instance draws one picture after the other on one canvas.</summary>
internal sealed class SceneRenderer : IDisposable
{
    private const double SmallRadius = 0.094;
    private const double LargeRadius = 0.155;
    private readonly SKSurface _surface;
    private readonly SKPaint _paint = new() { IsAntialias = true };
    private readonly int _size;

    /// <param name="size">Width and height of the pictures in pixels.</param>
    public SceneRenderer(int size)
    {
        _size = size;
        _surface = SKSurface.Create(new SKImageInfo(size, size, SKColorType.Rgba8888, SKAlphaType.Opaque));
    }

    /// <summary>The PNG file of a scene; equal scenes give equal bytes.</summary>
    public byte[] Render(Scene scene)
    {
        var random = new SceneRandom(scene.JitterSeed);
        SKCanvas canvas = _surface.Canvas;
        canvas.Clear(Jitter(random, Rgb(scene.Background), 6));
        foreach (SceneGroup group in scene.Groups)
        {
            foreach (ScenePosition position in group.Positions)
                Draw(canvas, random, group, position);
        }
        using SKImage image = _surface.Snapshot();
        using SKData png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    public void Dispose()
    {
        _paint.Dispose();
        _surface.Dispose();
    }

    private void Draw(SKCanvas canvas, SceneRandom random, SceneGroup group, ScenePosition position)
    {
        (double x, double y) = Center(position);
        double radius = (group.Size == SceneSize.Large ? LargeRadius : SmallRadius) * random.Between(0.92, 1.08);
        x += random.Between(-0.03, 0.03);
        y += random.Between(-0.03, 0.03);
        _paint.Color = Jitter(random, Rgb(group.Color), 12);
        canvas.Save();
        canvas.Translate((float)(x * _size), (float)(y * _size));
        canvas.RotateDegrees((float)random.Between(-7, 7));
        canvas.Scale((float)(radius * _size));
        using SKPath path = Outline(group.Shape);
        canvas.DrawPath(path, _paint);
        canvas.Restore();
    }

    /// <summary>The outline around the origin, in units of the radius. Spiky shapes reach further out than round ones, so
    /// that large and small mean the same for all.</summary>
    private static SKPath Outline(SceneShape shape)
    {
        var path = new SKPath();
        switch (shape)
        {
            case SceneShape.Circle:
                path.AddCircle(0, 0, 0.95f);
                break;
            case SceneShape.Ring:
                path.FillType = SKPathFillType.EvenOdd;
                path.AddCircle(0, 0, 1);
                path.AddCircle(0, 0, 0.52f);
                break;
            case SceneShape.Square:
                path.AddRect(new SKRect(-0.82f, -0.82f, 0.82f, 0.82f));
                break;
            case SceneShape.Diamond:
                AddPolygon(path, (0, -1.2f), (0.85f, 0), (0, 1.2f), (-0.85f, 0));
                break;
            case SceneShape.Triangle:
                AddPolygon(path, (0, -1.05f), (1.05f, 0.85f), (-1.05f, 0.85f));
                break;
            case SceneShape.Cross:
                path.AddRect(new SKRect(-0.34f, -1, 0.34f, 1));
                path.AddRect(new SKRect(-1, -0.34f, 1, 0.34f));
                break;
            case SceneShape.Star:
                AddPolygon(path, [.. Enumerable.Range(0, 10).Select(StarPoint)]);
                break;
            case SceneShape.Heart:
                path.MoveTo(0, 1);
                path.CubicTo(-1.9f, -0.25f, -0.75f, -1.55f, 0, -0.5f);
                path.CubicTo(0.75f, -1.55f, 1.9f, -0.25f, 0, 1);
                path.Close();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(shape), shape, "There is no outline for this shape.");
        }
        return path;
    }

    private static (float X, float Y) StarPoint(int i)
    {
        double angle = Math.PI * i / 5;
        double radius = i % 2 == 0 ? 1.2 : 0.5;
        return ((float)(radius * Math.Sin(angle)), (float)(-radius * Math.Cos(angle)));
    }

    private static void AddPolygon(SKPath path, params ReadOnlySpan<(float X, float Y)> points)
    {
        path.MoveTo(points[0].X, points[0].Y);
        foreach ((float x, float y) in points[1..])
            path.LineTo(x, y);
        path.Close();
    }

    // The middles of a grid of three by three: a patch of a third of the picture's width shows most of an object.
    private static (double X, double Y) Center(ScenePosition position)
    {
        const double Near = 1 / 6.0, Middle = 0.5, Far = 5 / 6.0;
        return position switch
        {
            ScenePosition.Left => (Near, Middle),
            ScenePosition.Right => (Far, Middle),
            ScenePosition.Top => (Middle, Near),
            ScenePosition.Bottom => (Middle, Far),
            ScenePosition.TopLeft => (Near, Near),
            ScenePosition.TopRight => (Far, Near),
            ScenePosition.BottomLeft => (Near, Far),
            ScenePosition.BottomRight => (Far, Far),
            _ => (Middle, Middle),
        };
    }

    private static SKColor Rgb(SceneColor color) => color switch
    {
        SceneColor.Red => new SKColor(214, 30, 38),
        SceneColor.Green => new SKColor(32, 150, 60),
        SceneColor.Blue => new SKColor(30, 85, 215),
        SceneColor.Yellow => new SKColor(245, 208, 20),
        SceneColor.Purple => new SKColor(125, 45, 165),
        SceneColor.Orange => new SKColor(242, 125, 18),
        SceneColor.Black => new SKColor(24, 24, 26),
        _ => new SKColor(250, 135, 190),
    };

    private static SKColor Rgb(SceneBackground background) => background switch
    {
        SceneBackground.White => new SKColor(249, 249, 249),
        SceneBackground.Gray => new SKColor(205, 205, 208),
        _ => new SKColor(238, 226, 200),
    };

    private static SKColor Jitter(SceneRandom random, SKColor color, int range)
    {
        byte Vary(byte channel) => (byte)Math.Clamp(channel + random.Next(2 * range + 1) - range, 0, 255);
        return new SKColor(Vary(color.Red), Vary(color.Green), Vary(color.Blue));
    }
}
