using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Imaging;

namespace VlmMlNet.Tests.Components;

/// <summary>Pictures of red, green and blue in files, in memory and as MLImage, with texts about them; deleted with this object.</summary>
internal sealed class TinyPictures : IDisposable
{
    private static readonly string[] s_names = ["red", "green", "blue"];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vlm-components-");

    public sealed class Row
    {
        public string Id { get; set; } = "";
        public string Image { get; set; } = "";
        public byte[] Bytes { get; set; } = [];
        public string[] Conversation { get; set; } = [];
        public string[] Captions { get; set; } = [];
        public string Prompt { get; set; } = "";
        public string Answer { get; set; } = "";
    }

    public string Folder => _folder.FullName;

    /// <summary>The pixels of picture i.</summary>
    public static RgbImage Picture(int i) => (i % 3) switch
    {
        0 => TinyModel.Picture((byte)(200 + i % 50), 20, 20, 24),
        1 => TinyModel.Picture(20, (byte)(200 + i % 50), 20, 24),
        _ => TinyModel.Picture(20, 20, (byte)(200 + i % 50), 24),
    };

    public static MLImage Image(int i)
    {
        var picture = Picture(i);
        byte[] bgra = new byte[picture.Width * picture.Height * 4];
        for (int p = 0; p < picture.Width * picture.Height; p++)
            (bgra[4 * p], bgra[4 * p + 1], bgra[4 * p + 2], bgra[4 * p + 3]) = (picture.Pixels[3 * p + 2], picture.Pixels[3 * p + 1], picture.Pixels[3 * p], 255);
        return MLImage.CreateFromPixels(picture.Width, picture.Height, MLPixelFormat.Bgra32, bgra);
    }

    /// <summary>The path of picture i, which is written on the first call.</summary>
    public string File(int i)
    {
        string path = Path.Combine(Folder, $"{i}.png");
        if (!System.IO.File.Exists(path))
        {
            using var image = Image(i);
            image.Save(path);
        }
        return path;
    }

    public Row this[int i] => new()
    {
        Id = $"id {i}",
        Image = File(i),
        Bytes = System.IO.File.ReadAllBytes(File(i)),
        Conversation = ["<image>\nWhat colour is it?", s_names[i % 3]],
        Captions = [$"a {s_names[i % 3]} picture", s_names[i % 3]],
        Prompt = i % 2 == 0 ? "What colour is it?" : "Is this picture red, or is it green, or blue?",
        Answer = s_names[i % 3],
    };

    public IDataView Rows(MLContext context, int count) => context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => this[i]).ToList());

    public void Dispose() => _folder.Delete(recursive: true);
}
