using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Components.Saving;
using VlmMlNet.Data;
using VlmMlNet.Data.Mixtures;
using VlmMlNet.Data.Rows;
using VlmMlNet.Data.Validation;
using VlmMlNet.ModelFolders;

namespace VlmMlNet.Components.Validation;

/// <summary>One validation: files against their schemas, rows through their reader, pictures through the decoder.</summary>
/// <param name="catalog">The readers.</param>
/// <param name="path">What is looked at.</param>
/// <param name="options">How closely.</param>
internal sealed class ValidationRun(VisionLanguageDataCatalog catalog, string path, DataValidationOptions options)
{
    private readonly ProblemList _problems = new(options.KeptProblems);
    private readonly ProblemList _pictureProblems = new(options.KeptProblems);
    private readonly HashSet<(string Source, long Offset)> _badRows = [];   // the ones that the reader has met
    private readonly List<string> _files = [];   // in the order in which their problems were met
    private long _badRowCount, _fileProblems;

    public DataValidation Run()
    {
        FileKind kind;
        try
        {
            kind = FileKind.Recognize(path, options.Columns);
        }
        catch (MalformedInputException e)
        {
            AddFileProblem(e);
            return Result(null, [], new DataValidation { Path = path });
        }
        DataValidation found = new() { Path = path };
        if (kind.Data is { IsMixture: true })
            return RunRecipe(found, kind);
        if (kind.Data is not null)
            found = ReadRows(found, kind);
        found = kind.Files.Aggregate(found, (all, file) => HoldToSchema(all, file.File, file.Schema, kind));
        InspectModel(kind);
        return Result(kind.Name, [.. kind.Files.Select(file => file.Schema).Distinct()], found);
    }

    // What would stop a model from loading. The schema has its say about a configuration first.
    private void InspectModel(FileKind kind)
    {
        if (kind.Name == FileKind.SavedPipeline)
        {
            try
            {
                (SavedPipeline.Load(path, new MLContext(), out _) as IDisposable)?.Dispose();
            }
            catch (MalformedInputException e)
            {
                AddFileProblem(e);
            }
        }
        else if (kind.Name is FileKind.SavedModel or FileKind.Backbone)
        {
            string folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
            foreach (MalformedInputException problem in ModelInspection.Find(folder, isConfigBad: _badRowCount > 0 || _fileProblems > 0))
                AddFileProblem(problem);
        }
    }

    // Whether the data sets can be mixed as the recipe says; then each by itself, whole.
    private DataValidation RunRecipe(DataValidation found, FileKind kind)
    {
        DataValidation[] parts;
        try
        {
            DataRecipe recipe = DataRecipe.Load(path);
            HoldToSchema(found, path, kind.Files[0].Schema, kind);
            catalog.LoadRecipe(recipe);     // refuses what cannot be mixed, such as itself
            parts = [.. recipe.Datasets.Select(dataset => new ValidationRun(catalog, dataset.Path, options with { ImageFolder = dataset.ImageFolder ?? options.ImageFolder, Columns = dataset.Columns }).Run())];
        }
        catch (MalformedInputException e)
        {
            AddFileProblem(e);
            return Result(kind.Name, ["recipe"], found);
        }
        catch (FileNotFoundException e)
        {
            AddFileProblem(new MalformedInputException(path, e.Message.TrimEnd('.'), innerException: e));
            return Result(kind.Name, ["recipe"], found);
        }
        found = Result(kind.Name, [.. parts.SelectMany(part => part.Schemas).Prepend("recipe").Distinct()], found with { Parts = parts });
        return found with
        {
            Rows = parts.Sum(part => part.Rows),
            BadRows = found.BadRows + parts.Sum(part => part.BadRows),
            RowsWithPicture = parts.Sum(part => part.RowsWithPicture),
            Captions = parts.Sum(part => part.Captions),
            Turns = parts.Sum(part => part.Turns),
            AnsweredQuestions = parts.Sum(part => part.AnsweredQuestions),
            Images = options.Images == ImageCheck.None ? null : parts.Select(part => part.Images).OfType<ImageStatistics>().Aggregate(ImageStatistics.Empty, (sum, part) => sum.Add(part)),
            ProblemCount = found.ProblemCount + parts.Sum(part => part.ProblemCount),
            Problems = [.. found.Problems.Concat(parts.SelectMany(part => part.Problems)).Take(options.KeptProblems)],
        };
    }

    private DataValidation ReadRows(DataValidation found, FileKind kind)
    {
        RowInspection rows;
        var pictures = new PictureInspection(path, options, _pictureProblems);
        try
        {
            IDataView data = catalog.Load(path, new DataLoadOptions { ImageFolder = options.ImageFolder, AllowOutsideImages = options.AllowOutsideImages, Columns = options.Columns, BadRows = BadRowHandling.Skip, OnBadRow = AddBadRow });
            rows = new RowInspection(data, options, () => kind.Data!.IsRowByRow ? _badRowCount : 0);
            pictures.Inspect(rows.Pictures());
        }
        catch (MalformedInputException e)
        {
            AddFileProblem(e);
            return found;
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
            throw;
        }
        // That no row is good is said by the rows themselves.
        if (rows.Failure is { } failure && !failure.Message.Contains(BadRowLog.NoGoodRow, StringComparison.Ordinal))
            AddFileProblem(failure);
        // Of a test set no question has an answer and no picture a caption; a few without one are mistakes, that training would stop at.
        if (rows.AnsweredQuestions + rows.CaptionedRows is > 0 and var answered && rows.FirstUnanswered is { } unanswered)
        {
            string which = rows.CaptionedRows > 0 ? "pictures have no caption" : "questions have no answer";
            AddFileProblem(new MalformedInputException(path, string.Create(CultureInfo.InvariantCulture, $"{rows.Rows - answered} of {rows.Rows} {which}, that of row {unanswered} first"), "Nothing can be learned from these."));
        }
        if (rows.Rows == 0 && _badRowCount == 0 && _fileProblems == 0)
            AddFileProblem(new MalformedInputException(path, "it holds no rows"));
        return found with
        {
            Rows = rows.Rows,
            RowsWithPicture = rows.RowsWithPicture,
            Captions = rows.Captions,
            Turns = rows.Turns,
            AnsweredQuestions = rows.AnsweredQuestions,
            Images = options.Images == ImageCheck.None ? null : pictures.Statistics(),
        };
    }

    private DataValidation HoldToSchema(DataValidation found, string file, string schema, FileKind kind)
    {
        var reading = new SchemaReading(schema, kind.Id, options);
        try
        {
            foreach (BadRow row in kind.Data is { IsMixture: true } ? reading.FindInRecipe(file) : kind.Name == FileKind.SavedModel ? reading.FindInWhole(file) : reading.Find(file))
            {
                if (row.Offset is not { } offset || !_badRows.Contains((row.Source, offset)))
                    AddBadRow(row with { Problem = $"by the schema, {row.Problem}" });
            }
        }
        catch (MalformedInputException e)
        {
            if (_fileProblems == 0)     // the reader has said it
                AddFileProblem(e);
        }
        return kind.Data is null && kind.Name != FileKind.SavedModel ? found with { Rows = found.Rows + reading.Rows - _badRowCount } : found;
    }

    private void AddBadRow(BadRow row)
    {
        _badRowCount++;
        if (row.Offset is { } offset)
            _badRows.Add((row.Source, offset));
        _problems.Add(new DataProblem(DataProblemKind.Row, row.Source, row.Row, row.Line, row.Problem), (FileOf(row.Source), row.Offset ?? row.Line ?? row.Row));
    }

    private void AddFileProblem(MalformedInputException e)
    {
        _fileProblems++;
        string prefix = string.Create(CultureInfo.InvariantCulture, $"{e.InputSource}{(e.Row is null ? "" : $", row {e.Row}")}: ");
        string text = e.Message.StartsWith(prefix, StringComparison.Ordinal) ? e.Message[prefix.Length..] : e.Message;
        _problems.Add(new DataProblem(DataProblemKind.File, e.InputSource, e.Row, null, text), (FileOf(e.InputSource), long.MaxValue));
    }

    private int FileOf(string source)
    {
        if (!_files.Contains(source))
            _files.Add(source);
        return _files.IndexOf(source);
    }

    private DataValidation Result(string? format, IReadOnlyList<string> schemas, DataValidation found) => found with
    {
        Format = format,
        Schemas = schemas,
        BadRows = _badRowCount,
        ProblemCount = _problems.Count + _pictureProblems.Count,
        Problems = [.. _problems.First().Concat(_pictureProblems.First()).Take(options.KeptProblems)],
    };
}
