using System.Text;
using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.Text;

/// <summary>ChatML as Qwen2.5's chat template renders it: each message is <c>&lt;|im_start|&gt;role, newline, content,
/// &lt;|im_end|&gt;, newline</c>, and a default system message comes first where the messages have none.</summary>
public sealed class ChatTemplate
{
    /// <summary>What Qwen2.5's own template says where the messages have no system message.</summary>
    public const string QwenSystemPrompt = QwenTokens.SystemPrompt;

    private const string AnswerStart = $"{QwenTokens.ImStart}assistant\n", End = $"{QwenTokens.ImEnd}\n";

    private readonly VlmTokenizer _tokenizer;
    private readonly int _answerStartBytes;

    /// <summary>Makes a template.</summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="defaultSystemPrompt">What the system says where the first message is not the system's; null leaves the
    /// system out then.</param>
    public ChatTemplate(VlmTokenizer tokenizer, string? defaultSystemPrompt = QwenSystemPrompt)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        _tokenizer = tokenizer;
        DefaultSystemPrompt = defaultSystemPrompt;
        foreach (int id in tokenizer.Encode(AnswerStart))
            _answerStartBytes += tokenizer.Bytes(id, skipSpecialTokens: false).Length;
    }

    /// <summary>What the system says where the first message is not the system's; null where nothing is put there.</summary>
    public string? DefaultSystemPrompt { get; }

    /// <summary>The text that a model reads.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="addGenerationPrompt">Ends with the start of an assistant's message, for a model to go on from.</param>
    /// <exception cref="MalformedInputException">There is no message, or one has an unknown role.</exception>
    public string Render(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        var text = new StringBuilder();
        foreach (Turn turn in Turns(messages, addGenerationPrompt))
            text.Append(turn.Text);
        return text.ToString();
    }

    /// <summary>The ids that a model reads: those of <see cref="Render"/>, with a block of <see cref="ImageToken.Id"/> for each
    /// picture. Scored are the assistant's answers with the <c>&lt;|im_end|&gt;</c> that ends each, so that a model learns to
    /// stop; not the header before an answer, nor the newline behind it. A token that begins in the header and reaches into
    /// the answer (an answer that starts with a newline) is not scored, since the header is given.</summary>
    /// <param name="messages">The messages, at least one.</param>
    /// <param name="addGenerationPrompt">Ends with the start of an assistant's message.</param>
    /// <param name="imageTokenCount">The positions of one picture; may be 0 only where there is none.</param>
    /// <exception cref="MalformedInputException">There is no message, or one has an unknown role.</exception>
    public EncodedConversation Encode(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, int imageTokenCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(imageTokenCount);
        var ids = new List<int>();
        var labels = new List<int>();
        int imageCount = 0;
        foreach (Turn turn in Turns(messages, addGenerationPrompt))
        {
            if (turn.Kind == TurnKind.Answer)
                AddAnswer(turn.Text, ids, labels);
            else if (turn.Kind == TurnKind.MayHoldImages)
                imageCount += AddWithImages(turn.Text, imageTokenCount, ids);
            else
                ids.AddRange(_tokenizer.Encode(turn.Text));
            while (labels.Count < ids.Count)
                labels.Add(EncodedConversation.Unscored);
        }
        return new EncodedConversation([.. ids], [.. labels], imageCount);
    }

    private void AddAnswer(string text, List<int> ids, List<int> labels)
    {
        int[] turn = _tokenizer.Encode(text);
        int end = Array.LastIndexOf(turn, _tokenizer.ImEndId);
        int bytes = 0;
        for (int i = 0; i < turn.Length; i++)
        {
            labels.Add(bytes >= _answerStartBytes && i <= end ? turn[i] : EncodedConversation.Unscored);
            bytes += _tokenizer.Bytes(turn[i], skipSpecialTokens: false).Length;
        }
        ids.AddRange(turn);
    }

    private int AddWithImages(string text, int imageTokenCount, List<int> ids)
    {
        string[] parts = text.Split(ImageToken.Text);
        if (parts.Length > 1)
            ArgumentOutOfRangeException.ThrowIfZero(imageTokenCount);
        for (int i = 0; i < parts.Length; i++)
        {
            if (i > 0)
                ids.AddRange(Enumerable.Repeat(ImageToken.Id, imageTokenCount));
            ids.AddRange(_tokenizer.Encode(parts[i]));
        }
        return parts.Length - 1;
    }

    private IEnumerable<Turn> Turns(IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0)
            throw new MalformedInputException("conversation", "it has no message", "Give at least one message.");
        if (DefaultSystemPrompt is not null && messages[0].Role != "system")
            yield return new Turn($"{QwenTokens.ImStart}system\n{DefaultSystemPrompt}{End}", TurnKind.Plain);
        for (int i = 0; i < messages.Count; i++)
        {
            (string role, string content) = messages[i];
            ArgumentNullException.ThrowIfNull(content, nameof(messages));
            switch (role)
            {
                case "system":
                    yield return new Turn($"{QwenTokens.ImStart}system\n{content}{End}", TurnKind.Plain);
                    break;
                case "user":
                    yield return new Turn($"{QwenTokens.ImStart}user\n{content}{End}", TurnKind.MayHoldImages);
                    break;
                case "assistant":
                    yield return new Turn($"{AnswerStart}{content}{End}", TurnKind.Answer);
                    break;
                case "tool":
                    // Results in a row share one message of the user.
                    var results = new StringBuilder($"{QwenTokens.ImStart}user");
                    results.Append("\n<tool_response>\n").Append(content).Append("\n</tool_response>");
                    for (; i + 1 < messages.Count && messages[i + 1].Role == "tool"; i++)
                        results.Append("\n<tool_response>\n").Append(messages[i + 1].Content).Append("\n</tool_response>");
                    yield return new Turn(results.Append(End).ToString(), TurnKind.MayHoldImages);
                    break;
                default:
                    throw new MalformedInputException("conversation", $"the role '{role}' is unknown",
                        role is "human" or "gpt" ? $"Use '{(role == "human" ? "user" : "assistant")}'." : "Use system, user, assistant or tool.", i);
            }
        }
        if (addGenerationPrompt)
            yield return new Turn(AnswerStart, TurnKind.Plain);
    }

    private enum TurnKind
    {
        Plain,
        MayHoldImages,
        Answer,
    }

    private readonly record struct Turn(string Text, TurnKind Kind);
}
