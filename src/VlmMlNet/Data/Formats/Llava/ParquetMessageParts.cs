using System.Text;
using VlmMlNet.Data.Parquet;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>The contents of messages that are lists of parts: texts, and the places of pictures.</summary>
internal sealed class ParquetMessageParts
{
    private readonly ParquetColumn _types;
    private readonly ParquetColumn _texts;
    private readonly int _messageDefinition;

    /// <param name="file">The file.</param>
    /// <param name="part">A part: <c>type</c> and <c>text</c>.</param>
    /// <param name="source">The file's name, for the message.</param>
    public ParquetMessageParts(ParquetFile file, ParquetNode part, string source)
    {
        if (part["type"] is not { IsLeaf: true, Type: ParquetType.ByteArray, Repetition: 2 } type || part["text"] is not { IsLeaf: true, Type: ParquetType.ByteArray, Repetition: 2 } text)
            throw new MalformedInputException(source, $"its column '{part.Path}' holds no parts of messages", "Parts have 'type' and 'text', in a list for each message of a list.");
        _types = file.Column(type);
        _texts = file.Column(text);
        _messageDefinition = MessageDefinition(part);
    }

    /// <summary>The contents of the current row's messages.</summary>
    /// <exception cref="RowProblemException">A part is neither text nor picture.</exception>
    public List<string> Current()
    {
        IReadOnlyList<ParquetValue> types = _types.Values, texts = _texts.Values;
        if (types.Count != texts.Count)
            throw new ParquetFormatException($"columns '{_types.Leaf.Path}' and '{_texts.Leaf.Path}' have lists of different lengths");
        var contents = new List<string>();
        var content = new StringBuilder();
        bool isOpen = false;
        for (int i = 0; i < types.Count; i++)
        {
            if (types[i].Definition < _messageDefinition)
                continue;   // no message
            if (types[i].Repetition < 2 && isOpen)
                Close();
            isOpen = true;
            if (types[i].Definition >= _types.Leaf.ElementDefinition)
                MessagePart.Append(content, _types.IsNull(types[i]) ? null : _types.Text(types[i]), _texts.IsNull(texts[i]) ? null : _texts.Text(texts[i]));
        }
        if (isOpen)
            Close();
        return contents;

        void Close()
        {
            contents.Add(content.ToString());
            content.Clear();
        }
    }

    // Of the outer list, the level at which it has an element.
    private static int MessageDefinition(ParquetNode part)
    {
        ParquetNode node = part;
        while (node.Repetition > 1)
            node = node.Parent!;
        return node.ElementDefinition;
    }
}
