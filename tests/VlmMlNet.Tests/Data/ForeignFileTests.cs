using System.Buffers.Binary;
using System.Text;
using Microsoft.ML;
using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

/// <summary>Files of kinds that are not read are named, with the way to convert them.</summary>
public class ForeignFileTests : DataTest
{
    public static TheoryData<string, byte[], string, string> Files => new()
    {
        { "a.arrow", [.. "ARROW1\0\0"u8, 1, 2], "an Arrow file", "to_parquet" },
        { "data-00000-of-00001.arrow", [0xFF, 0xFF, 0xFF, 0xFF, 0x10, 1, 0, 0], "an Arrow stream", "to_parquet" },
        { "a.feather", [.. "FEA1"u8, 0, 0, 0, 0], "a Feather file", "to_parquet" },
        { "a.tar", Tar(mark: true), "a tar archive", "tar -xf" },
        { "old.tar", Tar(mark: false), "a tar archive", "tar -xf" },
        { "a.pkl", [0x80, 4, 0x95, 1, 0, 0, 0, 0, 0, 0, 0, (byte)']', (byte)'.'], "a Python pickle", "never opened here" },
        { "old.pkl", "(lp0\nS'a'\np1\na."u8.ToArray(), "a Python pickle", "never opened here" },
        { "a.npy", [0x93, .. "NUMPY"u8, 1, 0], "NumPy's .npy", "parquet or JSON lines" },
        { "a.npz", Zip("arr_0.npy"), "NumPy's .npz", "parquet or JSON lines" },
        { "a.pt", Zip("archive/data.pkl"), "a PyTorch file", "never opened here" },
        { "a.xlsx", Zip("[Content_Types].xml"), "an Office file", "CSV" },
        { "a.zip", Zip("a.json"), "a zip archive", "Unpack it" },
        { "a.json.gz", [0x1F, 0x8B, 8, 0], "a gzip file", "gunzip" },
        { "a.bz2", [.. "BZh9"u8, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59], "a bzip2 file", "bunzip2" },
        { "a.xz", [0xFD, .. "7zXZ"u8, 0], "an xz file", "unxz" },
        { "a.zst", [0x28, 0xB5, 0x2F, 0xFD, 0], "a Zstandard file", "unzstd" },
        { "a.h5", [0x89, .. "HDF\r\n"u8, 0x1A, (byte)'\n'], "an HDF5 file", "parquet or JSON lines" },
        { "a.mat", [.. "MATLAB 5.0 MAT-file"u8, 0], "a MATLAB file", "parquet or JSON lines" },
        { "a.tfrecord", TfRecord(), "a TFRecord file", "parquet or JSON lines" },
        { "a.sqlite", "SQLite format 3\0"u8.ToArray(), "an SQLite database", "parquet or JSON lines" },
        { "data.mdb", [.. new byte[16], 0xDE, 0xC0, 0xEF, 0xBE, 1, 0, 0, 0], "an LMDB database", "parquet or JSON lines" },
        { "a.avro", [.. "Obj\x01"u8, 0], "an Avro file", "parquet or JSON lines" },
        { "a.orc", [.. "ORC"u8, 0, 1], "an ORC file", "parquet" },
        { "a.safetensors", [2, 0, 0, 0, 0, 0, 0, 0, .. "{\"a\": 1}  "u8], "a safetensors file", "a model" },
        { "a.png", [0x89, .. "PNG\r\n"u8, 0x1A, (byte)'\n'], "a picture", "vlm caption" },
        { "pointer.json", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"u8.ToArray(), "a Git LFS pointer", "git lfs pull" },
        { "page.json", "<!DOCTYPE html><html></html>"u8.ToArray(), "a web page", "Fetch the file itself" },
        { "a.pdf", "%PDF-1.7\n"u8.ToArray(), "a PDF file", "parquet or JSON lines" },
        { "a.bin", [1, 2, 3, 0, 0, 200], "a binary file of an unknown kind", "JSON, CSV, YAML" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_of_another_kind_is_named_with_what_to_do(string name, byte[] content, string kind, string remedy)
    {
        string path = WriteBytes(name, content);
        string message = Assert.Throws<MalformedInputException>(() => Catalog.Load(path)).Message;
        Assert.StartsWith($"{path}: this is {kind}", message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
        Assert.StartsWith($"{path}: this is {kind}", Assert.Throws<MalformedInputException>(() => Count(Catalog.LoadLlava(path))).Message, StringComparison.Ordinal);
        DataValidation found = Catalog.Validate(path);
        Assert.Contains(kind, Assert.Single(found.Problems).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PARENT,caption,image\nx,y,z.png\n")]
    [InlineData("ORCID,caption,image\nx,y,z.png\n")]
    [InlineData("Rare,caption,image\nx,y,z.png\n")]
    [InlineData("BMI,caption,image\nx,y,z.png\n")]
    public void Text_that_begins_with_the_same_letters_is_text(string content) =>
        Assert.Equal(1, Count(Catalog.Load(Write("a.csv", content))));

    [Fact]
    public void A_folder_of_such_files_is_named_by_one_of_them()
    {
        Write("set/dataset_info.json", "{}");
        WriteBytes("set/data-00000-of-00001.arrow", [0xFF, 0xFF, 0xFF, 0xFF, 0x10, 1, 0, 0]);
        string message = Assert.Throws<MalformedInputException>(() => Count(Catalog.Load(InFolder("set")))).Message;
        Assert.StartsWith($"{InFolder("set")}: the folder has no pictures; 'data-00000-of-00001.arrow' in it is an Arrow stream", message, StringComparison.Ordinal);
    }

    private static byte[] Tar(bool mark)
    {
        var header = new byte[1024];
        "a.jpg"u8.CopyTo(header);
        "0000644\0"u8.CopyTo(header.AsSpan(100));
        if (mark)
            "ustar\0"u8.CopyTo(header.AsSpan(257));
        header.AsSpan(148, 8).Fill((byte)' ');
        int sum = header.Sum(b => b);
        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
        return header;
    }

    private static byte[] Zip(string name)
    {
        var header = new byte[30];
        "PK\x03\x04"u8.CopyTo(header);
        header[26] = (byte)name.Length;
        return [.. header, .. Encoding.ASCII.GetBytes(name), 1, 2, 3];
    }

    private static byte[] TfRecord()
    {
        byte[] length = [5, 0, 0, 0, 0, 0, 0, 0];
        uint sum = uint.MaxValue;   // CRC-32C, bit by bit
        foreach (byte b in length)
        {
            sum ^= b;
            for (int bit = 0; bit < 8; bit++)
                sum = (sum & 1) == 0 ? sum >> 1 : sum >> 1 ^ 0x82F63B78;
        }
        sum = ~sum;
        var masked = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(masked, unchecked((sum >> 15 | sum << 17) + 0xA282EAD8));
        return [.. length, .. masked, .. "hello"u8, 0, 0, 0, 0];
    }
}
