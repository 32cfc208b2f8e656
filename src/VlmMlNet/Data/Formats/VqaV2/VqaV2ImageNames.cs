using System.Globalization;
using System.Text.RegularExpressions;

namespace VlmMlNet.Data.Formats.VqaV2;

/// <summary>The names of the pictures that a file of VQAv2's questions gives by their ids.</summary>
internal static partial class VqaV2ImageNames
{
    /// <summary>Makes a picture's name of its id.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="dataType">Its <c>data_type</c>: <c>mscoco</c>, <c>abstract_v002</c>; null where it has none.</param>
    /// <param name="subtype">Its <c>data_subtype</c>, such as <c>val2014</c>; null where it has none.</param>
    /// <exception cref="MalformedInputException">There is no such rule.</exception>
    public static Func<long, string> Of(string path, string? dataType, string? subtype)
    {
        const string remedy = "Set VqaV2Options.ImageName.";
        if (subtype is null)
            throw new MalformedInputException(path, "it has no 'data_subtype', which picture names are made of", remedy);
        // Parts of a test set ask about its pictures: test-dev2015 about those of test2015.
        string part = PartOfTest().Replace(subtype, "test$1");
        if (dataType is null or "mscoco")
        {
            return part.EndsWith("2017", StringComparison.Ordinal)
                ? id => string.Create(CultureInfo.InvariantCulture, $"{id:D12}.jpg")
                : id => string.Create(CultureInfo.InvariantCulture, $"COCO_{part}_{id:D12}.jpg");
        }
        return dataType.StartsWith("abstract", StringComparison.Ordinal)
            ? id => string.Create(CultureInfo.InvariantCulture, $"{dataType}_{part}_{id:D12}.png")
            : throw new MalformedInputException(path, $"how pictures of 'data_type' '{dataType}' are named is not known", remedy);
    }

    [GeneratedRegex(@"^test-[a-z]+(\d{4})$")]
    private static partial Regex PartOfTest();
}
