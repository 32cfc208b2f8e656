using System.Text.RegularExpressions;

namespace VlmMlNet.Files;

/// <summary>Messages of exceptions as a part of another sentence.</summary>
internal static partial class ErrorMessage
{
    /// <summary>The message without a full stop at its end, and without the name of a method's parameter, which says nothing to whoever
    /// gave a file.</summary>
    public static string Of(Exception e) => Parameter().Replace(e.Message, "").TrimEnd('.');

    [GeneratedRegex(@"\s*\(Parameter '[^']*'\)")]
    private static partial Regex Parameter();
}
