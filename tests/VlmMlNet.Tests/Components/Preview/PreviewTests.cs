using Microsoft.ML;
using VlmMlNet.Components.Preview;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using VlmMlNet.Training;

namespace VlmMlNet.Tests.Components.Preview;

public sealed class PreviewTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly TinyPictures _pictures = new();
    private readonly VisionLanguageModel _model = TinyModel.Create();

    private sealed class Row
    {
        public string Image { get; set; } = "";

        public string[] Conversation { get; set; } = [];
    }

    private DataPreview Preview(IDataView data, PreviewOptions? options = null, VisionLanguageModel? model = null) => _context.VisionLanguage().Preview(data, model ?? _model, options);

    private IDataView Rows(params Row[] rows) => _context.Data.LoadFromEnumerable(rows);

    [Fact]
    public void Text_tokens_and_scores_are_those_of_training()
    {
        DataPreview preview = Preview(_pictures.Rows(_context, 3));
        Assert.True(preview.IsOfModel);
        Assert.Equal(["row 0 (id 0)", "row 1 (id 1)", "row 2 (id 2)"], preview.Examples.Select(e => e.Name));
        PreviewExample example = preview.Examples[1];
        Assert.Null(example.Problem);
        Assert.Equal("<|im_start|>user\n<image>\nWhat colour is it?<|im_end|>\n<|im_start|>assistant\ngreen<|im_end|>\n", example.Text);
        Assert.Equal(example.Text, string.Concat(example.Tokens.Select(t => t.Text)));
        Assert.Equal("green<|im_end|>", string.Concat(example.Tokens.Where(t => t.IsScored).Select(t => t.Text)));
        Assert.DoesNotContain(example.Tokens, t => t.IsHidden);
        PreviewToken picture = Assert.Single(example.Tokens, t => t.Picture > 0);
        Assert.Equal((1, 4, ImageToken.Id), (picture.Picture, picture.Count, picture.Id));
        var encoded = _model.ChatTemplate.Encode([new("user", "<image>\nWhat colour is it?"), new("assistant", "green")], false, 4);
        Assert.Equal(encoded.TokenIds.Length, example.Length);
        Assert.Equal(encoded.Labels.Count(label => label >= 0), example.Scored);
    }

    [Fact]
    public void The_picture_is_what_the_model_sees()
    {
        PreviewPicture picture = Assert.Single(Preview(_pictures.Rows(_context, 1)).Examples[0].Pictures);
        Assert.Equal((24, 24, _pictures.File(0)), (picture.Width, picture.Height, picture.Name));
        Assert.Equal((16, 16), (picture.Seen!.Width, picture.Seen.Height));
        Assert.Equal([200, 20, 20], picture.Seen.Pixels[..3]);
        float[] seen = _model.ImageProcessor.Process(TinyPictures.Picture(0));
        Assert.Equal(seen, _model.ImageProcessor.Process(picture.Seen));
    }

    [Fact]
    public void Stage_0_hides_tokens_that_alone_are_scored()
    {
        PreviewExample example = Preview(_pictures.Rows(_context, 1), new PreviewOptions { Stage = TrainingStage.BidirectionalAlignment with { TokenMasking = 0.5 } }).Examples[0];
        Assert.Contains(example.Tokens, t => t.IsHidden);
        Assert.All(example.Tokens, t => Assert.Equal(t.IsHidden, t.IsScored));
        Assert.Equal(example.Text, string.Concat(example.Tokens.Select(t => t.Text)));
    }

    [Fact]
    public void Each_caption_is_an_example_of_its_row()
    {
        IDataView data = _context.Transforms.DropColumns("Conversation").Fit(_pictures.Rows(_context, 2)).Transform(_pictures.Rows(_context, 2));
        Assert.Equal([("row 0 (id 0), example 1 of 2", 1), ("row 1 (id 1), example 1 of 2", 1)], Preview(data).Examples.Select(e => (e.Name, e.MoreOfRow)));
        DataPreview all = Preview(data, new PreviewOptions { ExamplesPerRow = 9, Rows = 1 });
        Assert.Equal(["a red picture<|im_end|>", "red<|im_end|>"], all.Examples.Select(e => string.Concat(e.Tokens.Where(t => t.IsScored).Select(t => t.Text))));
        Assert.Contains($"{ImageToken.Text}\n{_model.CaptionPrompt}<|im_end|>", all.Examples[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_training_would_fail_on_or_leave_out_is_said_and_the_rest_is_shown()
    {
        string cut = Path.Combine(_pictures.Folder, "cut.png");
        File.WriteAllBytes(cut, File.ReadAllBytes(_pictures.File(0))[..50]);
        DataPreview preview = Preview(Rows(
            new() { Image = Path.Combine(_pictures.Folder, "gone.png"), Conversation = ["<image> what", "red"] },
            new() { Image = cut, Conversation = ["<image> what", "red"] },
            new() { Image = "", Conversation = ["what", "red"] },
            new() { Image = _pictures.File(0), Conversation = ["<image> what", new string('x', 500)] }),
            new PreviewOptions { Stage = TrainingStage.HybridAlignment with { MaxLength = 100 } });
        Assert.Contains("There is no image file", preview.Examples[0].Problem, StringComparison.Ordinal);
        Assert.Contains("cut.png", preview.Examples[1].Problem, StringComparison.Ordinal);
        Assert.Null(preview.Examples[1].Pictures[0].Seen);
        Assert.NotNull(preview.Examples[1].Mask);
        Assert.Null(preview.Examples[2].Problem);
        Assert.Empty(preview.Examples[2].Pictures);
        Assert.Null(preview.Examples[3].Problem);
        Assert.Equal(100, preview.Examples[3].Length);
        Assert.True(preview.Examples[3].CutOff > 100);
        Assert.Equal("nothing of it is scored: training leaves it out",
            Preview(Rows(new Row { Image = _pictures.File(0), Conversation = ["<image> what", "red"] }), new PreviewOptions { Stage = TrainingStage.HybridAlignment with { MaxLength = 15 } }).Examples[0].Problem);
        Assert.Contains("a picture cannot be cut", Preview(Rows(new Row { Image = _pictures.File(0), Conversation = ["<image> what", "red"] }), new PreviewOptions { Stage = TrainingStage.HybridAlignment with { MaxLength = 3 } }).Examples[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_character_of_several_tokens_is_shown_once()
    {
        PreviewExample example = Preview(Rows(new Row { Image = _pictures.File(0), Conversation = ["<image> ü", "🐶 red"] })).Examples[0];
        Assert.Contains("🐶 red", string.Concat(example.Tokens.Where(t => t.IsScored).Select(t => t.Text)), StringComparison.Ordinal);
        Assert.DoesNotContain(example.Tokens, t => t.Text.Contains('\uFFFD', StringComparison.Ordinal));
    }

    [Fact]
    public void Without_a_model_stand_ins_take_its_place()
    {
        DataPreview preview = _context.VisionLanguage().Preview(_pictures.Rows(_context, 2));
        Assert.False(preview.IsOfModel);
        PreviewExample example = preview.Examples[0];
        Assert.Equal((224, 224), (example.Pictures[0].Seen!.Width, example.Pictures[0].Seen!.Height));
        Assert.Equal(256, example.Tokens.Single(t => t.Picture > 0).Count);
        Assert.StartsWith($"<|im_start|>system\n{ChatTemplate.QwenSystemPrompt}<|im_end|>\n<|im_start|>user\n<image>\n", example.Text, StringComparison.Ordinal);
        Assert.True(example.Length < 256 + 60, "The template's words are tokens.");
    }

    [Fact]
    public void Rows_are_taken_from_the_start_and_options_are_checked()
    {
        Assert.Equal(2, Preview(_pictures.Rows(_context, 5), new PreviewOptions { Rows = 2 }).Examples.Count);
        Assert.Contains("Rows is 0", Assert.Throws<ArgumentException>(() => Preview(_pictures.Rows(_context, 1), new PreviewOptions { Rows = 0 })).Message, StringComparison.Ordinal);
        Assert.Contains("MaskSide is 5", Assert.Throws<ArgumentException>(() => Preview(_pictures.Rows(_context, 1), new PreviewOptions { MaskSide = 5 })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AttentionMaskKind.Hybrid)]
    [InlineData(AttentionMaskKind.Bidirectional)]
    [InlineData(AttentionMaskKind.Causal)]
    public void The_mask_is_drawn_cell_by_cell(AttentionMaskKind kind)
    {
        int[] blocks = [0, 1, 1, 0, 2, 0];
        bool[] scored = [false, false, false, false, false, true], hidden = new bool[6];
        RgbImage picture = MaskPicture.Draw(kind, blocks, scored, hidden, 64);
        var steps = new long[blocks.Length];
        AttentionMask.Steps(kind, blocks, steps);
        int cell = (picture.Width - 8) / blocks.Length;
        Assert.Equal(8, cell);
        for (int q = 0; q < blocks.Length; q++)
        {
            for (int k = 0; k < blocks.Length; k++)
            {
                byte[] colour = Pixel(picture, 8 + cell * k + cell / 2, 8 + cell * q + cell / 2);
                byte[] expected = steps[k] > steps[q] ? [255, 255, 255] : blocks[k] == 0 ? [52, 58, 66] : blocks[q] == blocks[k] ? [31, 95, 191] : [156, 190, 236];
                Assert.Equal(expected, colour);
            }
        }
        Assert.Equal([40, 150, 75], Pixel(picture, 2, picture.Height - 2));
        Assert.Equal([31, 95, 191], Pixel(picture, 8 + cell * 4 + 1, 2));
    }

    [Fact]
    public void A_long_sequence_fits_into_the_picture()
    {
        RgbImage picture = MaskPicture.Draw(AttentionMaskKind.Causal, new int[3000], new bool[3000], new bool[3000], 200);
        Assert.InRange(picture.Width, 150, 200);
        Assert.Equal([52, 58, 66], Pixel(picture, 9, picture.Height - 1));
        Assert.Equal([255, 255, 255], Pixel(picture, picture.Width - 1, 9));
    }

    [Fact]
    public void A_PNG_holds_the_same_pixels()
    {
        RgbImage image = VlmMlNet.Tests.Imaging.Pictures.Noise(7, 5, seed: 3);
        RgbImage read = ImageDecoder.Decode(PngWriter.ToBytes(image), "png");
        Assert.Equal((7, 5), (read.Width, read.Height));
        Assert.Equal(image.Pixels, read.Pixels);
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }

    private static byte[] Pixel(RgbImage image, int x, int y) => image.Pixels[(3 * (y * image.Width + x))..(3 * (y * image.Width + x) + 3)];
}
