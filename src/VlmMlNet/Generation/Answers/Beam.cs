namespace VlmMlNet.Generation.Answers;

/// <summary>A beginning of an answer, or a complete one.</summary>
internal sealed class Beam
{
    private int[] _tokens = new int[64];
    private float[] _logProbabilities = new float[64];

    /// <summary>Number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>The sum of the tokens' log-probabilities, after the penalties.</summary>
    public double Sum { get; set; }

    /// <summary>Where the tokens are.</summary>
    public int Slot { get; set; }

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    /// <summary>The model's own log-probabilities of the tokens.</summary>
    public ReadOnlySpan<float> LogProbabilities => _logProbabilities.AsSpan(0, Count);

    /// <summary>Becomes another's continuation.</summary>
    public void Continue(Beam other, in BeamCandidate candidate)
    {
        if (_tokens.Length <= other.Count)
        {
            Array.Resize(ref _tokens, 2 * _tokens.Length);
            Array.Resize(ref _logProbabilities, 2 * _logProbabilities.Length);
        }
        other.Tokens.CopyTo(_tokens);
        other.LogProbabilities.CopyTo(_logProbabilities);
        (_tokens[other.Count], _logProbabilities[other.Count]) = (candidate.Token, candidate.LogProbability);
        (Count, Sum) = (other.Count + 1, candidate.Sum);
    }
}

/// <summary>A token that may continue a beam.</summary>
/// <param name="Parent">The beam's number.</param>
/// <param name="Token">The token.</param>
/// <param name="Sum">The sum of log-probabilities with it.</param>
/// <param name="LogProbability">The model's own log-probability of it.</param>
internal readonly record struct BeamCandidate(int Parent, int Token, double Sum, float LogProbability) : IComparable<BeamCandidate>
{
    /// <summary>The best first; of equal ones that of the first beam and the lowest id.</summary>
    public int CompareTo(BeamCandidate other)
    {
        int order = other.Sum.CompareTo(Sum);
        order = order != 0 ? order : Parent.CompareTo(other.Parent);
        return order != 0 ? order : Token.CompareTo(other.Token);
    }
}
