using System.Globalization;
using System.Text.Json;
using VlmMlNet.Data.Json;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaV2;

/// <summary>VQAv2's file of answers by itself: what scoring needs, without pictures and questions.</summary>
internal sealed class VqaV2AnswersSource(string path, DataReaderOptions options) : RowSource<VqaV2Answer>(path, options)
{
    private static readonly RowColumn<VqaV2Answer>[] s_columns =
    [
        RowColumn<VqaV2Answer>.Text(VisionLanguageColumns.Id, row => row.QuestionId.ToString(CultureInfo.InvariantCulture)),
        RowColumn<VqaV2Answer>.Texts(VisionLanguageColumns.Answers, row => row.Answers),
        RowColumn<VqaV2Answer>.Text(VisionLanguageColumns.AnswerType, row => row.AnswerType),
        RowColumn<VqaV2Answer>.Text(VisionLanguageColumns.QuestionType, row => row.QuestionType),
    ];

    public override IReadOnlyList<RowColumn<VqaV2Answer>> Columns => s_columns;

    public override IEnumerable<VqaV2Answer> Read(RowReading reading)
    {
        var answered = new HashSet<long>();
        return Read(Path, reading, answer => answered.Add(answer.QuestionId) ? answer : throw Twice(answer));
    }

    /// <summary>The answers of a file, in its order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="reading">Takes those that cannot be used, and says from where; that is in the list of answers.</param>
    /// <param name="make">What becomes of each; may throw <see cref="RowProblemException"/>.</param>
    public static IEnumerable<TRow> Read<TRow>(string path, RowReading reading, Func<VqaV2Answer, TRow> make)
        where TRow : class
    {
        TRow Parse(ReadOnlySpan<byte> json) => make(VqaV2Answer.Parse(json));
        return reading.Start.Offset > 0 ? JsonListRows.ReadFromStart<TRow>(path, reading, Parse) : ReadAll<TRow>(path, reading, Parse);
    }

    private static IEnumerable<TRow> ReadAll<TRow>(string path, RowReading reading, JsonListRows.Parser<TRow> parse)
        where TRow : class
    {
        using var reader = new StreamingJsonReader(DataFile.OpenSequential(path), path);
        reader.ReadStart(JsonTokenType.StartObject, "this is not VQAv2's JSON, which is one object", "Its answers are in files named *_annotations.json.");
        bool hasAnnotations = false;
        while (reader.TryReadProperty())
        {
            if (reader.PropertyName != "annotations")
            {
                reader.SkipValue();
                continue;
            }
            if (hasAnnotations)
                throw new MalformedInputException(path, $"it has two lists 'annotations' (the second: {reader.Position})");
            hasAnnotations = true;
            reader.ReadStart(JsonTokenType.StartArray, "'annotations' is not a list");
            foreach (TRow row in JsonListRows.Read(reader, path, reading, parse))
                yield return row;
        }
        reader.ReadEnd();
        if (!hasAnnotations)
            throw new MalformedInputException(path, "it has no list 'annotations'", "Its answers are in files named *_annotations.json.");
    }

    /// <summary>What is said of a second answer to a question.</summary>
    public static RowProblemException Twice(VqaV2Answer answer) => new(string.Create(CultureInfo.InvariantCulture, $"question_id {answer.QuestionId} is answered twice"));
}
