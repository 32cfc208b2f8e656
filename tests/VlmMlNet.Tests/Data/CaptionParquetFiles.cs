using Parquet;
using Parquet.Serialization;

namespace VlmMlNet.Tests.Data;

/// <summary>Writes parquet files as Hugging Face data sets have them, with a library that is not ours.</summary>
public abstract class CaptionParquetFiles : DataTest
{
    internal static List<CaptionRow> Rows(int count)
    {
        var random = new Random(5);
        var rows = new List<CaptionRow>();
        for (int i = 0; i < count; i++)
        {
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            rows.Add(new CaptionRow
            {
                image = new ImageStruct { bytes = bytes, path = i % 7 == 6 ? null : $"{i}.png" },
                caption = i % 13 == 12 ? null : [.. Enumerable.Range(0, i % 6).Select(k => $"caption {k} of picture {i} — ü")],
                img_id = $"{i}",
                filename = i % 5 == 4 ? null : $"name {i % 3}",
            });
        }
        return rows;
    }

    /// <summary>The same rows, each with a caption at least.</summary>
    internal static List<CaptionRow> Captioned(int count)
    {
        List<CaptionRow> rows = Rows(count);
        foreach (CaptionRow row in rows.Where(row => row.caption is not { Count: > 0 }))
            row.caption = ["a picture"];
        return rows;
    }

    internal string WriteParquet<TRow>(string name, List<TRow> rows, CompressionMethod method = CompressionMethod.Snappy)
    {
        string path = InFolder(name);
        using FileStream file = File.Create(path);
        ParquetSerializer.SerializeAsync(rows, file, new ParquetOptions { CompressionMethod = method, RowGroupSize = 100 }).Wait(TestContext.Current.CancellationToken);
        return path;
    }

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    public sealed class ImageStruct
    {
        public byte[]? bytes { get; set; }

        public string? path { get; set; }
    }

    public sealed class CaptionRow
    {
        public ImageStruct? image { get; set; }

        public List<string>? caption { get; set; }

        public string img_id { get; set; } = "";

        public string? filename { get; set; }
    }

    public sealed class PlainRow
    {
        public byte[]? jpg { get; set; }

        public string? text { get; set; }

        public long number { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
