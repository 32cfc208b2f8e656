using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm validate FILE</c>.</summary>
internal static class ValidateCommand
{
    public static Command Create(Shell shell)
    {
        var path = new Argument<string>("FILE") { Description = "Data in any format that is read, several files with *, a folder of pictures, results of a model, a saved model, a folder of Hugging Face, or a pipeline's zip." };
        var images = CommonOptions.Images();
        var outside = CommonOptions.OutsideImages();
        var pictures = new Option<string>("--pictures") { Description = "decode each picture, read its header, or none.", DefaultValueFactory = _ => "decode" };
        pictures.AcceptOnlyFromAmong("decode", "header", "none");
        var rows = CommonOptions.Positive("--rows", "N", "Look at the pictures of the first N rows only. Texts are always read through.");
        var list = CommonOptions.Positive("--list", "N", "List the first N problems. Default 20.");
        var threads = CommonOptions.Threads("Pictures that are decoded at the same time. Default: all cores.");
        var command = new DocumentedCommand("validate", "Look for everything that is wrong with data, before hours are spent on it.", """
            JSON is held to its JSON Schema (data-schemas/) and every format to the rules of its reader, row by row at constant memory; pictures have to exist and to decode. Of a model everything is looked for that would stop it from loading.

            Exit codes: 0 where nothing is wrong; 1 where something is, or for an error; 2 for a wrong command line; 130 after Ctrl+C and 143 after SIGTERM.

            Examples:
              vlm validate llava_next_790k.json --images images
              vlm validate "data/train-*.parquet" --rows 1000
              vlm validate results.json
            """)
        { path, images, outside, pictures, rows, list, threads };
        var columns = new ColumnChoice();
        columns.AddTo(command);
        command.SetAction(result =>
        {
            var context = new MLContext();
            if (result.GetValue(CommonOptions.Verbose))
                context.Log += (_, e) => shell.Error.WriteLine(e.Message);
            var found = ProgressDisplay.Run(shell, display => context.VisionLanguage().Data.Validate(result.GetValue(path)!, new DataValidationOptions
            {
                ImageFolder = result.GetValue(images),
                Columns = columns.Read(result),
                AllowOutsideImages = result.GetValue(outside),
                Images = Enum.Parse<ImageCheck>(result.GetValue(pictures)!, ignoreCase: true),
                ImageRows = result.GetValue(rows),
                KeptProblems = result.GetValue(list) ?? 20,
                Threads = result.GetValue(threads),
                CancellationToken = shell.CancellationToken,
                Progress = (what, done) => display.Count(what, done),
            }));
            Write(shell.Output, found);
            return found.IsValid ? VlmCommand.Ok : VlmCommand.Failed;
        });
        return command;
    }

    private static void Write(TextWriter output, DataValidation found)
    {
        WriteCounts(output, found);
        foreach (var part in found.Parts)
        {
            output.WriteLine();
            Line(output, "data set", part.Path);
            WriteCounts(output, part);
        }
        if (found.Parts.Count > 0)
            output.WriteLine();
        foreach (var problem in found.Problems)
            output.WriteLine($"  {ColumnChoice.InOptions(problem.ToString())}");
        if (found.ProblemCount > found.Problems.Count)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  and {found.ProblemCount - found.Problems.Count} more"));
        output.WriteLine(found.IsValid ? "valid" : string.Create(CultureInfo.InvariantCulture, $"{found.ProblemCount} problem{(found.ProblemCount == 1 ? "" : "s")}"));
    }

    private static void WriteCounts(TextWriter output, DataValidation found)
    {
        Line(output, "format", found.Format ?? "not recognised");
        if (found.Schemas.Count > 0)
            Line(output, "schema", string.Join(", ", found.Schemas.Select(name => $"data-schemas/{name}.schema.json")));
        if (found.Format is not (null or "SavedModel" or "Backbone" or "SavedPipeline"))
            Line(output, "rows", string.Create(CultureInfo.InvariantCulture, $"{found.Rows}{(found.BadRows > 0 ? $", {found.BadRows} bad" : "")}"));
        foreach (var (name, count) in new[] { ("  with a picture", found.RowsWithPicture), ("captions", found.Captions), ("turns", found.Turns), ("answered questions", found.AnsweredQuestions) })
        {
            if (count > 0)
                Line(output, name, count.ToString(CultureInfo.InvariantCulture));
        }
        if (found.Images is { } images)
        {
            Line(output, "pictures", string.Create(CultureInfo.InvariantCulture, $"{images.Count}, {images.Missing} missing, {images.Unreadable} unreadable"));
            if (images is { Least: { } least, Greatest: { } greatest })
            {
                Line(output, "  widths", string.Create(CultureInfo.InvariantCulture, $"{least.Width} to {greatest.Width}, {images.MeanWidth:F0} on average"));
                Line(output, "  heights", string.Create(CultureInfo.InvariantCulture, $"{least.Height} to {greatest.Height}, {images.MeanHeight:F0} on average"));
            }
        }
    }

    private static void Line(TextWriter output, string name, string value) => output.WriteLine($"{name,-22}{value}");
}
