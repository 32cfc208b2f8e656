using System.Globalization;
using VlmMlNet.Models;
using VlmMlNet.Text;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training.Watching;

/// <summary>What the language model knows of text that no stage trains on, before a stage and after it.</summary>
internal static class KeptText
{
    private const double MostRise = 1.5;
    private const string Request = "Write a sentence.";

    /// <summary>Plain sentences as examples, each the answer to the same request.</summary>
    public static TrainingSet Of(IEnumerable<string> sentences) => TrainingSet.FromList(
        [.. sentences.Select((text, i) => new TrainingExample(string.Create(CultureInfo.InvariantCulture, $"kept text {i + 1}"), [new ChatMessage("user", Request), new ChatMessage("assistant", text)], []))]);

    /// <summary>Sentences about this and that, for language models that have read much.</summary>
    public static TrainingSet Default => Of(
    [
        "The train to the coast leaves at half past eight and stops in every village on the way.",
        "Water boils at a lower temperature on high mountains, because the air presses on it less.",
        "She had promised to call her brother on Sunday, but the line was busy all afternoon.",
        "If the price of bread rises while wages stay the same, families spend less on everything else.",
        "Before you paint the wall, clean it, let it dry, and cover the floor with old newspapers.",
        "The committee will meet again in March to decide whether the bridge is to be repaired or replaced.",
        "A good teacher explains the same idea in three different ways and then asks a question.",
        "Most birds that spend the winter in the south return to the same place to build their nests.",
        "The function returns the number of words in a text, or zero if the text is empty.",
        "Nobody in the office knew who had left the window open, but the plants did not survive the night.",
        "In the second half the visitors played better, yet the score did not change until the last minute.",
        "Light from the sun takes about eight minutes to reach the Earth.",
        "He bought two kilos of apples, a loaf of rye bread and a small piece of cheese at the market.",
        "The old library was built by the river, so its cellar is flooded whenever it rains for a week.",
        "To divide one fraction by another, turn the second one upside down and multiply.",
        "We would be grateful if you could send us the signed contract by the end of next month.",
    ]);

    /// <summary>What to say of perplexities; null where nothing is lost.</summary>
    public static TrainingDiagnostic? Compare(TrainingStage stage, long step, double before, double after) => !(after > MostRise * before) ? null : new()
    {
        Kind = TrainingDiagnosticKind.Forgetting,
        Step = step,
        Text = string.Create(CultureInfo.InvariantCulture, $"{stage.Name}: the language model forgets: its perplexity on text that was kept aside has risen from {before:G4} to {after:G4} in this stage. It was unfrozen too early, or learns too fast: align the projector longer before, lower the language model's learning rate, or mix examples of text alone into the data."),
    };

    /// <summary>The perplexity of the answers.</summary>
    public static double Perplexity(LossProbe probe, VisionLanguageNetwork network, TrainingSet text) => Math.Exp(probe.Mean(network, text));
}
