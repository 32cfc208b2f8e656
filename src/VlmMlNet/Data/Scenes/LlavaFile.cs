using System.Text.Encodings.Web;
using System.Text.Json;

namespace VlmMlNet.Data.Scenes;

/// <summary>Writes a LLaVA JSON file row by row.</summary>
internal sealed class LlavaFile : IDisposable
{
    private readonly PendingFile _file;
    private readonly Utf8JsonWriter _json;

    public LlavaFile(string path)
    {
        _file = new PendingFile(path);
        _json = new Utf8JsonWriter(_file.Stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        _json.WriteStartArray();
    }

    public void Add(string id, string image, string? dataSource, IReadOnlyList<(string Human, string Model)> turns)
    {
        _json.WriteStartObject();
        _json.WriteString("id", id);
        _json.WriteString("image", image);
        if (dataSource is not null)
            _json.WriteString("data_source", dataSource);
        _json.WriteStartArray("conversations");
        for (int i = 0; i < turns.Count; i++)
        {
            WriteTurn("human", i == 0 ? $"<image>\n{turns[i].Human}" : turns[i].Human);
            WriteTurn("gpt", turns[i].Model);
        }
        _json.WriteEndArray();
        _json.WriteEndObject();
        if (_json.BytesPending > 1 << 15)
            _json.Flush();
    }

    public void Complete()
    {
        _json.WriteEndArray();
        _json.Flush();
        _file.Complete();
    }

    public void Dispose()
    {
        _file.Dispose();
    }

    private void WriteTurn(string from, string value)
    {
        _json.WriteStartObject();
        _json.WriteString("from", from);
        _json.WriteString("value", value);
        _json.WriteEndObject();
    }
}
