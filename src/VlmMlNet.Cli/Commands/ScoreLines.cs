using System.Globalization;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Evaluation;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;

namespace VlmMlNet.Cli.Commands;

/// <summary>Metrics as lines to read.</summary>
internal static class ScoreLines
{
    public static void Write(TextWriter output, CaptionMetrics metrics, CaptionConfidence? confidence)
    {
        var constant = metrics.BestConstantCaption;
        Line(output, "images", metrics.ImageCount.ToString(CultureInfo.InvariantCulture));
        Score(output, "CIDEr", metrics.Cider, confidence?.Cider);
        Score(output, "  people's ceiling", metrics.ReferenceCeiling, null);
        Line(output, "  constant caption", $"{Number(constant.Cider)}  (\"{constant.Text}\")");
        Score(output, "  plain", metrics.CiderPlain, confidence?.CiderPlain);
        Score(output, "BLEU-1", metrics.Bleu1, confidence?.Bleu1);
        Score(output, "BLEU-2", metrics.Bleu2, confidence?.Bleu2);
        Score(output, "BLEU-3", metrics.Bleu3, confidence?.Bleu3);
        Score(output, "BLEU-4", metrics.Bleu4, confidence?.Bleu4);
        Score(output, "ROUGE-L", metrics.RougeL, confidence?.RougeL);
        Intervals(output, confidence?.Level, confidence?.Resamples, "images");
    }

    public static void Write(TextWriter output, AnswerMetrics metrics, AnswerConfidence? confidence)
    {
        var majority = metrics.MajorityAnswer;
        Line(output, "questions", metrics.QuestionCount.ToString(CultureInfo.InvariantCulture));
        Score(output, "VQA accuracy", metrics.VqaAccuracy, confidence?.VqaAccuracy);
        Score(output, "  majority answer", majority.VqaAccuracy, null);
        Score(output, "exact match", metrics.ExactMatch, confidence?.ExactMatch);
        Line(output, "  majority answer", $"{Number(majority.ExactMatch)}  (\"{majority.Text}\")");
        Score(output, "token F1", metrics.TokenF1, confidence?.TokenF1);
        Score(output, "token recall", metrics.TokenRecall, confidence?.TokenRecall);
        Score(output, "BLEU-1", metrics.Bleu1, confidence?.Bleu1);
        Line(output, "yes/no", $"{Number(metrics.YesNoAccuracy)}  ({metrics.YesNoCount} questions)");
        var medical = metrics.LlavaMed;
        output.WriteLine("by LLaVA-Med's script");
        Score(output, "  closed accuracy", medical.ClosedAccuracy, null);
        Score(output, "  open recall", medical.OpenRecall, null);
        Score(output, "  open exact match", medical.OpenExactMatch, null);
        Score(output, "  open F1", medical.OpenF1, null);
        Score(output, "  open precision", medical.OpenPrecision, null);
        Score(output, "  open BLEU-1", medical.OpenBleu1, null);
        Groups(output, "answer type", metrics.PerAnswerType);
        Groups(output, "question type", metrics.PerQuestionType);
        Intervals(output, confidence?.Level, confidence?.Resamples, "questions");
    }

    private static void Groups(TextWriter output, string what, IReadOnlyDictionary<string, AnswerMetrics> groups)
    {
        if (groups.Count == 0)
            return;
        output.WriteLine($"{"by " + what,-24}{"questions",10}{"VQA acc.",10}{"exact",10}{"F1",10}{"yes/no",10}  majority answer");
        foreach (var (type, part) in groups.OrderByDescending(g => g.Value.QuestionCount).ThenBy(g => g.Key, StringComparer.Ordinal))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {type,-22}{part.QuestionCount,10}{Number(part.VqaAccuracy),10}{Number(part.ExactMatch),10}{Number(part.TokenF1),10}{Number(part.YesNoAccuracy),10}  {Number(part.MajorityAnswer.ExactMatch)} (\"{part.MajorityAnswer.Text}\")"));
        }
    }

    private static void Score(TextWriter output, string name, double score, ConfidenceInterval? interval) =>
        Line(output, name, interval is { } range && !double.IsNaN(range.Lower) ? $"{Number(score)}  [{Number(range.Lower)}, {Number(range.Upper)}]" : Number(score));

    private static void Intervals(TextWriter output, double? level, int? resamples, string what)
    {
        if (level is not null)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{level:P0} confidence: {resamples} draws of the {what}]"));
    }

    private static void Line(TextWriter output, string name, string value) => output.WriteLine($"{name,-22}{value}");

    private static string Number(double value) => ScoreText.Number(value);
}
