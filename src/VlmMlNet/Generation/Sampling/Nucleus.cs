namespace VlmMlNet.Generation.Sampling;

/// <summary>The fewest largest weights that reach a sum (nucleus sampling, Holtzman et al. 2020).</summary>
/// <param name="Least">The least weight among them.</param>
/// <param name="Ties">How many weights that equal it are among them; the first ones are taken.</param>
internal readonly record struct Nucleus(float Least, int Ties)
{
    /// <summary>Finds them by partitioning as quickselect does, in a time that grows with the number of weights.</summary>
    /// <param name="weights">Not negative; their order is lost.</param>
    /// <param name="target">The sum, above 0.</param>
    public static Nucleus Find(Span<float> weights, double target)
    {
        for (var left = weights; !left.IsEmpty;)
        {
            float pivot = Median(left[0], left[left.Length / 2], left[^1]);
            int greater = Partition(left, pivot, out int equal, out double sum);
            if (sum >= target)
            {
                left = left[..greater];
                continue;
            }
            target -= sum;
            if (pivot * (double)equal >= target)
                return new Nucleus(pivot, Math.Max(1, (int)Math.Ceiling(target / pivot)));
            target -= pivot * (double)equal;
            left = left[(greater + equal)..];
        }
        return new Nucleus(0, int.MaxValue); // rounding: all are needed
    }

    // Greater weights, then equal ones, then smaller ones.
    private static int Partition(Span<float> weights, float pivot, out int equal, out double sumOfGreater)
    {
        int greater = 0, i = 0, smaller = weights.Length;
        sumOfGreater = 0;
        while (i < smaller)
        {
            float weight = weights[i];
            if (weight > pivot)
            {
                sumOfGreater += weight;
                weights[i++] = weights[greater];
                weights[greater++] = weight;
            }
            else if (weight < pivot)
            {
                weights[i] = weights[--smaller];
                weights[smaller] = weight;
            }
            else
            {
                i++;
            }
        }
        equal = smaller - greater;
        return greater;
    }

    private static float Median(float a, float b, float c) => Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
