using System.Text.Encodings.Web;
using System.Text.Json;
using VlmMlNet.Data.Rows;
using VlmMlNet.Files;

namespace VlmMlNet.Data.Formats.Llava;

/// <summary>Writes LLaVA's JSON row by row: an array, one row a line, as <see cref="VisionLanguageDataCatalog"/>.LoadLlava
/// reads it. The file appears under its name, complete, when the writer is disposed; after an error in
/// <see cref="Write"/> it does not appear.</summary>
public sealed class LlavaJsonWriter : IDisposable
{
    private readonly PendingFile _file;
    private readonly Utf8JsonWriter _json;
    private bool _failed;
    private bool _disposed;
    private long _rows;

    /// <summary>Starts a file beside <paramref name="path"/>.</summary>
    /// <param name="path">The file that appears when the writer is disposed; an existing one is replaced then.</param>
    public LlavaJsonWriter(string path)
    {
        _file = new PendingFile(path);
        _json = new Utf8JsonWriter(_file.Stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }

    /// <summary>Writes a row.</summary>
    /// <param name="id">The row's id.</param>
    /// <param name="image">The picture's path, relative to the image folder, with forward slashes; null for text alone.</param>
    /// <param name="turns">[human, gpt, human, gpt, ...]; with a picture, <c>&lt;image&gt;</c> stands once in one of them.</param>
    /// <exception cref="ArgumentException">The reader would refuse the row.</exception>
    public void Write(string id, string? image, IEnumerable<string> turns)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(turns);
        _failed = true;
        var conversation = new LlavaConversation();
        try
        {
            foreach (string turn in turns)
                conversation.Add(conversation.Turns.Count % 2 == 0 ? "human" : "gpt", turn);
            conversation.Check(string.IsNullOrEmpty(image) ? 0 : 1);
        }
        catch (RowProblemException e)
        {
            throw new ArgumentException($"Row '{id}': {e.Message}. {e.Remedy}", nameof(turns), e);
        }
        _file.Stream.Write(_rows++ == 0 ? "[\n"u8 : ",\n"u8);
        _json.WriteStartObject();
        _json.WriteString("id"u8, id);
        if (!string.IsNullOrEmpty(image))
            _json.WriteString("image"u8, image);
        _json.WriteStartArray("conversations"u8);
        for (int i = 0; i < conversation.Turns.Count; i++)
        {
            _json.WriteStartObject();
            _json.WriteString("from"u8, i % 2 == 0 ? "human"u8 : "gpt"u8);
            _json.WriteString("value"u8, conversation.Turns[i]);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
        _json.Reset();
        _failed = false;
    }

    /// <summary>Ends the array and moves the file to its place.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _json.Dispose();
        using (_file)
        {
            if (_failed)
                return;
            _file.Stream.Write(_rows == 0 ? "[]\n"u8 : "\n]\n"u8);
            _file.Commit();
        }
    }
}
