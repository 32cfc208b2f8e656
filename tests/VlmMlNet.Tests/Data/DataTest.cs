using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data;

namespace VlmMlNet.Tests.Data;

/// <summary>A folder of its own for each test, and short ways to read an IDataView.</summary>
public abstract class DataTest : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vlm-data-");

    protected MLContext Context { get; } = new(seed: 1);

    protected VisionLanguageDataCatalog Catalog => Context.VisionLanguage().Data;

    protected string InFolder(string name) => Path.Combine(_folder.FullName, name);

    protected string Write(string name, string content)
    {
        string path = InFolder(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    protected string WriteBytes(string name, byte[] content)
    {
        string path = InFolder(name);
        File.WriteAllBytes(path, content);
        return path;
    }

    internal static string[] Text(IDataView data, string column) => [.. data.GetColumn<string>(column)];

    internal static string[][] Texts(IDataView data, string column) => [.. data.GetColumn<string[]>(column)];

    internal static byte[][] Bytes(IDataView data, string column) => [.. data.GetColumn<byte[]>(column)];

    /// <summary>Reads all rows with all columns active, and the first column's text.</summary>
    internal static long Count(IDataView data)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(data.Schema);
        var read = data.Schema[0].Type is TextDataViewType ? cursor.GetGetter<ReadOnlyMemory<char>>(data.Schema[0]) : null;
        ReadOnlyMemory<char> text = default;
        long count = 0;
        for (; cursor.MoveNext(); count++)
            read?.Invoke(ref text);
        return count;
    }

    internal static MalformedInputException Bad(IDataView data) => Assert.Throws<MalformedInputException>(() => Count(data));

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}
