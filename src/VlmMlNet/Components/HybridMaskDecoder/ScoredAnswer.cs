using VlmMlNet.Components.Columns;
using VlmMlNet.Models;
using VlmMlNet.Parts;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Components.HybridMaskDecoder;

/// <summary>A conversation to score.</summary>
/// <param name="Row">The row of the batch that it belongs to.</param>
/// <param name="Text">Its tokens and labels.</param>
/// <param name="TokenCount">Tokens that are scored; the first of a sequence has nothing before it that could predict it.</param>
internal sealed record ScoredAnswer(int Row, EncodedConversation Text, int TokenCount)
{
    public static ScoredAnswer Encode(ConversationModel model, int row, IReadOnlyList<ChatMessage> messages, int maxLength)
    {
        var text = model.ChatTemplate.Encode(messages, addGenerationPrompt: false, model.ImageTokenCount).Truncate(maxLength);
        return new ScoredAnswer(row, text, text.Labels.Skip(1).Count(label => label >= 0));
    }

    /// <summary>Adds the log-likelihoods of some answers to those of their rows, in one forward pass.</summary>
    /// <param name="model">The model.</param>
    /// <param name="answers">At least one; each has scored tokens.</param>
    /// <param name="visualTokens">The visual tokens of the rows.</param>
    /// <param name="mask">The attention mask.</param>
    /// <param name="logLikelihoods">[rows], in nats.</param>
    public static void Score(ConversationModel model, IReadOnlyList<ScoredAnswer> answers, FloatRows visualTokens, AttentionMaskKind mask, double[] logLikelihoods)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var decoder = model.Decoder;
        var batch = TokenBatch.Collate(answers.Select(a => a.Text).ToList(), PaddingSide.Right, model.Tokenizer.EndOfTextId, model.ImageTokenCount);
        var pictures = answers.Where(a => a.Text.ImageCount > 0).Select(a => a.Row).ToList();
        var visual = pictures.Count == 0 ? null : visualTokens.ToTensor(pictures, model.Language.Config.HiddenSize).to(model.Language.Device);
        var (losses, rows) = decoder.TokenLosses(batch, visual, mask);
        float[] values = losses.cpu().data<float>().ToArray();
        for (int i = 0; i < values.Length; i++)
            logLikelihoods[answers[rows[i]].Row] -= values[i];
    }
}
