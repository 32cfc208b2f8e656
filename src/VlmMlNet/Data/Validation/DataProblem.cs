using System.Globalization;

namespace VlmMlNet.Data.Validation;

/// <summary>Something that is wrong with data.</summary>
/// <param name="Kind">What it concerns.</param>
/// <param name="Source">The file, or the picture.</param>
/// <param name="Row">The zero-based row: of <see cref="DataProblemKind.Row"/> its place in the file or in the list that the text
/// names, of <see cref="DataProblemKind.Image"/> its place in the data (among the
/// good rows of formats that join several lines or lists to a row); null where it concerns no row.</param>
/// <param name="Line">The one-based line of the file that the row starts in; null where that is not known.</param>
/// <param name="Text">What is wrong.</param>
public sealed record DataProblem(DataProblemKind Kind, string Source, long? Row, long? Line, string Text)
{
    /// <summary>All of it in one line: <c>file:line, row 7: ...</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Source}{(Line is null ? "" : $":{Line}")}{(Row is null ? "" : $", row {Row}")}: {Text}");
}
