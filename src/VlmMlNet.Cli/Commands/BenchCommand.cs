using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm bench quality --model DIR --data FILE</c>.</summary>
internal static class BenchCommand
{
    private static readonly WeightPrecision[] s_all = [WeightPrecision.BFloat16, WeightPrecision.Int8, WeightPrecision.Int4];

    public static Command Create(Shell shell) => new("bench", "Measure what smaller weights cost.") { Quality(shell) };

    private static DocumentedCommand Quality(Shell shell)
    {
        var model = CommonOptions.Model();
        var data = new Option<string>("--data") { Description = "Pictures with captions or questions that the model was not trained on: COCO captions .json, LLaVA .json, .parquet, ...", HelpName = "FILE", Required = true };
        var limit = CommonOptions.Positive("--limit", "N", "Look at the first N rows only. Of few rows CIDEr says little.");
        var precisions = CommonOptions.Precisions("Precisions to compare with float32. One or several of bfloat16, int8 and int4. Default: all three.");
        var quantized = new Option<string[]>("--quantized") { Description = "Compare folders that vlm quantize made of the model, instead of --precisions.", HelpName = "DIR", AllowMultipleArgumentsPerToken = true };
        var maxTokens = CommonOptions.Positive("--max-tokens", "N", "Most tokens of an answer, as many as the model has positions. Default: 64.", GenerationLimits.MaxTokens);
        var batchSize = CommonOptions.BatchSize("Pictures side by side. Default: 8.");
        var prompt = CommonOptions.Prompt("What captions answer. Default: the prompt that the model learned them under.");
        var json = new Option<bool>("--json") { Description = "Write the numbers as JSON." };
        var skip = CommonOptions.SkipUnreadable();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("quality", "Compare a model in bfloat16, int8 and int4 with itself in float32.", """
            tokens alike   along float32's answers: how often the most likely next token is the same
            divergence     there: mean Kullback-Leibler divergence of the next token's distribution, in nats
            same answers   when each writes on its own: answers that are the same to the end
            prefix         when each writes on its own: tokens before the first that differs, on average
            CIDEr          of the answers (exact match, where the data has questions), its change relative to float32, and in
                           brackets what chance leaves open of the change (95 %, rows drawn anew)

            A precision is not supported where the score falls by more than 1 %, with int4 3 %: the command then says so.

            Exit codes: 0 where all precisions are supported; 1 where one is not, or for another error; 2 for a wrong command line; 130 after Ctrl+C and 143 after SIGTERM.

            Examples:
              vlm bench quality --model model --data test.parquet
              vlm bench quality --model model --data captions_val2014.json --images val2014 --limit 500 --precisions int8 int4
              vlm bench quality --model model --data test.parquet --quantized model-int8
            """)
        { model, data, limit, precisions, quantized, maxTokens, batchSize, prompt, json, skip, device, threads };
        var choice = new DataChoice(command);
        command.SetAction(result =>
        {
            string folder = result.GetValue(model)!;
            string[] folders = result.GetValue(quantized) ?? [];
            if (folders.Length > 0 && result.GetValue(precisions) is { Length: > 0 })
                throw new UsageException("--quantized says what is compared; --precisions says it too. Give one of the two.");
            var vlm = shell.CreateContext(CommonOptions.Choose(result, device, threads), seed: 0, result.GetValue(CommonOptions.Verbose)).VisionLanguage();
            var reading = choice.Read(result);
            reading.SkipsIncompleteRows = result.GetValue(skip);
            var view = ExampleData.Check(vlm.Data.Load(result.GetValue(data)!, reading), result.GetValue(data)!);
            var smaller = new List<VisionLanguageModel>();
            try
            {
                using var original = vlm.LoadModel(folder);
                if (folders.Length > 0)
                    smaller.AddRange(folders.Select(f => vlm.LoadModel(f)));
                else
                    smaller.AddRange((result.GetValue(precisions) is { Length: > 0 } named ? named : s_all).Select(p => vlm.LoadModel(folder, p)));
                var comparison = ProgressDisplay.Run(shell, display => vlm.ComparePrecisions(original, smaller, view, new PrecisionComparisonOptions
                {
                    Limit = result.GetValue(limit),
                    MaxTokens = result.GetValue(maxTokens) ?? 64,
                    BatchSize = result.GetValue(batchSize) ?? 8,
                    CaptionPrompt = result.GetValue(prompt),
                    SkipUnreadableImages = result.GetValue(skip),
                    RowSkipped = choice.Skipped.Add,
                    CancellationToken = shell.CancellationToken,
                    Progress = (done, total) => display.Report("comparing", Math.Min(1, done / (double)Math.Max(1, total)), string.Create(CultureInfo.InvariantCulture, $"{done} of {total}")),
                }));
                if (result.GetValue(json))
                    shell.Output.WriteLine(comparison.ToJson());
                else
                    Write(shell.Output, comparison);
                choice.Skipped.Report(shell);
                foreach (string refusal in comparison.Refusals)
                    shell.WriteError(refusal);
                return comparison.Refusals.Count == 0 ? VlmCommand.Ok : VlmCommand.Failed;
            }
            finally
            {
                smaller.ForEach(m => m.Dispose());
            }
        });
        return command;
    }

    private static void Write(TextWriter output, PrecisionComparison comparison)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"float32: {comparison.ScoreName} {ScoreText.Number(comparison.Score)}; {comparison.Rows} answers, {comparison.Tokens} places compared"));
        int width = Math.Max(7, comparison.ScoreName.Length);
        output.WriteLine($"{"",-10}{"tokens alike",14}{"divergence",12}{"same answers",14}{"prefix",8}  {comparison.ScoreName.PadLeft(width)}  change");
        foreach (var quality in comparison.Precisions)
        {
            string score = ScoreText.Number(quality.Score).PadLeft(width);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{PrecisionName(quality.Precision),-10}{quality.TokenAgreement,14:P2}{quality.MeanDivergence,12:F6}{quality.SameAnswers,14:P1}{quality.MeanAgreeingPrefix,8:F1}  {score}  {Change(quality),-26}{(quality.IsSupported ? "supported" : "NOT SUPPORTED")}"));
        }
    }

    private static string Change(PrecisionQuality quality) => double.IsNaN(quality.RelativeChange) ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{100 * quality.RelativeChange:+0.0;-0.0;0.0} %")
            + (double.IsNaN(quality.RelativeChangeInterval.Lower) ? "" : string.Create(CultureInfo.InvariantCulture, $" [{100 * quality.RelativeChangeInterval.Lower:+0.0;-0.0;0.0}, {100 * quality.RelativeChangeInterval.Upper:+0.0;-0.0;0.0}]"));

    private static string PrecisionName(WeightPrecision precision) => precision.ToString().ToLowerInvariant();
}
