using System.Text;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;

namespace VlmMlNet.Tests.Safetensors;

public sealed class SafetensorsHeaderTests : IDisposable
{
    private const string One = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", 0, "its header has no bytes")]
    [InlineData("   ", 0, "its header is not valid JSON")]
    [InlineData("{\"a\":", 0, "its header is not valid JSON")]
    [InlineData("[]", 0, "its header is not a JSON object")]
    [InlineData("7", 0, "its header is not a JSON object")]
    [InlineData(One + "x", 8, "its header is not valid JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16, "its header names 'a' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "its header names '__metadata__' twice")]
    [InlineData("""{"__metadata__":[]}""", 0, "__metadata__ is not a JSON object")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "__metadata__ has a value that is not a string for the key 'k'")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "__metadata__ has the key 'k' twice")]
    [InlineData("""{"a":[]}""", 0, "tensor 'a' is not described by a JSON object")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'a' has no dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "tensor 'a' has no shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", 8, "tensor 'a' has no data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'a' has the key 'dtype' twice")]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'a' has a dtype that is not a string")]
    [InlineData("""{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'a' has the unknown dtype 'F33'. Supported are I64, F64, F32, I32, BF16")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "tensor 'a' has the unsupported dtype 'F8_E4M3'. Supported are")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "tensor 'a' has a shape that is not a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "tensor 'a' has a shape that is not a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""", 8, "tensor 'a' has a shape that is not a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "tensor 'a' has a shape that is not a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":[18446744073709551618],"data_offsets":[0,8]}}""", 8, "tensor 'a' has a shape that is not a list")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "tensor 'a' has a size that overflows: shape [4294967296, 4294967296]")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296,0],"data_offsets":[0,0]}}""", 0, "tensor 'a' has a size that overflows")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "tensor 'a' has data_offsets that are not two")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,16]}}""", 8, "tensor 'a' has data_offsets that are not two")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "tensor 'a' has data_offsets that are not two")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "tensor 'a' ends at byte 0, before it begins at byte 8")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "tensor 'a' of shape [3] and dtype F32 needs 12 bytes, but its offsets 0 to 8 hold 8")]
    [InlineData("""{"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}}""", 8, "tensor 'a' of shape [2] and dtype F16 needs 4 bytes")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[9223372036854775799,9223372036854775807]}}""", 8, "tensor 'a' has a size that overflows")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", 8, "tensor 'a' ends at byte 16 of the data, but only 8 bytes follow the header")]
    [InlineData("""{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[4,12]}}""", 12, "tensor 'b' begins 4 bytes before the end of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[8,12]}}""", 12, "tensor 'b' begins 4 bytes after the end of tensor 'a'")]
    [InlineData("""{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8, "tensor 'a' begins 4 bytes after the end of the header")]
    [InlineData(One, 9, "1 bytes follow the end of tensor 'a' and belong to no tensor")]
    [InlineData("{}", 3, "3 bytes follow the end of the header and belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","x":[[[[[[[[[[1]]]]]]]]]],"shape":[2],"data_offsets":[0,8]}}""", 8, "its header is not valid JSON")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 8, "its header is not valid JSON")]
    public void A_header_that_lies_is_one_error_that_names_the_file_and_the_tensor(string header, int dataLength, string message) =>
        AssertRefused(SafetensorsBytes.File(header, dataLength), message);

    [Theory]
    [InlineData(new byte[0], "it is empty")]
    [InlineData(new byte[] { 1, 2, 3 }, "it has only 3 bytes")]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, (byte)'{' }, "it says that its header has 18446744073709551615 bytes; the limit is 100000000")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 128, (byte)'{' }, "it says that its header has 9223372036854775808 bytes; the limit is 100000000")]
    [InlineData(new byte[] { 99, 0, 0, 0, 0, 0, 0, 0, (byte)'{' }, "it says that its header has 99 bytes, but the whole file has 9")]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 0, 0, (byte)'{' }, "it says that its header has 2 bytes, but the whole file has 9")]
    public void Bytes_that_cannot_begin_a_file_are_an_error(byte[] bytes, string message) => AssertRefused(bytes, message);

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n", "it is a Git LFS pointer, not the weights. Fetch the weights with 'git lfs pull'.")]
    [InlineData("PK\u0003\u0004 and so on", "it is a PyTorch pickle, not a safetensors file. Pickles are never loaded")]
    [InlineData("<!DOCTYPE html><html>", "It is not a safetensors file or was not completely downloaded.")]
    public void Other_files_under_the_name_are_recognised(string text, string message) => AssertRefused(Encoding.UTF8.GetBytes(text), message);

    [Fact]
    public void Nesting_without_end_is_an_error() =>
        AssertRefused(SafetensorsBytes.File("{\"a\":{\"x\":" + new string('[', 100_000), 0), "its header is not valid JSON");

    [Fact]
    public void A_header_that_is_not_utf8_is_an_error()
    {
        byte[] header = Encoding.Latin1.GetBytes(One.Replace('a', '\u00e9'));
        AssertRefused(SafetensorsBytes.File(header, new byte[8]), "its header is not valid JSON");
    }

    [Fact]
    public void A_name_of_a_megabyte_does_not_make_a_message_of_a_megabyte()
    {
        string header = "{\"" + new string('x', 1_000_000) + "\":" + """{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}""";
        var error = AssertRefused(SafetensorsBytes.File(header, 9), "xxx...' of shape [2]");
        Assert.True(error.Message.Length < 600);
    }

    [Fact]
    public void Unknown_keys_and_padding_are_accepted_and_zero_lengths_share_an_offset()
    {
        string header = """{"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"note":{"x":[1]}},"a":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]},"c":{"dtype":"I64","shape":[0],"data_offsets":[8,8]}}     """;
        using var file = SafetensorsFile.Open(_folder.Write("ok.safetensors", SafetensorsBytes.File(header, 8)));
        Assert.Equal(["a", "b", "c"], file.Tensors.Keys.Order());
        Assert.Equal(8 + header.Length, file.Tensors["b"].Offset);
        Assert.Equal([0, 5], file.Tensors["a"].Shape);
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void A_missing_file_is_named_with_its_full_path()
    {
        string path = _folder.File("nowhere.safetensors");
        Assert.Equal($"There is no file {path}.", Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(path)).Message);
    }

    [Fact]
    public void A_folder_in_place_of_a_file_is_an_error() =>
        Assert.Equal($"{_folder.Path}: it is a folder, not a safetensors file. Give the file, or open the folder as a checkpoint.",
            Assert.Throws<MalformedInputException>(() => SafetensorsFile.Open(_folder.Path)).Message);

    [Fact]
    public void Two_thousand_damaged_headers_are_read_or_refused_but_never_break_anything()
    {
        byte[] good = SafetensorsBytes.File("""{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"n":{"dtype":"I64","shape":[],"data_offsets":[24,32]},"e":{"dtype":"BF16","shape":[0,7],"data_offsets":[32,32]}}""", 32);
        byte[] alphabet = Encoding.UTF8.GetBytes("{}[]\",:-0123456789eE.\\uFI_\u00e9\0 ");
        var random = new Random(7);
        int accepted = 0, refused = 0;
        string path = _folder.File("fuzz.safetensors");
        for (int i = 0; i < 2000; i++)
        {
            var bytes = new List<byte>(good);
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                int at = random.Next(random.Next(4) == 0 ? 8 : bytes.Count);
                byte value = random.Next(3) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
                switch (random.Next(4))
                {
                    case 0: bytes.Insert(at, value); break;
                    case 1: bytes.RemoveAt(at); break;
                    case 2: bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(40))); break;
                    default: bytes[at] = value; break;
                }
                if (bytes.Count < 9)
                    bytes.AddRange(good);
            }
            File.WriteAllBytes(path, [.. bytes]);
            try
            {
                using var file = SafetensorsFile.Open(path);
                foreach (string name in file.Tensors.Keys)
                    file.Read(name).Dispose();
                accepted++;
            }
            catch (MalformedInputException e)
            {
                Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
                refused++;
            }
        }
        Assert.True(accepted > 20 && refused > 1000, $"{accepted} accepted, {refused} refused");
    }

    private MalformedInputException AssertRefused(byte[] bytes, string message)
    {
        string path = _folder.Write("bad.safetensors", bytes);
        var error = Assert.Throws<MalformedInputException>(() => SafetensorsFile.Open(path));
        Assert.StartsWith(path + ": ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(path, error.InputSource);
        return error;
    }
}
