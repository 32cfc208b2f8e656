using Microsoft.ML;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Formats.Llava;

namespace VlmMlNet.Tests.Data;

public class JsonWriterTests : DataTest
{
    [Fact]
    public void Llava_rows_come_back_as_they_were_written()
    {
        string path = InFolder("rows.json");
        using (var writer = new LlavaJsonWriter(path))
        {
            writer.Write("a", "images/1.png", ["<image>\nWhat is \"this\"?", "A <b>red</b> square — 🟥\t\\"]);
            writer.Write("b", null, ["Hi", "Hello", "Bye", ""]);
            Assert.False(File.Exists(path));
        }
        IDataView data = Catalog.LoadLlava(path);
        Assert.Equal(["a", "b"], Text(data, "Id"));
        Assert.Equal([InFolder("images/1.png"), ""], Text(data, "Image"));
        Assert.Equal([["<image>\nWhat is \"this\"?", "A <b>red</b> square — 🟥\t\\"], ["Hi", "Hello", "Bye", ""]], Texts(data, "Conversation"));
        Assert.Contains("\"value\":\"<image>\\nWhat", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(InFolder(".")).Select(Path.GetFullPath));
    }

    [Fact]
    public void Coco_captions_come_back_as_they_were_written()
    {
        string path = InFolder("captions.json");
        using (var writer = new CocoCaptionsJsonWriter(path))
        {
            writer.Write(5, "5.png", 64, 48, ["one", "two"]);
            writer.Write(3, "3.png", 64, 48, []);
            writer.Write(4, "4.png", 64, 48, ["three"]);
        }
        IDataView data = Catalog.LoadCocoCaptions(path);
        Assert.Equal(["5", "3", "4"], Text(data, "Id"));
        Assert.Equal([["one", "two"], [], ["three"]], Texts(data, "Captions"));
        Assert.Equal([path], Directory.GetFiles(InFolder(".")).Select(Path.GetFullPath));
    }

    [Fact]
    public void Files_without_rows_are_valid()
    {
        new LlavaJsonWriter(InFolder("a.json")).Dispose();
        new CocoCaptionsJsonWriter(InFolder("b.json")).Dispose();
        Assert.Equal(0, Count(Catalog.LoadLlava(InFolder("a.json"))));
        Assert.Equal(0, Count(Catalog.LoadCocoCaptions(InFolder("b.json"))));
    }

    [Fact]
    public void A_refused_row_leaves_no_file_and_keeps_the_old_one()
    {
        string path = Write("rows.json", "old");
        var writer = new LlavaJsonWriter(path);
        var e = Assert.Throws<ArgumentException>(() => writer.Write("7", "7.png", ["no place for the picture", "a"]));
        Assert.StartsWith("Row '7': the conversation has <image> nowhere, but the row has 1 image.", e.Message, StringComparison.Ordinal);
        writer.Dispose();
        writer.Dispose();
        Assert.Equal("old", File.ReadAllText(path));

        var coco = new CocoCaptionsJsonWriter(path);
        coco.Write(1, "1.png", 1, 1, []);
        Assert.Contains("Image id 1 was written before.", Assert.Throws<ArgumentException>(() => coco.Write(1, "1.png", 1, 1, [])).Message, StringComparison.Ordinal);
        coco.Dispose();
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(InFolder(".")).Select(Path.GetFullPath));
    }
}
