using System.Text.Encodings.Web;
using System.Text.Json;
using VlmMlNet.Files;

namespace VlmMlNet.Data.Formats.Coco;

/// <summary>Writes COCO's captions image by image, as <see cref="VisionLanguageDataCatalog"/>.LoadCocoCaptions reads them.
/// Annotation ids count from 1. The file appears under its name, complete, when the writer is disposed; after an error in
/// <see cref="Write"/> it does not appear.</summary>
public sealed class CocoCaptionsJsonWriter : IDisposable
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PendingFile _file;
    private readonly PendingFile _annotations; // collected beside, since they follow all images
    private readonly Utf8JsonWriter _imageJson;
    private readonly Utf8JsonWriter _annotationJson;
    private readonly HashSet<long> _ids = [];
    private long _annotationCount;
    private bool _failed;
    private bool _disposed;

    /// <summary>Starts a file beside <paramref name="path"/>.</summary>
    /// <param name="path">The file that appears when the writer is disposed; an existing one is replaced then.</param>
    public CocoCaptionsJsonWriter(string path)
    {
        _file = new PendingFile(path);
        try
        {
            _annotations = new PendingFile(path);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
        _imageJson = new Utf8JsonWriter(_file.Stream, s_json);
        _annotationJson = new Utf8JsonWriter(_annotations.Stream, s_json);
    }

    /// <summary>Writes an image and its captions.</summary>
    /// <param name="id">The image's id, which no other image of the file has.</param>
    /// <param name="fileName">The picture's path, relative to the image folder, with forward slashes.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <param name="captions">Its captions.</param>
    /// <exception cref="ArgumentException">The id was written before.</exception>
    public void Write(long id, string fileName, int width, int height, IEnumerable<string> captions)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentNullException.ThrowIfNull(captions);
        _failed = true;
        if (!_ids.Add(id))
            throw new ArgumentException($"Image id {id} was written before.", nameof(id));
        _file.Stream.Write(_ids.Count == 1 ? "{\"info\": {}, \"licenses\": [], \"images\": [\n"u8 : ",\n"u8);
        _imageJson.WriteStartObject();
        _imageJson.WriteString("file_name"u8, fileName);
        _imageJson.WriteNumber("height"u8, height);
        _imageJson.WriteNumber("width"u8, width);
        _imageJson.WriteNumber("id"u8, id);
        End(_imageJson);
        foreach (string caption in captions)
        {
            _annotations.Stream.Write(_annotationCount++ == 0 ? ""u8 : ",\n"u8);
            _annotationJson.WriteStartObject();
            _annotationJson.WriteNumber("image_id"u8, id);
            _annotationJson.WriteNumber("id"u8, _annotationCount);
            _annotationJson.WriteString("caption"u8, caption);
            End(_annotationJson);
        }
        _failed = false;
    }

    /// <summary>Ends the document and moves the file to its place.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _imageJson.Dispose();
        _annotationJson.Dispose();
        using (_file)
        using (_annotations)
        {
            if (_failed)
                return;
            _file.Stream.Write(_ids.Count == 0 ? "{\"info\": {}, \"licenses\": [], \"images\": ["u8 : ""u8);
            _file.Stream.Write("\n], \"annotations\": [\n"u8);
            _annotations.Stream.Position = 0;
            _annotations.Stream.CopyTo(_file.Stream);
            _file.Stream.Write("\n]}\n"u8);
            _file.Commit();
        }
    }

    private static void End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Flush();
        json.Reset();
    }
}
