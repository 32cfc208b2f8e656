using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Data;
using VlmMlNet.Evaluation;
using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm evaluate --model DIR --data FILE</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Shell shell)
    {
        var model = CommonOptions.Model();
        var data = new Option<string>("--data") { Description = "Pictures with captions or questions: COCO captions .json, LLaVA .json, .parquet, ...; the content tells which.", HelpName = "FILE", Required = true };
        var protocol = new Option<string?>("--protocol") { Description = $"Ask as the field does, for scores that can be put beside published ones: {string.Join(", ", EvaluationProtocol.All.Select(p => p.Name))}.", HelpName = "NAME" };
        protocol.AcceptOnlyFromAmong([.. EvaluationProtocol.All.Select(p => p.Name)]);
        var train = new Option<string?>("--train") { Description = "The training data, for the nearest-neighbour baseline on 16x16 pixels.", HelpName = "FILE" };
        var limit = CommonOptions.Positive("--limit", "N", "Look at the first N rows only. CIDEr weighs words by the rows that are looked at.");
        var predictions = new Option<string?>("--predictions") { Description = "Write every answer with its references as JSON.", HelpName = "OUT.json" };
        var results = new Option<string?>("--results") { Description = "Write the answers in COCO's or VQA's results format, which other scorers read.", HelpName = "OUT.json" };
        var skip = CommonOptions.SkipUnreadable();
        var json = new Option<bool>("--json") { Description = "Write the scores as JSON." };
        var prompt = CommonOptions.Prompt("What captions answer. Default: the prompt that the model learned them under.");
        var batchSize = CommonOptions.Positive("--batch-size", "N", "Pictures side by side. Default 32.");
        var precision = CommonOptions.Precision();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("evaluate", "Score a model on captions or questions.",
            "Captions: CIDEr, BLEU-4 and ROUGE-L beside what people, the best constant caption and (with --train) the nearest training picture reach.\nQuestions: exact match beside the majority answer; of a conversation each turn is asked by itself.\n\nExamples:\n  vlm evaluate --model model --data captions_val2014.json --images val2014\n  vlm evaluate --model model --data test.parquet --train train.parquet --predictions answers.json\n  vlm evaluate --model model --data dataset_coco.json --images coco --protocol coco_karpathy_test --results captions.json\n\nScores of anyone's captions and answers: vlm evaluate captions --help, vlm evaluate answers --help.")
        { model, data, protocol, train, limit, predictions, results, json, skip, prompt, batchSize, precision, device, threads };
        var generation = new GenerationChoice(command, "the protocol's, or 64", severalAnswers: false);
        var choice = new DataChoice(command);
        command.Subcommands.Add(EvaluateCaptionsCommand.Create(shell));
        command.Subcommands.Add(EvaluateAnswersCommand.Create(shell));
        command.SetAction(result =>
        {
            var context = shell.CreateContext(CommonOptions.Choose(result, device, threads), seed: 0, result.GetValue(CommonOptions.Verbose));
            var vlm = context.VisionLanguage();
            var asked = result.GetValue(protocol) is { } name ? EvaluationProtocol.Find(name) : null;
            if (asked is not null && result.GetValue(prompt) is not null)
                throw new UsageException("--protocol says what is asked; --prompt says it too. Give one of the two.");
            var options = generation.Read(result, (asked?.Generation() ?? new GenerationOptions()) with { BatchSize = result.GetValue(batchSize) ?? 32 });
            var reading = choice.Read(result);
            var view = asked?.Load(vlm.Data, result.GetValue(data)!, reading) ?? vlm.Data.Load(result.GetValue(data)!, reading);
            var known = result.GetValue(train) is { } file ? vlm.Data.Load(file, new DataLoadOptions { ImageFolder = reading.ImageFolder, BadRows = reading.BadRows, OnBadRow = reading.OnBadRow }) : null;
            using var loaded = vlm.LoadModel(result.GetValue(model)!, result.GetValue(precision));
            var evaluation = ProgressDisplay.Run(shell, display => vlm.EvaluateModel(loaded, view, new ModelEvaluationOptions
            {
                Limit = result.GetValue(limit),
                Protocol = asked,
                SkipUnreadableImages = result.GetValue(skip),
                RowSkipped = choice.Skipped.Add,
                NeighbourData = known,
                CaptionPrompt = result.GetValue(prompt),
                Generation = options,
                CancellationToken = shell.CancellationToken,
                Progress = (what, done, total) => display.Report(what, Math.Min(1, done / (double)Math.Max(1, total)), string.Create(CultureInfo.InvariantCulture, $"{done} of {total}")),
            }));
            if (result.GetValue(predictions) is { } path)
                evaluation.WritePredictions(path);
            if (result.GetValue(results) is { } resultsPath)
                evaluation.WriteResults(resultsPath);
            if (result.GetValue(json))
                shell.Output.WriteLine(evaluation.Captions?.ToJson() ?? evaluation.Answers!.ToJson());
            else if (evaluation.Captions is { } captions)
                Write(shell.Output, captions, evaluation.NearestNeighbour);
            else
                Write(shell.Output, evaluation.Answers!);
            choice.Skipped.Report(shell);
            return VlmCommand.Ok;
        });
        return command;
    }

    private static void Write(TextWriter output, CaptionMetrics metrics, CaptionMetrics? neighbour)
    {
        var constant = metrics.BestConstantCaption;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"pictures              {metrics.ImageCount}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"CIDEr                 {ScoreText.Number(metrics.Cider)}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  people's ceiling    {ScoreText.Number(metrics.ReferenceCeiling)}"));
        if (neighbour is not null)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  nearest neighbour   {ScoreText.Number(neighbour.Cider)}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  constant caption    {ScoreText.Number(constant.Cider)}  (\"{constant.Text}\")"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"BLEU-4                {ScoreText.Number(metrics.Bleu4)}{(neighbour is null ? "" : $"  (nearest neighbour {ScoreText.Number(neighbour.Bleu4)})")}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ROUGE-L               {ScoreText.Number(metrics.RougeL)}{(neighbour is null ? "" : $"  (nearest neighbour {ScoreText.Number(neighbour.RougeL)})")}"));
    }

    private static void Write(TextWriter output, AnswerMetrics metrics)
    {
        var majority = metrics.MajorityAnswer;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"questions             {metrics.QuestionCount}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exact match           {ScoreText.Percent(metrics.ExactMatch)}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  majority answer     {ScoreText.Percent(majority.ExactMatch)}  (\"{majority.Text}\")"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"VQA accuracy          {ScoreText.Percent(metrics.VqaAccuracy)}  (majority answer {ScoreText.Percent(majority.VqaAccuracy)})"));
        foreach (var (type, part) in metrics.PerQuestionType.Count > 1 ? metrics.PerQuestionType : metrics.PerAnswerType)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {type,-20}{ScoreText.Percent(part.ExactMatch)} of {part.QuestionCount}"));
    }
}
