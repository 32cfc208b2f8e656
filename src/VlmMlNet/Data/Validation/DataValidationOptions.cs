using VlmMlNet.Imaging;

namespace VlmMlNet.Data.Validation;

/// <summary>What <see cref="Microsoft.ML.VisionLanguageDataExtensions.Validate"/> looks at.</summary>
public sealed record DataValidationOptions
{
    /// <summary>The folder that holds the pictures. Default: null, the default of the format.</summary>
    public string? ImageFolder { get; init; }

    /// <summary>The names of columns, where they are not the usual ones. Default: none.</summary>
    public DataColumns Columns { get; init; } = new();

    /// <summary>Whether pictures may lie outside of that folder: see <see cref="DataReaderOptions.AllowOutsideImages"/>. Default: false.</summary>
    public bool AllowOutsideImages { get; init; }

    /// <summary>How closely pictures are looked at. Default: each is decoded.</summary>
    public ImageCheck Images { get; init; } = ImageCheck.Decode;

    /// <summary>Limits of pictures; null for those that training has. Default null.</summary>
    public ImageDecoderOptions? Decoding { get; init; }

    /// <summary>Most good rows whose pictures are looked at, from the start; null for all. Texts are always read through. Default null.</summary>
    public long? ImageRows { get; init; }

    /// <summary>Most problems that are kept with their places; all are counted. Default 100.</summary>
    public int KeptProblems { get; init; } = 100;

    /// <summary>Pictures that are looked at at the same time. Default: null, one for each processor. At most 64, or 4 for
    /// each processor where that is more.</summary>
    public int? Threads { get; init; }

    /// <summary>Receives what is being done and the rows done. Default none.</summary>
    public Action<string, long>? Progress { get; init; }

    /// <summary>Ends the work between two rows. Default none.</summary>
    public CancellationToken CancellationToken { get; init; }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Columns);
        if (!Enum.IsDefined(Images))
            throw new ArgumentException($"{nameof(DataValidationOptions)}: {nameof(Images)} is {Images}; it is Decode, Header or None.");
        if (ImageRows is < 0)
            throw new ArgumentException($"{nameof(DataValidationOptions)}: {nameof(ImageRows)} is {ImageRows}; it must not be negative.");
        if (KeptProblems < 0)
            throw new ArgumentException($"{nameof(DataValidationOptions)}: {nameof(KeptProblems)} is {KeptProblems}; it must not be negative.");
        if (Threads is <= 0)
            throw new ArgumentException($"{nameof(DataValidationOptions)}: {nameof(Threads)} is {Threads}; it must be positive.");
        if (Threads > ThreadLimit.Most)
            throw new ArgumentException($"{nameof(DataValidationOptions)}: {nameof(Threads)} is {Threads}; it must be at most {ThreadLimit.Most}.");
    }
}
