using System.Buffers.Binary;
using System.Numerics;
using VlmMlNet.Data.Rows;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Data.Formats;

/// <summary>Names files that are no data set here by their first bytes, with the way to make one of them. Nothing in them is
/// unpacked or run.</summary>
internal static class ForeignFile
{
    /// <summary>How many bytes tell it.</summary>
    public const int LookedAt = 4096;

    /// <summary>What a zip file is called that shows no sign of the program that wrote it.</summary>
    public const string ZipArchive = "a zip archive";

    private const string Unpack = "Unpack it and give the folder, or the data file in it.";
    private const string Compressed = "Unpack it first.";
    private const string ToParquet = "Write its rows as parquet or JSON lines, which are read here.";
    private const string Arrow = "Convert it to parquet; in Python: datasets.Dataset.from_file(\"FILE\").to_parquet(\"FILE.parquet\").";
    private const string Weights = "It holds a model, not data.";

    // What begins each kind, what it is called, and what to do. All have zeros among their first bytes, which texts do not.
    private static readonly (byte[] Start, string Name, string Remedy)[] s_kinds =
    [
        ("ARROW1"u8.ToArray(), "an Arrow file", Arrow),
        ("FEA1"u8.ToArray(), "a Feather file", "Convert it to parquet; in Python: pandas.read_feather(\"FILE\").to_parquet(\"FILE.parquet\")."),
        ("PARE"u8.ToArray(), "an encrypted parquet file", "Write it again without encryption."),
        ("MATLAB "u8.ToArray(), "a MATLAB file", ToParquet),
        ("SQLite format 3\0"u8.ToArray(), "an SQLite database", ToParquet),
        ("Obj\x01"u8.ToArray(), "an Avro file", ToParquet),
        ("ORC"u8.ToArray(), "an ORC file", "Convert it to parquet, which is read here."),
        ("GGUF"u8.ToArray(), "a GGUF file", Weights),
    ];

    private static readonly (byte[] Start, string Name, string Remedy)[] s_packed =
    [
        ([0xFF, 0xFF, 0xFF, 0xFF], "an Arrow stream, as datasets.save_to_disk writes it", Arrow),
        ([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'], "NumPy's .npy", ToParquet),
        ([0x89, (byte)'H', (byte)'D', (byte)'F', 13, 10, 26, 10], "an HDF5 file", ToParquet),
        ([0xD0, 0xCF, 0x11, 0xE0], "an old Office file, such as .xls", "Save the sheet as CSV."),
        ([0x1F, 0x8B], "a gzip file, such as .gz or .tar.gz", Compressed + " In a shell: gunzip FILE, or tar -xf FILE."),
        ([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0], "an xz file", Compressed + " In a shell: unxz FILE."),
        ([0x28, 0xB5, 0x2F, 0xFD], "a Zstandard file", Compressed + " In a shell: unzstd FILE."),
        ([0x04, 0x22, 0x4D, 0x18], "an LZ4 file", Compressed + " In a shell: unlz4 FILE."),
        ([(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", Unpack),
        ("Rar!"u8.ToArray(), "a RAR archive", Unpack),
        ([0x1A, 0x45, 0xDF, 0xA3], "a video", "Data are read here that point at pictures."),
    ];

    private static readonly (byte[] Start, string Name, string Remedy)[] s_texts =
    [
        ("%PDF-"u8.ToArray(), "a PDF file", ToParquet),
        ("version https://git-lfs"u8.ToArray(), "a Git LFS pointer whose file was not fetched", "Fetch it: git lfs pull."),
        ("<!DOCTYPE"u8.ToArray(), "a web page, perhaps of a failed download", "Fetch the file itself."),
        ("<!doctype"u8.ToArray(), "a web page, perhaps of a failed download", "Fetch the file itself."),
        ("<html"u8.ToArray(), "a web page, perhaps of a failed download", "Fetch the file itself."),
        ("<?xml"u8.ToArray(), "an XML file", ToParquet),
    ];

    /// <summary>What is wrong with a file of a kind that was found.</summary>
    public static string Problem((string Name, string Remedy) found) =>
        $"{found.Name}, which is {(found.Remedy.StartsWith(Compressed, StringComparison.Ordinal) ? "compressed" : "not read here")}";

    /// <summary>What a file is, by its first bytes; null where it may be data.</summary>
    public static (string Name, string Remedy)? Find(ReadOnlySpan<byte> bytes)
    {
        if (ImageSignature.Find(bytes) is ImageFormat.Png or ImageFormat.Jpeg or ImageFormat.Gif or ImageFormat.WebP)
            return ("a picture", "Pictures are captioned by 'vlm caption'; data names pictures and their texts.");
        if ((StartOf(bytes, s_texts) ?? StartOf(bytes, s_packed) ?? (bytes.Contains((byte)0) ? StartOf(bytes, s_kinds) : null)) is { } found)
            return found;
        if (bytes is [(byte)'B', (byte)'Z', (byte)'h', _, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..])
            return ("a bzip2 file", Compressed + " In a shell: bunzip2 FILE.");
        return bytes.StartsWith("PK\x03\x04"u8) || bytes.StartsWith("PK\x05\x06"u8) ? OfZip(bytes)
            : IsTar(bytes) ? ("a tar archive, such as a shard of a WebDataset", "Unpack it (tar -xf FILE -C FOLDER) and give the folder: texts beside pictures (a.jpg, a.txt) are read as captions.")
            : IsPickle(bytes) ? ("a Python pickle, which can run any program when it is opened, and is never opened here", "Convert it in Python, if it is your own, to parquet or JSON lines.")
            : IsTfRecord(bytes) ? ("a TFRecord file", ToParquet)
            : IsSafetensors(bytes) ? ("a safetensors file", Weights)
            : IsLmdb(bytes) ? ("an LMDB database", ToParquet)
            : bytes.Length >= 12 && bytes[4..8].SequenceEqual("ftyp"u8) ? ("a video or an AVIF or HEIF picture", "Data are read here that point at pictures.")
            : IsBinary(bytes) ? ("a binary file of an unknown kind", "Data are read as text (JSON, CSV, YAML) or parquet.")
            : null;
    }

    /// <summary>The same of a file; null also where it cannot be read.</summary>
    public static (string Name, string Remedy)? Find(string path)
    {
        Span<byte> bytes = stackalloc byte[LookedAt];
        try
        {
            using FileStream stream = DataFile.OpenSequential(path);
            return Find(bytes[..stream.ReadAtLeast(bytes, LookedAt, throwOnEndOfStream: false)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or MalformedInputException)
        {
            return null;
        }
    }

    private static (string Name, string Remedy)? StartOf(ReadOnlySpan<byte> bytes, (byte[] Start, string Name, string Remedy)[] kinds)
    {
        foreach ((byte[] start, string name, string remedy) in kinds)
        {
            if (bytes.StartsWith(start))
                return (name, remedy);
        }
        return null;
    }

    private static (string, string) OfZip(ReadOnlySpan<byte> bytes)
    {
        int nameLength = bytes.Length < 30 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]);
        ReadOnlySpan<byte> name = bytes.Slice(Math.Min(30, bytes.Length), Math.Min(nameLength, Math.Max(0, bytes.Length - 30)));
        return name.EndsWith(".npy"u8) ? ("NumPy's .npz", ToParquet)
            : name.EndsWith("/data.pkl"u8) ? ("a PyTorch file", "It holds a model or tensors, as a Python pickle, which is never opened here.")
            : name.SequenceEqual("[Content_Types].xml"u8) || name.StartsWith("xl/"u8) ? ("an Office file, such as .xlsx", "Save the sheet as CSV.")
            : (ZipArchive, Unpack);
    }

    // The header's mark or, of old archives, the sum of its bytes.
    private static bool IsTar(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 512)
            return false;
        if (bytes[257..262].SequenceEqual("ustar"u8))
            return true;
        long stated = 0, sum = 0;
        foreach (byte b in bytes[148..156].Trim((ReadOnlySpan<byte>)[(byte)' ', 0]))
        {
            if (b is < (byte)'0' or > (byte)'7')
                return false;
            stated = stated * 8 + b - '0';
        }
        for (int i = 0; i < 512; i++)
            sum += i is >= 148 and < 156 ? ' ' : bytes[i];
        return bytes[0] != 0 && stated == sum;
    }

    // Protocols 2 to 5 begin with their number, older ones with what makes a list, a dictionary or an object.
    private static bool IsPickle(ReadOnlySpan<byte> bytes) =>
        bytes is [0x80, >= 2 and <= 5, ..] || bytes.StartsWith("(lp"u8) || bytes.StartsWith("(dp"u8) || bytes.StartsWith("ccopy_reg\n"u8) || bytes.StartsWith("cnumpy"u8) || bytes.StartsWith("cpandas"u8);

    // A record's length, and the checksum of it.
    private static bool IsTfRecord(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12)
            return false;
        uint sum = ~BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) == unchecked(BitOperations.RotateRight(sum, 15) + 0xA282EAD8);
    }

    private static bool IsSafetensors(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 16 && BinaryPrimitives.ReadUInt64LittleEndian(bytes) is > 1 and < 1 << 30 && bytes[5] == 0 && bytes[8..10].SequenceEqual("{\""u8);

    private static bool IsLmdb(ReadOnlySpan<byte> bytes) => bytes.Length >= 20 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]) == 0xBEEFC0DE;

    // Text has no zeros, unless each character has two bytes, which the readers name by their mark.
    private static bool IsBinary(ReadOnlySpan<byte> bytes) => !bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) && !bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
        && bytes.Contains((byte)0) && bytes.IndexOfAnyInRange((byte)1, (byte)8) >= 0;
}
