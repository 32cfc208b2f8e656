using System.CommandLine;
using System.Globalization;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm train --data FILE --out DIR</c>.</summary>
internal static class TrainCommand
{
    private const int DefaultValidationLimit = 200;
    private const double LeastMinutes = 0.001; // every part of the run has a share of it
    private const double MostMinutes = 5_256_000; // ten years

    private static readonly string s_details = string.Create(CultureInfo.InvariantCulture, $"""
        Stages: 0 bidirectional alignment, 1 hybrid alignment, 2 full fine-tuning, 3 instruction tuning. The model is saved after each, and between that every 10 minutes a checkpoint. Ctrl+C, SIGTERM (docker stop, job queues) and SIGHUP let the step end and save one; the second of them ends the process at once. --resume continues the run, also after it was killed, with the same options; only --minutes, --threads, --tensorboard, --kept-text, --skip-unreadable and, without --keep-best and --patience, what is validated may be others (the number of threads changes the last bits of the weights), and --stages may go on behind those that are finished. A finished run is trained further as the --model of another.

        Start from one of: --config tiny (small backbones, trained from the data), --vision and --llm (Hugging Face folders), --model (a saved model).

        --minutes is split over the parts that are run in the proportion {TrainingBudget.VisionShare * 100:0} (image encoder) : {TrainingBudget.LanguageShare * 100:0} (language model) : {string.Join(" : ", TrainingBudget.StageShares.Select(s => (s * 100).ToString("0", CultureInfo.InvariantCulture)))} (stages 0 to 3); what a part that has done its epochs does not need goes to those after it. Validation and saving come on top.

        {BatchChoice.Details}

        {FeatureCacheChoice.Details}

        --image-column, --caption-column and their like name columns of --data and --validation; those of --instructions are named by a recipe, as 'columns' of its data sets.

        With --lora the weights of image encoder and language model stay as they are, and adapters are learned in stages 2 and 3, with ten times the learning rates where --learning-rates does not say others. Each stage's adapters are merged into the model that it saves; beside it, language_adapter and vision_adapter hold what all stages together have changed, as PEFT loads it onto the backbones that training began with.

        Stage 3 learns from --instructions where given; else from conversations as they are, and from captions as answers to differently worded requests.

        --out also gets report.html (curves, scores, what the model says after each stage, and what went wrong) and metrics.jsonl (a line for each step and validation). Signs of known mistakes are told as warnings: a plateau in alignment, a learning rate that is too high, steps that are not finite, pictures or details that are ignored, a language model that forgets.

        Examples:
          vlm train --data train.parquet --config tiny --minutes 20 --out model
          vlm train --data blip_laion_cc_sbu_558k.json --images images --instructions llava_next.json --vision siglip-so400m-patch14-224 --llm Qwen2.5-0.5B-Instruct --device cuda --out model
          vlm train --data train.parquet --validation val.parquet --keep-best --patience 5 --tensorboard runs --config tiny --out model
          vlm train --data more.json --model model --stages 2,3 --epochs 1 --out better
          vlm train --data more.json --model model --stages 3 --lora 16 --out adapted
        """);

    public static Command Create(Shell shell)
    {
        var data = Files("--data", "Training data: LLaVA .json, COCO captions .json, caption .parquet, a recipe that mixes data sets (.yaml), ...; the content tells which. Several files with * or commas.", required: true);
        var images = CommonOptions.Images();
        var outside = CommonOptions.OutsideImages();
        var instructions = Files("--instructions", "Data of stage 3.");
        var model = Folder("--model", "Start from a saved model.");
        var vision = Folder("--vision", "Start from this image encoder (SigLIP), with --llm.");
        var language = Folder("--llm", "Start from this language model (Qwen2), with --vision.");
        var adapter = CommonOptions.Adapter();
        var config = new Option<string?>("--config") { Description = "tiny: start from small backbones that are trained from the data." };
        config.AcceptOnlyFromAmong("tiny");
        var stages = new Option<string>("--stages") { Description = "Stages to run, in order.", HelpName = "LIST", DefaultValueFactory = _ => "0,1,2,3" };
        stages.Validators.Add(r => { if (r.Tokens is [{ Value: var text }] && ParseStages(text) is null) r.AddError($"--stages '{text}' is not an ascending list of 0, 1, 2 and 3 such as 0,1,2,3."); });
        var prompt = CommonOptions.Prompt("What captions answer, and what 'vlm caption' asks the trained model; for conversations, one of their requests for a caption. Default: the start's own.");
        var minutes = CommonOptions.PositiveNumber("--minutes", "N", "Time for all parts together. Default: no limit but the epochs.", MostMinutes);
        minutes.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var text }] && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double time) && time is > 0 and < LeastMinutes)
                given.AddError(string.Create(CultureInfo.InvariantCulture, $"--minutes is {text}; it must be at least {LeastMinutes}."));
        });
        var epochs = CommonOptions.Positive("--epochs", "N", "Passes over the data in each stage. Default: the preset's.", 1_000_000);
        var batches = new BatchChoice();
        var features = new FeatureCacheChoice();
        var rates = new Option<string?>("--learning-rates") { Description = "Peak learning rates of image encoder, projector and language model, such as 5e-6,2e-3,2e-5; parts that a stage freezes stay frozen. Default: the paper's; with --config tiny, rates that suit small models.", HelpName = "V,P,L" };
        rates.Validators.Add(r => { if (r.Tokens is [{ Value: var text }] && LearningRates.Parse(text) is null) r.AddError($"--learning-rates '{text}' is not three positive numbers such as 5e-6,2e-3,2e-5."); });
        var output = new Option<string>("--out") { Description = "Folder of the trained model.", HelpName = "DIR", Required = true };
        var resume = new Option<bool>("--resume") { Description = "Continue the run that --out holds." };
        var force = OutputChoice.Force();
        var seed = NumberOption.Whole("--seed", "N", "Decides new weights, the order of the data and hidden tokens.", () => 1);
        var validation = new Option<string?>("--validation") { Description = "Data that is not trained on: its loss is measured within each stage (--validate-every), and the model scored on it after each.", HelpName = "FILE" };
        var validationLimit = CommonOptions.Positive("--validation-limit", "N", "Rows of --validation. Default 200.");
        var skip = CommonOptions.SkipUnreadable();
        var badRows = CommonOptions.BadRows();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("train", "Train a model: stages 0 to 3.", s_details)
        { data, images, outside, instructions, model, vision, language, adapter, config, stages, prompt, minutes, epochs, rates, output, resume, force, seed, validation, validationLimit, skip, badRows, device, threads };
        batches.AddTo(command);
        features.AddTo(command);
        var columns = new ColumnChoice();
        columns.AddTo(command);
        var lora = new LoraChoice();
        lora.AddTo(command);
        var memory = new MemoryChoice(command);
        var watch = new WatchChoice();
        watch.AddTo(command);
        command.SetAction(result =>
        {
            bool hasBackbones = result.GetValue(vision) is not null || result.GetValue(language) is not null;
            if (hasBackbones && (result.GetValue(vision) is null || result.GetValue(language) is null))
                throw new UsageException("--vision and --llm go together. See 'vlm train --help'.");
            if (new[] { result.GetValue(model) is not null, hasBackbones, result.GetValue(config) is not null }.Count(given => given) != 1)
                throw new UsageException("Say what to start from: --config tiny, --vision with --llm, or --model, one of the three. See 'vlm train --help'.");
            if (result.GetValue(adapter) is not null && result.GetValue(config) is not null)
                throw new UsageException("--adapter belongs to trained models: it goes with --model, or with --vision and --llm.");
            if (result.GetValue(resume) && result.GetValue(force))
                throw new UsageException("--resume continues the run in --out, --force begins a new one there. Give one of the two.");
            new TrainSession(shell, new TrainSettings
            {
                Data = Split(result.GetValue(data)),
                Out = result.GetValue(output)!,
                Stages = ParseStages(result.GetValue(stages)!)!,
                Device = CommonOptions.Choose(result, device, threads),
                Images = result.GetValue(images),
                Columns = columns.Read(result),
                AllowOutsideImages = result.GetValue(outside),
                Instructions = Split(result.GetValue(instructions)),
                Model = result.GetValue(model),
                Vision = result.GetValue(vision),
                Language = result.GetValue(language),
                IsTiny = result.GetValue(config) is not null,
                Prompt = result.GetValue(prompt),
                Duration = result.GetValue(minutes) is { } time ? TimeSpan.FromMinutes(time) : null,
                Epochs = result.GetValue(epochs),
                Batches = batches.Read(result),
                Augmentation = batches.ReadAugmentation(result),
                FeatureCache = features.Read(result),
                Memory = memory.Read(result),
                Rates = result.GetValue(rates) is { } text ? LearningRates.Parse(text) : null,
                Lora = lora.Read(result),
                Adapter = result.GetValue(adapter),
                Resume = result.GetValue(resume),
                Force = result.GetValue(force),
                Seed = result.GetValue(seed),
                Validation = result.GetValue(validation),
                ValidationLimit = result.GetValue(validationLimit) ?? DefaultValidationLimit,
                Watch = watch.Read(result, result.GetValue(validationLimit) ?? DefaultValidationLimit, result.GetValue(validation) is not null),
                SkipUnreadableImages = result.GetValue(skip),
                SkipBadRows = result.GetValue(badRows) == "skip",
                Verbose = result.GetValue(CommonOptions.Verbose),
            }).Run();
            return VlmCommand.Ok;
        });
        return command;
    }

    private static Option<string?> Files(string name, string description, bool required = false) => new(name) { Description = description, HelpName = "FILE[,...]", Required = required };

    private static Option<string?> Folder(string name, string description) => new(name) { Description = description, HelpName = "DIR" };

    private static string[] Split(string? files) => files?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static List<int>? ParseStages(string text)
    {
        string[] parts = text.Split(',', StringSplitOptions.TrimEntries);
        var stages = parts.Where(p => p is "0" or "1" or "2" or "3").Select(p => p[0] - '0').ToList();
        return stages.Count == parts.Length && stages.SequenceEqual(stages.Distinct().Order()) ? stages : null;
    }
}
