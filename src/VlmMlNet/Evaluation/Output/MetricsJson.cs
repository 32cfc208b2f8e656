using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Evaluation.Answers;
using System.Text.Encodings.Web;
using System.Text.Json;
using VlmMlNet.Files;

namespace VlmMlNet.Evaluation.Output;

/// <summary>Metrics as JSON: for other programs, and to keep beside a model. Caption metrics have pycocoevalcap's names
/// (<c>Bleu_1</c>, <c>ROUGE_L</c>, <c>CIDEr</c>); a score that does not exist is null.</summary>
public static class MetricsJson
{
    private static readonly JsonWriterOptions s_json = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The totals, the references' ceiling and the best constant caption.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="confidence">Their intervals; null for none.</param>
    public static string ToJson(this CaptionMetrics metrics, CaptionConfidence? confidence = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return Text(json =>
        {
            json.WriteNumber("images", metrics.ImageCount);
            Numbers(json, ("Bleu_1", metrics.Bleu1), ("Bleu_2", metrics.Bleu2), ("Bleu_3", metrics.Bleu3), ("Bleu_4", metrics.Bleu4),
                ("ROUGE_L", metrics.RougeL), ("CIDEr", metrics.Cider), ("CIDEr_plain", metrics.CiderPlain), ("reference_ceiling_CIDEr", metrics.ReferenceCeiling));
            json.WriteStartObject("best_constant_caption");
            json.WriteString("caption", metrics.BestConstantCaption.Text);
            Numbers(json, ("CIDEr", metrics.BestConstantCaption.Cider));
            json.WriteEndObject();
            if (confidence is not null)
            {
                Confidence(json, confidence.Level, confidence.Resamples,
                    ("Bleu_1", confidence.Bleu1), ("Bleu_2", confidence.Bleu2), ("Bleu_3", confidence.Bleu3), ("Bleu_4", confidence.Bleu4),
                    ("ROUGE_L", confidence.RougeL), ("CIDEr", confidence.Cider), ("CIDEr_plain", confidence.CiderPlain));
            }
        });
    }

    /// <summary>The totals, the majority answer, LLaVA-Med's scores, and the same for each answer type and question type.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="confidence">Their intervals; null for none.</param>
    public static string ToJson(this AnswerMetrics metrics, AnswerConfidence? confidence = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        return Text(json =>
        {
            Totals(json, metrics);
            if (confidence is not null)
            {
                Confidence(json, confidence.Level, confidence.Resamples,
                    ("vqa_accuracy", confidence.VqaAccuracy), ("exact_match", confidence.ExactMatch), ("token_f1", confidence.TokenF1),
                    ("token_recall", confidence.TokenRecall), ("bleu_1", confidence.Bleu1));
            }
            Groups(json, "per_answer_type", metrics.PerAnswerType);
            Groups(json, "per_question_type", metrics.PerQuestionType);
        });
    }

    /// <summary>Writes each image's scores: a list of objects with <c>image_id</c> (the row, where the data has no ids).</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="path">The file, which appears when it is complete; its folder must exist.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WritePerImageJson(this CaptionMetrics metrics, string path)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        WriteList(path, metrics.PerImage, (json, image) =>
        {
            Id(json, "image_id", image.Id, image.Row);
            Numbers(json, ("Bleu_1", image.Bleu1), ("Bleu_2", image.Bleu2), ("Bleu_3", image.Bleu3), ("Bleu_4", image.Bleu4),
                ("ROUGE_L", image.RougeL), ("CIDEr", image.Cider), ("CIDEr_plain", image.CiderPlain));
        });
    }

    /// <summary>Writes each question's scores: a list of objects with <c>question_id</c> (the row, where the data has no ids).</summary>
    /// <param name="metrics">The metrics.</param>
    /// <param name="path">The file, which appears when it is complete; its folder must exist.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void WritePerQuestionJson(this AnswerMetrics metrics, string path)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        WriteList(path, metrics.PerQuestion, (json, question) =>
        {
            Id(json, "question_id", question.Id, question.Row);
            json.WriteString("answer_type", question.AnswerType);
            json.WriteString("question_type", question.QuestionType);
            Numbers(json, ("vqa_accuracy", question.VqaAccuracy), ("exact_match", question.ExactMatch), ("token_f1", question.TokenF1),
                ("token_recall", question.TokenRecall), ("bleu_1", question.Bleu1), ("yes_no", question.YesNo ?? double.NaN));
        });
    }

    private static void Totals(Utf8JsonWriter json, AnswerMetrics metrics)
    {
        json.WriteNumber("questions", metrics.QuestionCount);
        Numbers(json, ("vqa_accuracy", metrics.VqaAccuracy), ("exact_match", metrics.ExactMatch), ("token_f1", metrics.TokenF1),
            ("token_recall", metrics.TokenRecall), ("bleu_1", metrics.Bleu1), ("yes_no_accuracy", metrics.YesNoAccuracy));
        json.WriteNumber("yes_no_questions", metrics.YesNoCount);
        json.WriteStartObject("majority_answer");
        json.WriteString("answer", metrics.MajorityAnswer.Text);
        Numbers(json, ("vqa_accuracy", metrics.MajorityAnswer.VqaAccuracy), ("exact_match", metrics.MajorityAnswer.ExactMatch));
        json.WriteEndObject();
        LlavaMedScores medical = metrics.LlavaMed;
        json.WriteStartObject("llava_med");
        Numbers(json, ("closed_accuracy", medical.ClosedAccuracy), ("open_exact_match", medical.OpenExactMatch), ("open_f1", medical.OpenF1),
            ("open_precision", medical.OpenPrecision), ("open_recall", medical.OpenRecall), ("open_bleu_1", medical.OpenBleu1));
        json.WriteEndObject();
    }

    private static void Groups(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, AnswerMetrics> groups)
    {
        json.WriteStartObject(name);
        foreach ((string type, AnswerMetrics metrics) in groups.OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            json.WriteStartObject(type);
            Totals(json, metrics);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static void Confidence(Utf8JsonWriter json, double level, int resamples, params IEnumerable<(string Name, ConfidenceInterval Interval)> intervals)
    {
        json.WriteStartObject("confidence");
        json.WriteNumber("level", level);
        json.WriteNumber("resamples", resamples);
        foreach ((string name, ConfidenceInterval interval) in intervals)
        {
            json.WriteStartArray(name);
            Number(json, interval.Lower);
            Number(json, interval.Upper);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Id(Utf8JsonWriter json, string name, string? id, int row)
    {
        if (id is null)
            json.WriteNumber(name, row);
        else
            ResultsFile.WriteId(json, name, id);
    }

    private static void Numbers(Utf8JsonWriter json, params IEnumerable<(string Name, double Value)> numbers)
    {
        foreach ((string name, double value) in numbers)
        {
            json.WritePropertyName(name);
            Number(json, value);
        }
    }

    private static void Number(Utf8JsonWriter json, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            json.WriteNullValue();
    }

    private static string Text(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_json))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static void WriteList<T>(string path, IEnumerable<T> items, Action<Utf8JsonWriter, T> write) => PendingFile.Write(path, length: 0, stream =>
    {
        using var json = new Utf8JsonWriter(stream, s_json);
        json.WriteStartArray();
        foreach (T item in items)
        {
            json.WriteStartObject();
            write(json, item);
            json.WriteEndObject();
            if (json.BytesPending > 1 << 16)
                json.Flush();
        }
        json.WriteEndArray();
    });
}
