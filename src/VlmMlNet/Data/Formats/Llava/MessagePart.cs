using System.Text;
using VlmMlNet.Data.Rows;
using VlmMlNet.Text;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>A part of a message whose content is a list: a text, or the place of a picture.</summary>
internal static class MessagePart
{
    /// <summary>Puts a part behind those before it: a picture stands in a line of its own.</summary>
    /// <param name="content">The parts before it.</param>
    /// <param name="type">Its <c>type</c>; null for text.</param>
    /// <param name="text">Its <c>text</c>.</param>
    /// <exception cref="RowProblemException">It is neither text nor picture.</exception>
    public static void Append(StringBuilder content, string? type, string? text)
    {
        bool isImage = type is "image" or "image_url";
        if (!isImage && type is not (null or "text"))
            throw new RowProblemException($"a message has a part of type '{(type.Length <= 40 ? type : type[..40] + "...")}'", "Parts are of type 'text' or 'image'.");
        if (!isImage && text is null)
            throw new RowProblemException("a message has a part of type 'text' without 'text'");
        bool endsInImage = content.Length >= ImageToken.Text.Length && content.ToString(content.Length - ImageToken.Text.Length, ImageToken.Text.Length) == ImageToken.Text;
        if (content.Length > 0 && (isImage || endsInImage))
            content.Append('\n');
        content.Append(isImage ? ImageToken.Text : text);
    }
}
