using System.Text.Encodings.Web;
using System.Text.Json;

namespace VlmMlNet.Data.Scenes;

/// <summary>Writes a COCO captions JSON file; its two lists are kept until the end.</summary>
internal sealed class CocoFile : IDisposable
{
    private readonly PendingFile _file;
    private readonly List<(string Name, int Size, IReadOnlyList<string> Captions)> _images = [];

    public CocoFile(string path) => _file = new PendingFile(path);

    public void Add(string image, int size, IReadOnlyList<string> captions) => _images.Add((image, size, captions));

    public void Complete()
    {
        using (var json = new Utf8JsonWriter(_file.Stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartObject("info");
            json.WriteString("description", "Drawn scenes with held-out combinations of colour and shape");
            json.WriteEndObject();
            json.WriteStartArray("licenses");
            json.WriteEndArray();
            WriteImages(json);
            WriteAnnotations(json);
            json.WriteEndObject();
        }
        _file.Complete();
    }

    public void Dispose() => _file.Dispose();

    private void WriteImages(Utf8JsonWriter json)
    {
        json.WriteStartArray("images");
        for (int i = 0; i < _images.Count; i++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", i + 1);
            json.WriteString("file_name", _images[i].Name);
            json.WriteNumber("height", _images[i].Size);
            json.WriteNumber("width", _images[i].Size);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteAnnotations(Utf8JsonWriter json)
    {
        int id = 0;
        json.WriteStartArray("annotations");
        for (int i = 0; i < _images.Count; i++)
        {
            foreach (string caption in _images[i].Captions)
            {
                json.WriteStartObject();
                json.WriteNumber("id", ++id);
                json.WriteNumber("image_id", i + 1);
                json.WriteString("caption", caption);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }
}
