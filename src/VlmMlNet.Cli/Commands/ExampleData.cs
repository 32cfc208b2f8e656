using Microsoft.ML;
using VlmMlNet.Data;

namespace VlmMlNet.Cli.Commands;

/// <summary>Data that a model is to learn from or to be scored on.</summary>
internal static class ExampleData
{
    /// <summary>The data as they are, if they hold pictures with texts.</summary>
    /// <param name="data">The data.</param>
    /// <param name="path">Where they are from.</param>
    /// <exception cref="MalformedInputException">They do not.</exception>
    public static IDataView Check(IDataView data, string path)
    {
        if (data.Schema.GetColumnOrNull(VisionLanguageColumns.Conversation) is not null || data.Schema.GetColumnOrNull(VisionLanguageColumns.Captions) is not null)
            return data;
        throw data.Schema.GetColumnOrNull(VisionLanguageColumns.Image) is null
            ? new MalformedInputException(path, "it holds answers without their questions", "Put the file of questions beside it, under its published name, or give that.")
            : new MalformedInputException(path, "its pictures have no captions", "Give a file that lists pictures with captions, questions or conversations, or put a text beside each picture (a.txt beside a.jpg), or a metadata.csv or metadata.jsonl with the columns file_name and text into the folder.");
    }
}
