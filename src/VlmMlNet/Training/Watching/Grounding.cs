using System.Globalization;
using VlmMlNet.Models;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training.Watching;

/// <summary>How much the answers depend on the picture: the loss with another example's picture less that with their own, of a
/// sample, as a whole and for each kind of question.</summary>
internal sealed class Grounding(LossProbe probe, TrainingStage stage, TrainingRun run)
{
    private const int SampleSize = 64, Looked = 512, KindSize = 16, LeastOfKind = 8, MostKinds = 6;
    private const double LeastShare = 0.01;

    /// <summary>Measures.</summary>
    /// <param name="network">The weights.</param>
    /// <param name="data">What the sample is taken from.</param>
    /// <returns>The gap per token in nats, and what goes wrong; null where there are no two pictures.</returns>
    public (double Gap, TrainingDiagnosticKind? Kind, string Text)? Measure(VisionLanguageNetwork network, TrainingSet data)
    {
        var looked = data.ReadShuffled(run.Seed, epoch: 0, bufferSize: Looked).Where(e => e.Problem is null && e.Images.Count > 0).Take(Looked).ToList();
        if (Pairs(looked.Take(SampleSize)) is not { Count: > 1 } sample || Gap(network, sample) is not { } whole)
            return null;
        if (whole.Other - whole.Own < LeastShare * whole.Own)
            return (whole.Other - whole.Own, TrainingDiagnosticKind.PicturesIgnored, string.Create(CultureInfo.InvariantCulture,
                $"{stage.Name}: pictures are ignored: the loss of {sample.Count} examples is {whole.Own:F3} with their own pictures and {whole.Other:F3} with others'. Check that captions belong to their pictures and differ from one another, and align the projector longer, or with a higher rate, before the language model learns."));
        var missed = new List<string>();
        foreach (var (kind, examples) in looked.GroupBy(QuestionKind.Of).Where(g => g.Key.Length > 0 && g.Count() >= LeastOfKind)
            .OrderByDescending(g => g.Count()).Take(MostKinds).Select(g => (g.Key, g.Take(KindSize))))
        {
            if (Pairs(examples) is { Count: >= LeastOfKind } pairs && Gap(network, pairs) is { } own && own.Other - own.Own < LeastShare * own.Own)
                missed.Add(string.Create(CultureInfo.InvariantCulture, $"'{kind} ...' ({own.Own:F3} with their own pictures, {own.Other:F3} with others')"));
        }
        return missed.Count == 0 ? (whole.Other - whole.Own, null, "")
            : (whole.Other - whole.Own, TrainingDiagnosticKind.DetailsMissed, string.Create(CultureInfo.InvariantCulture,
                $"{stage.Name}: details are missed: pictures are used (loss {whole.Own:F3}, with others' pictures {whole.Other:F3}), but not for questions of the kind {string.Join(", ", missed)}. Give more examples of that kind, train the image encoder too, or take one of a higher resolution."));
    }

    private (double Own, double Other)? Gap(VisionLanguageNetwork network, List<(TrainingExample Own, TrainingExample Other)> pairs)
    {
        double own = probe.Mean(network, TrainingSet.FromList(pairs.ConvertAll(p => p.Own)));
        double other = probe.Mean(network, TrainingSet.FromList(pairs.ConvertAll(p => p.Other)));
        return double.IsFinite(own) && double.IsFinite(other) ? (own, other) : null;
    }

    // The other picture is that of an example half the sample away, or the next one that is of another file.
    private static List<(TrainingExample Own, TrainingExample Other)> Pairs(IEnumerable<TrainingExample> sample)
    {
        var examples = sample.ToList();
        var pairs = new List<(TrainingExample, TrainingExample)>();
        for (int i = 0; i < examples.Count; i++)
        {
            var own = examples[i];
            var other = Enumerable.Range(i + examples.Count / 2, examples.Count).Select(j => examples[j % examples.Count])
                .FirstOrDefault(e => e.Images.Count == own.Images.Count && e.PictureKey != own.PictureKey);
            if (other is not null)
                pairs.Add((own, own with { Images = other.Images }));
        }
        return pairs;
    }
}
