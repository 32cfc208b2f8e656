using System.Buffers;

namespace VlmMlNet.Evaluation.Answers;

/// <summary>What Python's <c>str.split()</c>, <c>strip()</c> and the like take for white space: the published scorers are
/// written in Python, and .NET's notion differs.</summary>
internal static class PythonText
{
    /// <summary>Every character for which <c>str.isspace()</c> holds.</summary>
    public const string WhiteSpace =
        "\t\n\v\f\r\x1C\x1D\x1E\x1F \x85\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000";

    private static readonly SearchValues<char> s_whiteSpace = SearchValues.Create(WhiteSpace);
    private static readonly char[] s_separators = WhiteSpace.ToCharArray();

    /// <summary>Whether the text holds white space.</summary>
    public static bool HasWhiteSpace(ReadOnlySpan<char> text) => text.ContainsAny(s_whiteSpace);

    /// <summary><c>text.split()</c>.</summary>
    public static string[] Split(string text) => text.Split(s_separators, StringSplitOptions.RemoveEmptyEntries);

    /// <summary><c>text.strip()</c>.</summary>
    public static string Strip(string text) => text.Trim(s_separators);

    /// <summary><c>text.rstrip()</c>.</summary>
    public static string StripEnd(string text) => text.TrimEnd(s_separators);
}
