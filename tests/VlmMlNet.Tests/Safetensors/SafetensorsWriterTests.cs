using System.Text;
using TorchSharp;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Safetensors;

public sealed class SafetensorsWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var stream = new MemoryStream();
        var tensors = SafetensorsBytes.List(("b", tensor(new byte[] { 9 })), ("z", tensor(new[] { 1f, 2f })), ("é", tensor(7L)), ("a", zeros([0, 2])));
        SafetensorsWriter.Write(stream, tensors, new Dictionary<string, string> { ["k"] = "v", ["format"] = "pt" });
        string header = """{"__metadata__":{"format":"pt","k":"v"},"é":{"dtype":"I64","shape":[],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[0,2],"data_offsets":[8,8]},"z":{"dtype":"F32","shape":[2],"data_offsets":[8,16]},"b":{"dtype":"U8","shape":[1],"data_offsets":[16,17]}}""";
        byte[] json = Encoding.UTF8.GetBytes(header);
        int padded = (json.Length + 7) / 8 * 8;
        byte[] expected = [.. BitConverter.GetBytes((long)padded), .. json, .. Enumerable.Repeat((byte)' ', padded - json.Length), 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 9];
        Assert.Equal(expected, stream.ToArray());
    }

    [Fact]
    public void The_order_in_which_tensors_are_given_does_not_change_the_bytes()
    {
        var tensors = SafetensorsBytes.List(("x", ones(3)), ("y", ones([2], ScalarType.Int64)), ("a", rand(4, 5)));
        using MemoryStream first = new(), second = new();
        SafetensorsWriter.Write(first, tensors);
        SafetensorsWriter.Write(second, [.. tensors.Reverse()]);
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Theory]
    [InlineData("siglip-tiny", "vision", "model.safetensors")]
    [InlineData("siglip-tiny", "vision-bf16", "model.safetensors")]
    [InlineData("siglip-tiny", "full", "model.safetensors")]
    [InlineData("qwen2-tiny", "tied", "model.safetensors")]
    public void A_file_of_the_reference_serializer_is_written_again_byte_for_byte(string model, string variant, string name)
    {
        string original = GoldenData.Path(model, variant, name), copy = _folder.File("copy.safetensors");
        using var file = SafetensorsFile.Open(original);
        SafetensorsWriter.Write(copy, [.. file.Tensors.Keys.Select(key => KeyValuePair.Create(key, file.Read(key)))], file.Metadata.Count > 0 ? file.Metadata : null);
        Assert.True(File.ReadAllBytes(original).AsSpan().SequenceEqual(File.ReadAllBytes(copy)));
    }

    [Fact]
    public void No_write_holds_a_whole_large_tensor()
    {
        using var stream = new ForwardOnlyStream(Stream.Null);
        SafetensorsWriter.Write(stream, SafetensorsBytes.List(("x", zeros(12_000_000)))); // 48 MB
        Assert.Equal(1 << 24, stream.MostRequested);
    }

    [Fact]
    public void A_full_disk_is_one_error_and_leaves_nothing()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("Only Linux refuses the space for this size before anything is written.");
        var petabytes = ones(1).expand(1L << 50); // one number in memory, four petabytes in a file
        string path = _folder.Write("x.safetensors", "the old content");
        var error = Assert.Throws<IOException>(() => SafetensorsWriter.Write(path, SafetensorsBytes.List(("x", petabytes))));
        Assert.StartsWith($"{path}: 4503599627370", error.Message, StringComparison.Ordinal);
        Assert.Contains(" bytes could not be written: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".tmp-", error.Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
        Assert.Equal("the old content", File.ReadAllText(path));
    }

    [Fact]
    public void A_failure_in_the_middle_leaves_the_old_file_alone()
    {
        string path = _folder.Write("x.safetensors", "the old content");
        var tensors = SafetensorsBytes.List(("a", ones(3)), ("b", ones(3).to(META))); // a tensor without content fails when it is fetched
        Assert.ThrowsAny<Exception>(() => SafetensorsWriter.Write(path, tensors));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
        Assert.Equal("the old content", File.ReadAllText(path));
    }

    [Fact]
    public void A_missing_folder_is_named()
    {
        string path = Path.Combine(_folder.Path, "nowhere", "x.safetensors");
        Assert.Equal($"There is no folder {Path.GetDirectoryName(path)} to write x.safetensors to.",
            Assert.Throws<DirectoryNotFoundException>(() => SafetensorsWriter.Write(path, [])).Message);
    }

    [Fact]
    public void A_folder_of_the_same_name_is_an_error_that_names_it()
    {
        string path = Directory.CreateDirectory(_folder.File("x.safetensors")).FullName;
        Assert.StartsWith($"{path}: ", Assert.Throws<IOException>(() => SafetensorsWriter.Write(path, [])).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void Names_and_types_that_the_format_lacks_are_refused_before_anything_is_written()
    {
        string path = _folder.File("x.safetensors");
        string Message(params (string, Tensor)[] tensors) => Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, SafetensorsBytes.List(tensors))).Message;
        Assert.StartsWith("There are two tensors named 'a'.", Message(("a", ones(1)), ("a", ones(1))), StringComparison.Ordinal);
        Assert.StartsWith("A tensor cannot be named '__metadata__'", Message(("__metadata__", ones(1))), StringComparison.Ordinal);
        Assert.StartsWith("Tensor 'c' is of type ComplexFloat32; supported are I64, F64", Message(("c", ones([1], ScalarType.ComplexFloat32))), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void An_empty_list_makes_an_empty_file_that_opens()
    {
        SafetensorsWriter.Write(_folder.File("x.safetensors"), []);
        using var file = SafetensorsFile.Open(_folder.File("x.safetensors"));
        Assert.Empty(file.Tensors);
    }
}
