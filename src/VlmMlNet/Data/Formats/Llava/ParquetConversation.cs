using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>A column of conversations, in any of the ways in which they are published: LLaVA's list of <c>from</c> and
/// <c>value</c>, messages with <c>role</c> and <c>content</c> (a text, or a list of parts), the Cauldron's list of <c>user</c> and
/// <c>assistant</c>; each also as a struct of lists, as data sets with a Sequence write them, or as a text that is JSON.</summary>
internal sealed class ParquetConversation
{
    private static readonly (string Speaker, string Text)[] s_names = [("from", "value"), ("role", "content")];

    private readonly ParquetTexts? _json;
    private readonly string _name;
    private readonly ParquetTexts _first = null!;
    private readonly ParquetTexts? _second;
    private readonly ParquetMessageParts? _parts;
    private readonly bool _arePairs;
    private readonly bool _saysPlaces;

    /// <param name="file">The file.</param>
    /// <param name="node">The column.</param>
    /// <param name="source">The file's name, for the message.</param>
    public ParquetConversation(ParquetFile file, ParquetNode node, string source)
    {
        _name = node.Name;
        if (IsText(node))
        {
            _json = new ParquetTexts(file, node, source);
            return;
        }
        ParquetNode turn = TurnOf(node);
        _arePairs = turn["user"] is not null && turn["assistant"] is not null;
        (string speaker, string text) = _arePairs ? ("user", "assistant") : Names(turn) ?? throw new MalformedInputException(source, $"its column '{node.Path}' holds no conversations",
            "A list of 'from' and 'value' is expected, of 'role' and 'content', or of 'user' and 'assistant'.");
        _saysPlaces = speaker == "from";
        _first = new ParquetTexts(file, turn[speaker]!, source);
        if (turn[text]!.ListElement() is { IsLeaf: false } part)
            _parts = new ParquetMessageParts(file, part, source);
        else
            _second = new ParquetTexts(file, turn[text]!, source);
    }

    /// <summary>Whether a column is one of conversations.</summary>
    public static bool CanBe(ParquetNode node)
    {
        ParquetNode turn = TurnOf(node);
        return IsText(node) || (turn["user"] is not null && turn["assistant"] is not null) || Names(turn) is not null;
    }

    /// <summary>The current row's conversation, with the places of its pictures.</summary>
    /// <param name="images">How many pictures the row has.</param>
    /// <exception cref="RowProblemException">It is none.</exception>
    public LlavaConversation Current(int images)
    {
        if (_json is not null)
            return OfJson(_json.Single ?? "[]", images);
        var conversation = new LlavaConversation();
        string[] first = _first.All;
        IReadOnlyList<string> second = _parts is null ? _second!.All : _parts.Current();
        if (first.Length != second.Count)
            throw new RowProblemException($"the conversation has {first.Length} {(_arePairs ? "questions" : "speakers")} and {second.Count} {(_arePairs ? "answers" : "texts")}");
        for (int i = 0; i < first.Length; i++)
        {
            conversation.Add(_arePairs ? "human" : SpeakerOf(first[i]), _arePairs ? first[i] : second[i]);
            if (_arePairs)
                conversation.Add("gpt", second[i]);
        }
        if (!_saysPlaces)
            conversation.Place(images);
        conversation.Check(images);
        return conversation;
    }

    private LlavaConversation OfJson(string json, int images)
    {
        LlavaTurns turns = LlavaTurns.Parse(json, _name);
        if (turns.MayPlace)
            turns.Conversation.Place(images);
        turns.Conversation.Check(images);
        return turns.Conversation;
    }

    private static bool IsText(ParquetNode node) => node is { IsLeaf: true, IsRepeated: false, Type: ParquetType.ByteArray, Logical.Meaning: ParquetMeaning.Text };

    private static ParquetNode TurnOf(ParquetNode node) => node.ListElement() ?? node;

    private static string SpeakerOf(string role) => role switch { "user" => "human", "assistant" => "gpt", _ => role };

    private static (string Speaker, string Text)? Names(ParquetNode turn) => s_names.Where(n => turn[n.Speaker] is not null && turn[n.Text] is not null).Select(n => ((string, string)?)n).FirstOrDefault();
}
