namespace VlmMlNet.Training.Optimization;

/// <summary>256 numbers from -1 or 0 to 1 that are dense near 0: seven decades, the widest of which has the most of them. The
/// dynamic code of 8-bit optimizers (Dettmers et al., 2022, section 1.3), in the variant that bitsandbytes computes.</summary>
internal sealed class DynamicCode
{
    private readonly float[] _betweens; // [255]: halfway from each number to the next
    private readonly byte[] _starts = new byte[1 << 16]; // by the upper half of a float: the code of the least number that has it

    private DynamicCode(bool isSigned)
    {
        const int Decades = 7;
        var values = new List<double> { 0, 1 };
        for (int decade = 0; decade < Decades; decade++)
        {
            // Numbers halfway between evenly spaced bounds of a decade, times its power of ten.
            int count = isSigned ? 1 << decade : 2 << decade;
            for (int i = 0; i < count; i++)
            {
                double value = (0.1 + 0.9 * (i + 0.5) / count) * Math.Pow(10, decade - Decades + 1);
                values.Add(value);
                if (isSigned)
                    values.Add(-value);
            }
        }
        Values = [.. values.Order().Select(v => (float)v)];
        _betweens = [.. Values.Zip(Values.Skip(1), (a, b) => (float)(((double)a + b) / 2))];
        Zero = (byte)Array.IndexOf(Values, 0f);
        for (int upper = 0; upper < _starts.Length; upper++)
        {
            // Of negative numbers with one upper half the least has all lower bits set.
            float least = BitConverter.UInt32BitsToSingle(upper < 0x8000 ? (uint)upper << 16 : ((uint)upper << 16) | 0xFFFF);
            _starts[upper] = float.IsNaN(least) ? Zero : (byte)Math.Min(255, Below(least));
        }
    }

    /// <summary>From about -1 to 1: first moments.</summary>
    public static DynamicCode Signed { get; } = new(isSigned: true);

    /// <summary>From 0 to 1: second moments.</summary>
    public static DynamicCode Unsigned { get; } = new(isSigned: false);

    /// <summary>The numbers, least first.</summary>
    public float[] Values { get; }

    /// <summary>The code of 0.</summary>
    public byte Zero { get; }

    /// <summary>The code of the nearest number; halfway between two, of the smaller.</summary>
    /// <param name="value">From -1 to 1; what is no number counts as 0.</param>
    public byte Nearest(float value)
    {
        int code = _starts[BitConverter.SingleToUInt32Bits(value) >> 16];
        while (code < _betweens.Length && value > _betweens[code])
            code++;
        return (byte)code;
    }

    /// <summary>The code of one of the two neighbours, so that the mean over all chances is the value.</summary>
    /// <param name="value">From -1 to 1.</param>
    /// <param name="chance">From 0 to below 1.</param>
    public byte Either(float value, float chance)
    {
        byte nearest = Nearest(value);
        int below = value < Values[nearest] ? nearest - 1 : nearest;
        if (below < 0 || below == Values.Length - 1 || float.IsNaN(value))
            return nearest;
        return (byte)(value - Values[below] > chance * (Values[below + 1] - Values[below]) ? below + 1 : below);
    }

    // How many of the halfway marks lie below a value: its code.
    private int Below(float value)
    {
        int i = Array.BinarySearch(_betweens, value);
        return i < 0 ? ~i : i;
    }
}
