using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats;
using VlmMlNet.Text;

namespace VlmMlNet.Components.Columns;

/// <summary>Reads the texts of a row as conversations about the row's picture.</summary>
/// <param name="row">The row or cursor.</param>
/// <param name="text">Vector&lt;Text&gt;: turns or answers; Text: an answer.</param>
/// <param name="separateAnswers">Whether a vector holds several answers to the prompt instead of turns.</param>
/// <param name="prompt">The column of prompts; null for the same in all rows.</param>
/// <param name="defaultPrompt">The prompt where the column gives none.</param>
/// <param name="system">The column of what the system says; null for none.</param>
internal sealed class ConversationReader(DataViewRow row, DataViewSchema.Column text, bool separateAnswers, DataViewSchema.Column? prompt, string defaultPrompt, DataViewSchema.Column? system = null)
{
    private readonly ValueGetter<VBuffer<ReadOnlyMemory<char>>>? _getTexts = text.Type is VectorDataViewType ? row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(text) : null;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _getText = text.Type is VectorDataViewType ? null : row.GetGetter<ReadOnlyMemory<char>>(text);
    private readonly ValueGetter<ReadOnlyMemory<char>>? _getPrompt = prompt is { } column ? row.GetGetter<ReadOnlyMemory<char>>(column) : null;
    private readonly ValueGetter<ReadOnlyMemory<char>>? _getSystem = system is { } said ? row.GetGetter<ReadOnlyMemory<char>>(said) : null;
    private VBuffer<ReadOnlyMemory<char>> _texts;

    private bool HasTurns => _getTexts is not null && !separateAnswers;

    /// <summary>Whether the row, which was counted, has a question alone.</summary>
    public bool IsUnanswered => HasTurns && _texts.Length == 1;

    /// <summary>How many conversations the row has: none where its texts are missing.</summary>
    public int Count()
    {
        ReadTexts();
        return HasTurns ? Math.Min(1, _texts.Length) : _texts.Length;
    }

    /// <summary>The row's conversations, each with one placeholder when there is a picture.</summary>
    /// <param name="number">The row's number, for errors.</param>
    /// <param name="hasPicture">Whether the row has a picture.</param>
    public IReadOnlyList<IReadOnlyList<ChatMessage>> Read(long number, bool hasPicture)
    {
        ReadTexts();
        var texts = _texts.DenseValues().Select(t => t.ToString()).ToList();
        if (texts.Count == 0)
            return [];
        if ((HasTurns ? RowRules.FindInTurns(texts) : RowRules.FindInCaptions(texts)) is { } lack)
            throw Bad(number, lack.Message, lack.Remedy!);
        if (!HasTurns)
        {
            string question = WithPlaceholder(ReadPrompt(), number, hasPicture);
            return texts.ConvertAll(answer => (IReadOnlyList<ChatMessage>)[new("user", question), new("assistant", answer)]);
        }
        int pictures = texts.Where((_, turn) => turn % 2 == 0).Sum(text => ImagePlaceholder.Count(text));
        if (pictures == 0)
            texts[0] = WithPlaceholder(texts[0], number, hasPicture);
        else if (pictures > 1 || !hasPicture)
            throw WrongPlaceholders(number, pictures, hasPicture);
        ReadOnlyMemory<char> said = default;
        _getSystem?.Invoke(ref said);
        ChatMessage[] opening = said.Span.IsWhiteSpace() ? [] : [new ChatMessage("system", said.ToString())];
        return [[.. opening, .. texts.Select((content, turn) => new ChatMessage(turn % 2 == 0 ? "user" : "assistant", content))]];
    }

    /// <summary>The column of what the system says before conversations; null where the data has none.</summary>
    public static DataViewSchema.Column? FindSystem(DataViewSchema schema) =>
        schema.GetColumnOrNull(VisionLanguageColumns.SystemPrompt) is { Type: TextDataViewType } found ? found : null;

    // Missing texts, of either kind, become no text.
    private void ReadTexts()
    {
        if (_getTexts is not null)
        {
            _getTexts(ref _texts);
            return;
        }
        ReadOnlyMemory<char> answer = default;
        _getText!(ref answer);
        _texts = answer.Span.IsWhiteSpace() ? default : new VBuffer<ReadOnlyMemory<char>>(1, [answer]);
    }

    private string ReadPrompt()
    {
        ReadOnlyMemory<char> text = default;
        _getPrompt?.Invoke(ref text);
        return text.Span.IsWhiteSpace() ? defaultPrompt : text.ToString();
    }

    private string WithPlaceholder(string content, long number, bool hasPicture)
    {
        int pictures = ImagePlaceholder.Count(content);
        if (pictures == 0)
            return hasPicture ? ImagePlaceholder.Before(content) : content;
        return pictures == 1 && hasPicture ? content : throw WrongPlaceholders(number, pictures, hasPicture);
    }

    private MalformedInputException WrongPlaceholders(long number, int pictures, bool hasPicture) => Bad(number,
        $"the text has {pictures} {ImageToken.Text} placeholder{(pictures == 1 ? "" : "s")}, the row {(hasPicture ? "one picture" : "no picture")}",
        "Each placeholder stands for one picture.");

    private MalformedInputException Bad(long number, string problem, string remedy) => new($"column '{text.Name}'", problem, remedy, number);
}
