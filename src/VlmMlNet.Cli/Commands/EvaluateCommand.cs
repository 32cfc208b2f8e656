using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Data;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Evaluation.Output;
using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm evaluate --model DIR --data FILE</c>.</summary>
internal static class EvaluateCommand
{
    public static Command Create(Shell shell)
    {
        var model = CommonOptions.Model();
        var data = new Option<string>("--data") { Description = "Pictures with captions or questions: COCO captions .json, LLaVA .json, .parquet, ...; the content tells which.", HelpName = "FILE", Required = true };
        var kind = new Option<string?>("--as") { Description = "Score conversations as questions, each turn by exact match, or as captions of their pictures. Default: questions, unless the protocol asks for captions." };
        kind.AcceptOnlyFromAmong("questions", "captions");
        var protocol = new Option<string?>("--protocol") { Description = $"Ask as the field does, for scores that can be put beside published ones: {string.Join(", ", EvaluationProtocol.All.Select(p => p.Name))}.", HelpName = "NAME" };
        protocol.AcceptOnlyFromAmong([.. EvaluationProtocol.All.Select(p => p.Name)]);
        var train = new Option<string?>("--train") { Description = "The training data, for the nearest-neighbour baseline on 16x16 pixels.", HelpName = "FILE" };
        var limit = CommonOptions.Positive("--limit", "N", "Look at the first N rows only. CIDEr weighs words by the rows that are looked at.");
        var details = new Option<string?>("--details") { Description = "Write every answer with its prompt and references as JSON.", HelpName = "OUT.json" };
        var results = new Option<string?>("--results") { Description = "Write the answers in COCO's or VQA's results format, which other scorers read.", HelpName = "OUT.json" };
        var skip = CommonOptions.SkipUnreadable("and end with exit code 0 instead of 1");
        var json = new Option<bool>("--json") { Description = "Write the scores as JSON." };
        var prompt = CommonOptions.Prompt("What captions answer. Default: the prompt that the model learned them under.");
        var batchSize = CommonOptions.BatchSize("Pictures side by side. Default: 32.");
        var adapter = CommonOptions.Adapter();
        var precision = CommonOptions.Precision();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("evaluate", "Score a model on captions or questions.",
            """
            Captions: CIDEr, BLEU-4 and ROUGE-L beside what people, the best constant caption and (with --train) the nearest training picture reach.
            Questions: exact match beside the majority answer; of a conversation each turn is asked by itself.
            Test sets without captions or answers are answered for --results, which evaluation servers take; nothing is scored then.

            --details and --results are begun before the model is loaded and written answer by answer, as NAME.partial until they are complete. What a run that was stopped leaves there is a list of the answers so far; the next run begins it anew.

            Exit codes: 0, also where rows were left out as --bad-rows skip and --skip-unreadable ask for; 1 where a picture could not be read (all others are answered and scored), or for another error; 2 for a wrong command line; 130 after Ctrl+C and 143 after SIGTERM.

            Examples:
              vlm evaluate --model model --data captions_val2014.json --images val2014
              vlm evaluate --model model --data test.parquet --train train.parquet --details answers.json
              vlm evaluate --model model --data dataset_coco.json --images coco --protocol coco_karpathy_test --results captions.json

            Scores of anyone's captions and answers: vlm evaluate captions --help, vlm evaluate answers --help.
            """)
        { model, data, kind, protocol, train, limit, details, results, json, skip, prompt, batchSize, adapter, precision, device, threads };
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
            reading.SkipsIncompleteRows = result.GetValue(skip);
            var view = asked?.Load(vlm.Data, result.GetValue(data)!, reading) ?? vlm.Data.Load(result.GetValue(data)!, reading);
            var known = result.GetValue(train) is { } file ? vlm.Data.Load(file, new DataLoadOptions { ImageFolder = reading.ImageFolder, AllowOutsideImages = reading.AllowOutsideImages, Columns = reading.Columns, BadRows = reading.BadRows, OnBadRow = reading.OnBadRow }) : null;
            string? detailsPath = result.GetValue(details), resultsPath = result.GetValue(results);
            using var files = new EvaluationFiles(detailsPath, resultsPath, result.GetValue(data), result.GetValue(train));
            // Pictures alone can be answered, and not scored.
            if (!files.Exist || view.Schema.GetColumnOrNull(VisionLanguageColumns.Image) is null)
                ExampleData.Check(view, result.GetValue(data)!);
            bool asCaptions = result.GetValue(kind) == "captions" || (result.GetValue(kind) is null && asked is { AsksQuestions: false });
            bool hasQuestions = PictureRows.HaveQuestions(view.Schema, asCaptions);
            if (result.GetValue(kind) is { } wanted && (wanted == "questions" ? !hasQuestions || asked is { AsksQuestions: false } : hasQuestions || asked is { AsksQuestions: true }))
                throw new UsageException($"--as {wanted}: {(asked is not null && asked.AsksQuestions != (wanted == "questions") ? $"--protocol {asked.Name} asks for {(asked.AsksQuestions ? "answers to questions" : "captions")}" : $"{result.GetValue(data)} holds {(hasQuestions ? "questions with answers" : "captions")}")}. Leave it out.");
            if (PictureRows.HaveConversations(view.Schema) && result.GetValue(kind) is null)
                shell.Error.WriteLine($"{result.GetValue(data)} holds conversations, {(asCaptions ? "whose answers are scored as captions" : "of which each turn is scored as a question, by exact match; --as captions scores the answers as captions of their pictures")}");
            if (!files.Exist && !PictureRows.HaveTexts(view))
                throw new UsageException($"{result.GetValue(data)} has no {(hasQuestions ? "answers" : "captions")}, so that nothing can be scored. --results writes the model's own, for an evaluation server.");
            var format = hasQuestions ? ResultsFile.Answers : ResultsFile.Captions;
            using var loaded = AdaptedModels.Load(vlm, result.GetValue(model)!, result.GetValue(adapter), result.GetValue(precision));
            try
            {
                var evaluation = ProgressDisplay.Run(shell, display => vlm.EvaluateModel(loaded, view, new ModelEvaluationOptions
                {
                    Limit = result.GetValue(limit),
                    Protocol = asked,
                    AnswersAreCaptions = asCaptions,
                    SkipUnreadableImages = true,
                    RowSkipped = choice.Skipped.Add,
                    NeighbourData = known,
                    CaptionPrompt = result.GetValue(prompt),
                    Generation = options,
                    CancellationToken = shell.CancellationToken,
                    HasDistinctIds = files.HasResults,
                    Answered = files.Exist ? prediction => files.Add(prediction, format) : null,
                    Progress = (what, done, total) => display.Report(what, Math.Min(1, done / (double)Math.Max(1, total)), string.Create(CultureInfo.InvariantCulture, $"{done} of {total}")),
                }));
                files.Complete();
                Write(shell, evaluation, result.GetValue(json));
            }
            finally
            {
                files.Report(shell);
                choice.Skipped.Report(shell);
            }
            if (!choice.Skipped.HasExamples || result.GetValue(skip))
                return VlmCommand.Ok;
            shell.WriteError("the pictures above could not be read; all others were answered. With --skip-unreadable that is no error.");
            return VlmCommand.Failed;
        });
        return command;
    }

    private static void Write(Shell shell, ModelEvaluation evaluation, bool asJson)
    {
        if (evaluation is { Captions: null, Answers: null })
            shell.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{evaluation.Predictions.Count} answers were written; the data has none to compare them with, so that nothing can be scored"));
        else if (asJson)
            shell.Output.WriteLine(evaluation.Captions?.ToJson() ?? evaluation.Answers!.ToJson());
        else if (evaluation.Captions is { } captions)
            Write(shell.Output, captions, evaluation.NearestNeighbour);
        else
            Write(shell.Output, evaluation.Answers!);
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
