using VlmMlNet.Components.Recipes;

namespace VlmMlNet.Tests.Components.Recipes;

public sealed class NearestNeighbourBaselineTests
{
    [Fact]
    public void The_caption_of_the_most_similar_picture_is_given_whatever_its_size()
    {
        var baseline = new NearestNeighbourBaseline();
        baseline.Add(TinyModel.Picture(250, 0, 0), "red");
        baseline.Add(TinyModel.Picture(0, 250, 0, 40), "green");
        baseline.Add(TinyModel.Picture(0, 240, 0), "green again");
        Assert.Equal("red", baseline.Caption(TinyModel.Picture(180, 60, 30, 33)));
        Assert.Equal("green", baseline.Caption(TinyModel.Picture(10, 249, 0, 7)));
        Assert.Equal("green", baseline.Caption(TinyModel.Picture(0, 245, 0))); // of equal distances the first
        Assert.Equal(3, baseline.Count);
    }

    [Fact]
    public void Without_pictures_it_says_what_to_do()
    {
        var error = Assert.Throws<InvalidOperationException>(() => new NearestNeighbourBaseline().Caption(TinyModel.Picture(1, 2, 3)));
        Assert.Equal("The nearest-neighbour baseline knows no picture: add the training data first.", error.Message);
    }
}
