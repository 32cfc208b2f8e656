using System.CommandLine;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Imaging;
using VlmMlNet.Training;

namespace VlmMlNet.Cli.Commands;

/// <summary>The options of <c>vlm train</c> that say how examples become batches.</summary>
internal sealed class BatchChoice
{
    /// <summary>What the command's help says about them.</summary>
    public const string Details = """
        --batch-layout: packed lays the examples of a batch behind one another where that saves padding; none sees another, and what is learned is what padded would teach; it pays where models are large and lengths differ. grouped makes batches of examples of similar length, padded leaves batches as the order of the data makes them; both give each example a row of its own. The examples of a step are --batch-size with each.
        """;

    private readonly Option<int?> _batchSize = CommonOptions.Positive("--batch-size", "N", "Examples per step in each stage. Default: the preset's.", 65_536);
    private readonly Option<string?> _layout = new("--batch-layout") { Description = "packed, grouped or padded: how the examples of a batch become rows. Default: the preset's, packed, and padded with --config tiny.", HelpName = "LAYOUT" };
    private readonly Option<bool> _augment = new("--augment") { Description = "Crop, turn and recolour pictures a little, in each epoch in another way, in stages that train the image encoder." };
    private readonly Option<int?> _packedLength = NumberOption.Whole("--packed-length", "N", $"Most tokens of a row of several examples. Default {TrainingStage.BidirectionalAlignment.PackedLength}.", 2, 1_000_000);

    public BatchChoice() => _layout.AcceptOnlyFromAmong([.. Enum.GetNames<BatchLayout>().Select(name => name.ToLowerInvariant())]);

    public void AddTo(Command command)
    {
        command.Add(_batchSize);
        command.Add(_layout);
        command.Add(_packedLength);
        command.Add(_augment);
    }

    /// <summary>How pictures are changed where the image encoder is trained; null for not at all.</summary>
    public ImageAugmentation? ReadAugmentation(ParseResult result) => result.GetValue(_augment) ? new ImageAugmentation() : null;

    /// <summary>What is chosen, as a change of a stage.</summary>
    public Func<TrainingStage, TrainingStage> Read(ParseResult result)
    {
        int? size = result.GetValue(_batchSize), length = result.GetValue(_packedLength);
        BatchLayout? layout = result.GetValue(_layout) is { } name ? Enum.Parse<BatchLayout>(name, ignoreCase: true) : null;
        var augmentation = ReadAugmentation(result);
        return stage => stage with
        {
            BatchSize = size ?? stage.BatchSize,
            BatchLayout = layout ?? stage.BatchLayout,
            PackedLength = length ?? stage.PackedLength,
            Augmentation = stage.VisionLearningRate is null ? stage.Augmentation : augmentation ?? stage.Augmentation,
        };
    }
}
