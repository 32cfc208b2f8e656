using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>The element types of safetensors files that TorchSharp can hold.</summary>
internal static class SafetensorsDType
{
    // In the order in which the reference serializer lays tensors out: wide types first, so that all of them are aligned.
    private static readonly (ScalarType Type, string Name, int Size)[] s_types =
    [
        (ScalarType.Int64, "I64", 8), (ScalarType.Float64, "F64", 8),
        (ScalarType.Float32, "F32", 4), (ScalarType.Int32, "I32", 4),
        (ScalarType.BFloat16, "BF16", 2), (ScalarType.Float16, "F16", 2), (ScalarType.Int16, "I16", 2),
        (ScalarType.Int8, "I8", 1), (ScalarType.Byte, "U8", 1), (ScalarType.Bool, "BOOL", 1),
    ];

    private static readonly string[] s_unsupported =
        ["U16", "U32", "U64", "C64", "F8_E4M3", "F8_E5M2", "F8_E4M3FNUZ", "F8_E5M2FNUZ", "F8_E8M0", "F6_E2M3", "F6_E3M2", "F4"];

    /// <summary>The names of all supported types, for messages.</summary>
    public static string Supported { get; } = string.Join(", ", s_types.Select(t => t.Name));

    public static bool TryParse(string name, out ScalarType type)
    {
        int i = Array.FindIndex(s_types, t => t.Name == name);
        type = i < 0 ? default : s_types[i].Type;
        return i >= 0;
    }

    /// <summary>Whether the format defines this type, although it cannot be read here.</summary>
    public static bool IsUnsupported(string name) => s_unsupported.Contains(name);

    public static bool IsSupported(ScalarType type) => Rank(type) >= 0;

    /// <summary>Position in the file's order of types; -1 for a type that the format or this library does not have.</summary>
    public static int Rank(ScalarType type) => Array.FindIndex(s_types, t => t.Type == type);

    public static string Name(ScalarType type) => Rank(type) is >= 0 and int i ? s_types[i].Name : type.ToString();

    public static int Size(ScalarType type) => s_types[Rank(type)].Size;

    public static bool IsFloat(ScalarType type) =>
        type is ScalarType.Float64 or ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;

    /// <summary>False for conversions that lose what the numbers mean: fractions into integers, integers into truth values.</summary>
    public static bool CanConvert(ScalarType from, ScalarType to) =>
        IsFloat(to) || (to == ScalarType.Bool ? from == ScalarType.Bool : !IsFloat(from));
}
