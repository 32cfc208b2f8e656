using System.Text.Json;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;
using VlmMlNet.ModelFolders;
using VlmMlNet.Safetensors;

namespace VlmMlNet.Components.Validation;

/// <summary>What a path holds, for validation: a data set, results of a model, or a saved model.</summary>
/// <param name="Name">As <see cref="DataValidation.Format"/> has it.</param>
/// <param name="Files">The files that are held to schemas, each with the schema's name.</param>
/// <param name="Data">The format, of a data set; null for what is none.</param>
/// <param name="Id">The property that no two rows have the same value of; null for none.</param>
internal sealed record FileKind(string Name, IReadOnlyList<(string File, string Schema)> Files, FormatDescriptor? Data = null, string? Id = null)
{
    private const string ConfigName = "config.json";

    public const string CocoResults = "CocoResults", VqaResults = "VqaResults", SavedModel = "SavedModel", Backbone = "Backbone", SavedPipeline = "SavedPipeline";

    /// <summary>Tells it by the content.</summary>
    /// <param name="path">A file, several with <c>*</c>, or a folder.</param>
    /// <param name="columns">Names of columns that were given.</param>
    /// <exception cref="MalformedInputException">It is nothing known.</exception>
    /// <exception cref="FileNotFoundException">There is nothing.</exception>
    public static FileKind Recognize(string path, DataColumns columns)
    {
        if (Directory.Exists(path))
        {
            if (ModelFiles.Any(name => File.Exists(Path.Combine(path, name))))
                return ModelFolder.IsBackbone(path) ? new FileKind(Backbone, []) : Model(Path.Combine(path, ConfigName));
            if (ModelPlace.IsUnfinished(path))
                ModelPlace.Explain(Path.GetFullPath(path));
            string data = DataFolder.Find(path, DataSplit.All).Path;
            if (!Directory.Exists(data))
                return OfData(data, columns);
            FormatDescriptor pictures = FormatRecognizer.Recognize(data, columns);
            return new FileKind(pictures.Name, [], pictures);
        }
        string first = DataFile.Expand(path)[0];
        if (ForeignFile.Find(first)?.Name == ForeignFile.ZipArchive) // of no other program
            return new FileKind(SavedPipeline, []);
        return ParquetFile.IsParquet(first) || columns.AreNamed ? OfData(path, columns) : OfResults(first) ?? (IsConfig(first) ? Model(first) : OfData(path, columns));
    }

    private static FileKind OfData(string path, DataColumns columns)
    {
        IReadOnlyList<string> files = DataFile.Expand(path);
        FormatDescriptor format = FormatRecognizer.Recognize(files[0], columns);
        return new FileKind(format.Name, format.SchemaFiles(path, files, columns), format);
    }

    // A folder that has any of them was meant to be a model.
    private static readonly string[] ModelFiles = [ConfigName, Checkpoint.FileName, Checkpoint.IndexName, "tokenizer.json"];

    private static FileKind Model(string config) => new(SavedModel, File.Exists(config) ? [(config, "saved-model")] : []);

    private static FileKind? OfResults(string path)
    {
        if (JsonRowReader.FirstByte(path) != '[')
            return null;
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartArray, "no list");
        if (!reader.TryReadElement())
            return null;
        HashSet<string> names = FormatRecognizer.PropertyNames(reader.Value);
        return names.Contains("image_id") && names.Contains("caption") && !CaptionColumnNames.AreIn(names) ? new FileKind(CocoResults, [(path, "coco-results")], Id: "image_id")
            : names.Contains("question_id") && names.Contains("answer") && !names.Contains("question") ? new FileKind(VqaResults, [(path, "vqa-results")], Id: "question_id")
            : null;
    }

    private static bool IsConfig(string path)
    {
        if (!Path.GetFileName(path).Equals(ConfigName, StringComparison.OrdinalIgnoreCase) || JsonRowReader.FirstByte(path) != '{')
            return false;
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartObject, "no object");
        while (reader.TryReadProperty())
        {
            if (reader.PropertyName is "model_type" or "vision_config")
                return true;
            reader.SkipValue();
        }
        return false;
    }
}
