using System.Text;

namespace VlmMlNet.Text.Tokenizer;

/// <summary>GPT-2's alphabet of 256 printable characters, one for each byte, in which byte-level BPE writes its vocabulary:
/// visible Latin-1 characters stand for themselves, the other 68 bytes for U+0100 onwards (a space is U+0120).</summary>
internal static class ByteAlphabet
{
    private static readonly char[] s_characters = new char[256];
    private static readonly short[] s_bytes = new short[256 + 68];

    static ByteAlphabet()
    {
        Array.Fill(s_bytes, (short)-1);
        int next = 256;
        for (int value = 0; value < 256; value++)
        {
            bool isVisible = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE;
            s_characters[value] = (char)(isVisible ? value : next++);
            s_bytes[s_characters[value]] = (short)value;
        }
    }

    /// <summary>The character that stands for a byte.</summary>
    public static char Character(byte value) => s_characters[value];

    /// <summary>Appends the bytes of a token. A token with a character outside the alphabet stands for its own UTF-8, as in
    /// Hugging Face's byte-level decoder.</summary>
    public static void AppendBytes(string token, List<byte> bytes)
    {
        int start = bytes.Count;
        foreach (char character in token)
        {
            if (character >= s_bytes.Length || s_bytes[character] < 0)
            {
                bytes.RemoveRange(start, bytes.Count - start);
                bytes.AddRange(Encoding.UTF8.GetBytes(token));
                return;
            }
            bytes.Add((byte)s_bytes[character]);
        }
    }
}
