using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Formats.Llava;
using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data;

/// <summary>Reads the field's data sets as they are published. Made by <c>mlContext.VisionLanguage().Data</c>. All readers
/// are lazy: a file is opened when rows are asked for, read from front to back at constant memory, and read anew by each
/// cursor. Where a path has <c>*</c> or <c>?</c>, or <c>**</c> for any folders, all files that match are read, in ordinal
/// order of their paths, as one data set. A missing file is a <see cref="FileNotFoundException"/>, content that is not what it should be a
/// <see cref="MalformedInputException"/> when it is met.</summary>
/// <remarks>What ML.NET's own catalog does with rows it does with these, as streams: <c>mlContext.Data.TakeRows</c>,
/// <c>SkipRows</c>, <c>FilterByCustomPredicate</c>, <c>TrainTestSplit</c>, and <c>ShuffleRows(view, seed, shufflePoolSize)</c>, which
/// exchanges the parts of the data (files, row groups of parquet, quarters of a megabyte of text) and mixes their rows in a
/// pool. Parts are known after the first pass; parquet says them itself, unless bad
/// rows are skipped.</remarks>
public sealed partial class VisionLanguageDataCatalog
{
    private readonly IHostEnvironment _environment;

    internal VisionLanguageDataCatalog(IHostEnvironment environment)
    {
        _environment = environment;
    }

    /// <inheritdoc cref="LoadLlava(string, LlavaOptions)"/>
    /// <param name="path">The JSON, JSONL or parquet file, or several with <c>*</c>.</param>
    /// <param name="imageFolder">The folder that relative image paths start from; null for the folder of the file.</param>
    public IDataView LoadLlava(string path, string? imageFolder = null) => LoadLlava(path, new LlavaOptions { ImageFolder = imageFolder });

    /// <summary>Reads LLaVA's conversations, as LLaVA-Pretrain's <c>blip_laion_cc_sbu_558k.json</c> has them: an array of
    /// <c>{"id": "...", "image": "00000/1.jpg", "conversations": [{"from": "human", "value": "&lt;image&gt;\n..."}, {"from":
    /// "gpt", "value": "..."}]}</c>, the same with one row a line (JSONL), or the same as parquet with embedded pictures, as
    /// LLaVA-ReCap-558K and LLaVA-NeXT-Data are published. The file's content tells which. Parquet is also read with a list
    /// <c>images</c> of one picture, with <c>messages</c> (<c>role</c>, <c>content</c>: a text or a list of parts) or <c>texts</c>
    /// (<c>user</c>, <c>assistant</c>), as the Cauldron and others are published: where those do not say the picture's place it comes first.</summary>
    /// <remarks>Columns: Id (text), Image and ImagePath, Conversation (the turns, <c>&lt;image&gt;</c> left where it stands), SystemPrompt (what a
    /// first turn from <c>system</c> or a property <c>system</c> says; empty otherwise).
    /// Image and ImagePath are the picture's path as text, empty where <c>image</c> is absent or null; of parquet, Image is
    /// the encoded picture as Vector&lt;Byte&gt; and ImagePath the path recorded beside it. With
    /// <see cref="LlavaOptions.MaxImages"/> above 1 both are vectors of texts. Whether the pictures exist is not looked at. A
    /// row is bad where human and gpt do not take turns, an answer is missing, or the number of <c>&lt;image&gt;</c> is not
    /// that of the pictures.</remarks>
    /// <param name="path">The JSON, JSONL or parquet file, or several with <c>*</c>: <c>data/train-*.parquet</c>.</param>
    /// <param name="options">Image folder and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">A parquet file is none, or lacks a column.</exception>
    public IDataView LoadLlava(string path, LlavaOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View<LlavaRow>(path, options, file => ParquetFile.IsParquet(file) ? new LlavaParquetSource(file, options) : new LlavaJsonSource(file, options));
    }

    /// <summary>A view of one source's rows, whatever its format.</summary>
    internal RowDataView<TRow> View<TRow>(RowSource<TRow> source) => new(_environment, source);

    /// <summary>A view of the rows of a file, or of several.</summary>
    /// <param name="path">The file, or several with <c>*</c>.</param>
    /// <param name="options">The options of all formats.</param>
    /// <param name="open">Makes the source of one file.</param>
    /// <param name="reader">The method of the catalog that reads the format.</param>
    internal RowDataView<TRow> View<TRow>(string path, DataReaderOptions options, Func<string, RowSource<TRow>> open, [CallerMemberName] string reader = "")
    {
        options.Check();
        RowSource<TRow>[] sources = [.. DataFile.Expand(path).Select(Open)];
        if (sources is [var single])
            return new(_environment, single, reader);
        foreach (RowSource<TRow> source in sources)
        {
            if (!source.Columns.Select(c => (c.Name, c.Type)).SequenceEqual(sources[0].Columns.Select(c => (c.Name, c.Type))))
                throw new MalformedInputException(source.Path, $"its columns are not those of '{sources[0].Path}'", "Files that are read as one data set have one format.");
        }
        return new(_environment, new ShardedSource<TRow>(path, options, sources), reader);

        RowSource<TRow> Open(string file)
        {
            try
            {
                return open(file);
            }
            catch (MalformedInputException e) when (!options.AreNamedByColumns && FormatHint.Find(e, reader) is { } hinted)
            {
                throw hinted;
            }
        }
    }
}
