using Microsoft.ML;
using VlmMlNet.Data.Mixtures;

namespace VlmMlNet.Tests.Data;

/// <summary>Values of recipes in YAML.</summary>
public class RecipeYamlTests : RecipeFiles
{
    [Theory]
    [InlineData(".5", 0.5)]
    [InlineData("+1", 1)]
    [InlineData("1.", 1)]
    [InlineData("+.25e+1", 2.5)]
    [InlineData("2.e0", 2)]
    [InlineData("007", 7)]
    [InlineData("0x1F", 31)]
    [InlineData("0o17", 15)]
    [InlineData("1E2", 100)]
    public void Numbers_are_those_of_YAMLs_core_schema(string text, double value)
    {
        var recipe = DataRecipe.Load(Write("recipe.yaml", $"datasets:\n- path: a.csv\n  weight: {text}\n"));
        Assert.Equal(value, recipe.Datasets[0].Weight);
        if (value != Math.Floor(value))
            return;
        Assert.Equal((long)value, DataRecipe.Load(Write("recipe.yaml", $"datasets: [path: a.csv]\nseed: {text}\n")).Seed);
        Write("a.csv", "image,caption\na.png,x\n");
        Assert.Empty(Catalog.Validate(InFolder("recipe.yaml"), new VlmMlNet.Data.Validation.DataValidationOptions { Images = VlmMlNet.Data.Validation.ImageCheck.None }).Problems);
    }

    [Fact]
    public void Values_of_where_and_names_are_texts_however_much_they_look_like_numbers()
    {
        var recipe = DataRecipe.Load(Write("recipe.yaml", "datasets:\n- path: 0017\n  name: +1\n  where: {Id: [000017, 1., .5, 0x1F, 17, true, .inf]}\n"));
        Assert.Equal(["000017", "1.", ".5", "0x1F", "17", "true", ".inf"], recipe.Datasets[0].Where["Id"]);
        Assert.Equal(("+1", InFolder("0017")), (recipe.Datasets[0].Name, recipe.Datasets[0].Path));
    }
}
