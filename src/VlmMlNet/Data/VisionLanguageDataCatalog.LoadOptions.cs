using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data;

/// <content>Whatever a path holds, with options.</content>
public sealed partial class VisionLanguageDataCatalog
{
    /// <inheritdoc cref="Load(string, out DataFormat, DataLoadOptions)"/>
    public IDataView Load(string path, DataLoadOptions options) => Load(path, out _, options);

    /// <summary>Recognises the format by the content, says in <c>MLContext.Log</c> which it is, and reads the data with these
    /// options and otherwise the defaults of that format's own method. A folder is read as parquet where it, or
    /// <c>data</c> in it, holds <c>*.parquet</c> files (those whose names begin with the part, where one is asked for); by its
    /// <c>metadata.csv</c>, <c>metadata.jsonl</c> or <c>metadata.parquet</c>, or those in the folders below, where there is one; as pictures with captions where a file of the same
    /// name that ends in <c>.txt</c> or <c>.caption</c> lies beside a picture, a caption a line; and as pictures otherwise. Where a part is asked for, the folder of its name within is read. Of VQAv2 one file suffices where the other lies beside it under its
    /// published name; the file of answers by itself gives the columns Id, Answers, AnswerType and QuestionType, which scoring
    /// needs.</summary>
    /// <param name="path">A file, several with <c>*</c>, or a folder.</param>
    /// <param name="format">What was recognised.</param>
    /// <param name="options">Image folder, part, treatment of bad rows. Of a recipe, what its data sets do not say themselves; skipping
    /// bad rows is for all of them.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="MalformedInputException">The format is not recognised, or has no such part.</exception>
    public IDataView Load(string path, out DataFormat format, DataLoadOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        (path, bool isPart) = DataFolder.Find(path, options.Split);
        string first = Directory.Exists(path) ? path : DataFile.Expand(path)[0];
        FormatDescriptor found = FormatRecognizer.Recognize(first, options.Columns);
        format = found.Format;
        if (options.Split != DataSplit.All && !isPart && !found.CanChoose(options.Split))
            throw new MalformedInputException(path, $"the part {options.Split} is asked for, but {found.Name} does not say which rows these are", "Give the file of the part.");
        if (options.Language is not null && !found.HasLanguages)
            throw new MalformedInputException(path, $"the language '{options.Language}' is asked for, but {found.Name} does not say the rows' language", "SLAKE's rows alone say it.");
        IHost host = _environment.Register("VlmMlNet.Data");
        using (IChannel channel = host.Start("Recognising"))
            channel.Info($"{path}: recognised as {found.Name}.");
        return found.Open(new FormatRequest(this, path, first, options, isPart ? DataSplit.All : options.Split));
    }
}
