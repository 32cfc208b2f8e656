using Microsoft.ML;

namespace VlmMlNet.Data.Formats;

/// <summary>All that the library knows of a data format but how its rows are read, which is its source's business.</summary>
/// <param name="format">Its name to users.</param>
internal abstract class FormatDescriptor(DataFormat format)
{
    /// <summary>Its name to users.</summary>
    public DataFormat Format { get; } = format;

    /// <summary>The name in messages.</summary>
    public virtual string Name => Format.ToString();

    /// <summary>What a file of it is, in a sentence: <c>COCO's captions</c>.</summary>
    public abstract string Description { get; }

    /// <summary>How it is called among all that are recognised; null where another's words hold for it too.</summary>
    public virtual string? Listing => null;

    /// <summary>The catalog's method that reads it.</summary>
    public virtual string Reader => nameof(VisionLanguageDataCatalog.Load);

    /// <summary>The schema in <see cref="DataSchemas"/> that files are held to; null for none.</summary>
    public virtual string? Schema => null;

    /// <summary>Whether each row of the file is one row of the data, bad ones included: elsewhere a row is made of several lines or of two
    /// lists, and bad ones are no rows.</summary>
    public virtual bool IsRowByRow => true;

    /// <summary>Whether published files of it say each row's part.</summary>
    public virtual bool HasSplits => false;

    /// <summary>Whether rows say their language.</summary>
    public virtual bool HasLanguages => false;

    /// <summary>Whether it is a mixture of other data sets.</summary>
    public virtual bool IsMixture => false;

    /// <summary>The properties of <see cref="DataColumns"/> that name columns of it; none where its names are fixed.</summary>
    public virtual IReadOnlyList<string> NamedColumns => [];

    /// <summary>Whether the rows of a part can be told from others.</summary>
    public virtual bool CanChoose(DataSplit split) => HasSplits;

    /// <summary>Whether a file is of this format, by its beginning.</summary>
    public abstract bool Recognizes(FileHead head);

    /// <summary>The files that are held to schemas, each with the schema's name.</summary>
    /// <param name="path">What was given.</param>
    /// <param name="files">The files that it stands for.</param>
    /// <param name="columns">Names of columns that were given.</param>
    public virtual IReadOnlyList<(string File, string Schema)> SchemaFiles(string path, IReadOnlyList<string> files, DataColumns columns) =>
        Schema is { } schema ? [.. files.Select(file => (file, schema))] : [];

    /// <summary>Reads it.</summary>
    public abstract IDataView Open(FormatRequest request);
}
