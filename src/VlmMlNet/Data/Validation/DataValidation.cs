namespace VlmMlNet.Data.Validation;

/// <summary>What <see cref="Microsoft.ML.VisionLanguageDataExtensions.Validate"/> found.</summary>
public sealed record DataValidation
{
    /// <summary>What was looked at.</summary>
    public required string Path { get; init; }

    /// <summary>What it was recognised as: a <see cref="DataFormat"/>, <c>CocoResults</c>, <c>VqaResults</c> or <c>SavedModel</c>; null
    /// where it is none of these.</summary>
    public string? Format { get; init; }

    /// <summary>The schemas that it was held to, by their names among <see cref="DataSchemas.Names"/>; none for formats that are not
    /// JSON.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];

    /// <summary>Rows that can be used.</summary>
    public long Rows { get; init; }

    /// <summary>Rows, of any list of the file, that cannot.</summary>
    public long BadRows { get; init; }

    /// <summary>Of the good rows, those that have a picture, as far as that can be told without reading embedded ones that are
    /// not to be looked at.</summary>
    public long RowsWithPicture { get; init; }

    /// <summary>Captions of the good rows.</summary>
    public long Captions { get; init; }

    /// <summary>Turns of the good rows' conversations; of questions with answers, two each.</summary>
    public long Turns { get; init; }

    /// <summary>Questions of the good rows that have an answer.</summary>
    public long AnsweredQuestions { get; init; }

    /// <summary>The pictures; null where they were not looked at.</summary>
    public ImageStatistics? Images { get; init; }

    /// <summary>Of a recipe, what was found in each of its data sets; the numbers above are their sums, before any are sampled. None
    /// for other data.</summary>
    public IReadOnlyList<DataValidation> Parts { get; init; } = [];

    /// <summary>How many problems there are.</summary>
    public long ProblemCount { get; init; }

    /// <summary>The first of them: files and rows in their order, then pictures in the order of their rows.</summary>
    public IReadOnlyList<DataProblem> Problems { get; init; } = [];

    /// <summary>Whether nothing is wrong.</summary>
    public bool IsValid => ProblemCount == 0;
}
