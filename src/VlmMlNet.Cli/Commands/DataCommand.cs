using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Cli.Report;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Components.Preview;
using VlmMlNet.Files;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm data show FILE</c>.</summary>
internal static class DataCommand
{
    private const int ShownText = 60;

    public static Command Create(Shell shell) => new("data", "Look at data.") { Show(shell) };

    private static DocumentedCommand Show(Shell shell)
    {
        var path = new Argument<string>("FILE") { Description = "Data in any format that is read: LLaVA .json, COCO captions .json, .parquet, a recipe, ..." };
        var model = new Option<string?>("--model") { Description = "The saved model whose tokenizer, sizes and prompts are used. Without one they are stand-ins.", HelpName = "DIR" };
        var rows = CommonOptions.Positive("--rows", "N", "Rows from the start. Default 12.");
        var all = new Option<bool>("--all-captions") { Description = "Show each caption of a picture, not only the first." };
        var stage = new Option<int>("--stage") { Description = "The stage whose mask and hidden tokens are shown: 0, 1, 2 or 3.", DefaultValueFactory = _ => 1 };
        stage.AcceptOnlyFromAmong("0", "1", "2", "3");
        var shuffle = NumberOption.Whole("--shuffle", "SEED", "Take the rows from anywhere: this number decides which.");
        var output = new Option<string?>("--out") { Description = "Write a contact sheet: pictures, tokens and masks.", HelpName = "FILE.html" };
        var force = OutputChoice.Force();
        var command = new DocumentedCommand("show", "Show data as a model learns from it: pictures after preprocessing, text with its template, what is scored, the mask.", """
            The table has a line for each example (row, id, caption): how large its picture is, how many tokens it takes, how many are scored, and what the model learns to say.

            Exit codes: 0, also where examples have a problem, which the table shows; 1 for an error; 2 for a wrong command line.

            Examples:
              vlm data show llava_next_790k.json --images images --out sheet.html
              vlm data show train.parquet --model model --stage 0 --rows 4 --out sheet.html
            """)
        { path, model, rows, all, stage, shuffle, output, force };
        var choice = new DataChoice(command);
        command.SetAction(result =>
        {
            var context = new MLContext(seed: 0);
            if (result.GetValue(CommonOptions.Verbose))
                context.Log += (_, e) => shell.Error.WriteLine(e.Message);
            var vlm = context.VisionLanguage();
            string file = result.GetValue(path)!;
            string? sheet = result.GetValue(output);
            if (sheet is not null && ResolvedPath.AreSame(sheet, file))
                throw new UsageException("--out is the data itself. Give another file.");
            using var pending = sheet is null ? null : OutputChoice.File(sheet, result.GetValue(force));
            OutputFile.CheckKind("--out", sheet, "HTML", ".html", ".htm");
            var reading = choice.Read(result);
            reading.NeedsAnswers = true;
            var view = ExampleData.Check(vlm.Data.Load(file, reading), file);
            if (result.GetValue(shuffle) is { } seed)
                view = context.Data.ShuffleRows(view, seed);
            using var loaded = result.GetValue(model) is { } folder ? vlm.LoadModel(folder) : null;
            var preview = vlm.Preview(view, loaded, new PreviewOptions
            {
                Rows = result.GetValue(rows) ?? 12,
                ExamplesPerRow = result.GetValue(all) ? int.MaxValue : 1,
                Stage = TrainingStage.Paper[result.GetValue(stage)],
            });
            Write(shell.Output, preview);
            if (pending is not null)
            {
                DataSheet.Write(pending, Path.GetFileName(Path.TrimEndingDirectorySeparator(file)), preview);
                shell.Error.WriteLine($"contact sheet: {Path.GetFullPath(sheet!)}");
            }
            choice.Skipped.Report(shell);
            return VlmCommand.Ok;
        });
        return command;
    }

    private static void Write(TextWriter output, DataPreview preview)
    {
        var rows = preview.Examples.Select(example => new[]
        {
            example.Name,
            example.Pictures.Count == 0 ? "-" : string.Join(", ", example.Pictures.Select(p => p.Seen is null ? "?" : string.Create(CultureInfo.InvariantCulture, $"{p.Width}x{p.Height}"))),
            example.Length.ToString(CultureInfo.InvariantCulture),
            example.Scored.ToString(CultureInfo.InvariantCulture),
            example.Problem is { } problem ? $"PROBLEM: {problem}" : Shortened(string.Concat(example.Tokens.Where(t => t.IsScored).Select(t => t.Text))),
        }).ToList();
        string[] heads = ["example", "picture", "tokens", "scored", "learns to say"];
        int[] widths = [.. heads.Select((head, i) => Math.Max(head.Length, rows.Select(row => row[i].Length).DefaultIfEmpty().Max()))];
        foreach (string[] row in rows.Prepend(heads))
            output.WriteLine($"{row[0].PadRight(widths[0])}  {row[1].PadRight(widths[1])}  {row[2].PadLeft(widths[2])}  {row[3].PadLeft(widths[3])}  {row[4]}");
        if (!preview.IsOfModel)
            output.WriteLine("(no model is given: 256 tokens a picture, and a tokenizer that was trained on these rows alone)");
    }

    private static string Shortened(string text)
    {
        text = text.ReplaceLineEndings(" ").Replace("<|im_end|>", " | ", StringComparison.Ordinal).TrimEnd(' ', '|');
        return text.Length <= ShownText ? text : text[..ShownText] + "...";
    }
}
