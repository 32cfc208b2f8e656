using VlmMlNet.Text;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training.Batches;

/// <summary>An example as tokens, its pictures not yet read.</summary>
/// <param name="Row">The tokens.</param>
/// <param name="Example">What it was made of.</param>
/// <param name="Epoch">The pass.</param>
/// <param name="Number">Its place in the pass, from 0.</param>
internal sealed record EncodedExample(EncodedConversation Row, TrainingExample Example, int Epoch, long Number)
{
    /// <summary>Tokens that are scored. The first token of a row has none before it that could predict it.</summary>
    public int ScoredTokens { get; } = CountScored(Row);

    public static int CountScored(EncodedConversation row) => row.Labels.Skip(1).Count(label => label >= 0);
}
