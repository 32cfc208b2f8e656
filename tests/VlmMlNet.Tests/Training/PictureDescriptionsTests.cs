using VlmMlNet.Imaging;
using VlmMlNet.Training.Backbones;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests.Training;

public class PictureDescriptionsTests
{
    private static readonly RgbImage s_pixel = new(1, 1, new byte[3]);

    [Fact]
    public void The_language_model_reads_a_description_where_the_picture_was()
    {
        var descriptions = Described(("a.png", "A red cat on a mat."));

        var read = descriptions.InPlaceOfPictures(About("a.png", "What color is it?", "red"));

        Assert.Empty(read.Images);
        Assert.Equal(["A red cat on a mat.\nWhat color is it?", "red"], read.Messages.Select(m => m.Content));
    }

    [Fact]
    public void It_reads_another_caption_than_the_one_that_it_is_asked_for()
    {
        var descriptions = Described(("a.png", "one"), ("a.png", "two"), ("b.png", "three"));

        Assert.Equal("two\nDescribe.", descriptions.InPlaceOfPictures(About("a.png", "Describe.", "one")).Messages[0].Content);
        Assert.Equal("one\nDescribe.", descriptions.InPlaceOfPictures(About("a.png", "Describe.", "two")).Messages[0].Content);
    }

    [Fact]
    public void Where_there_is_only_the_one_that_is_asked_for_it_is_read() =>
        Assert.Equal("three\nDescribe.", Described(("b.png", "three")).InPlaceOfPictures(About("b.png", "Describe.", "three")).Messages[0].Content);

    [Fact]
    public void A_picture_without_description_leaves_nothing_behind() =>
        Assert.Equal("Describe.", Described(("b.png", "three")).InPlaceOfPictures(About("c.png", "Describe.", "four")).Messages[0].Content);

    private static PictureDescriptions Described(params (string Name, string Caption)[] pictures) =>
        new(TrainingSet.FromList([.. pictures.Select(p => About(p.Name, "Describe.", p.Caption))]));

    private static TrainingExample About(string picture, string request, string answer) =>
        TrainingExample.Caption("x", ImageSource.FromImage(s_pixel, picture), request, answer);
}
