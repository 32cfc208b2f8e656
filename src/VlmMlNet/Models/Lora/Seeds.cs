namespace VlmMlNet.Models.Lora;

/// <summary>Makes seeds of numbers.</summary>
internal static class Seeds
{
    /// <summary>SplitMix64's output function: neighbouring numbers become unrelated ones.</summary>
    public static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
