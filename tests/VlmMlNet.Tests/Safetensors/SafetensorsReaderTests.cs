using System.IO.Compression;
using TorchSharp;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Safetensors;

public sealed class SafetensorsReaderTests : IDisposable
{
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(7)]
    public void Tensors_are_filled_from_a_stream_that_only_goes_forward(int mostPerRead)
    {
        Tensor weight = rand(5, 6), half = rand(4).to(ScalarType.Float16), scalar = tensor(3L);
        byte[] bytes = Content(("w", weight), ("h", half), ("s", scalar), ("e", zeros([0, 3])));
        var destinations = new Dictionary<string, Tensor> { ["w"] = zeros(6, 5).t(), ["h"] = zeros(4), ["s"] = tensor(0L), ["e"] = zeros([0, 3]) };
        using var stream = new ForwardOnlyStream(new MemoryStream(bytes), mostPerRead);
        SafetensorsReader.ReadInto(stream, destinations, "weights");
        SafetensorsBytes.AssertSame(weight, destinations["w"]);
        SafetensorsBytes.AssertSame(half.to(ScalarType.Float32), destinations["h"]);
        SafetensorsBytes.AssertSame(scalar, destinations["s"]);
    }

    [Fact]
    public void A_zip_entry_holds_tensors_without_a_temporary_file()
    {
        using var archive = new MemoryStream();
        var weight = arange(6_000_000); // two chunks
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("weights.safetensors", CompressionLevel.Fastest).Open())
            SafetensorsWriter.Write(entry, SafetensorsBytes.List(("w", weight)));
        using var reading = new ZipArchive(archive);
        using var stream = reading.Entries[0].Open();
        var destination = zeros(weight.shape, weight.dtype);
        SafetensorsReader.ReadInto(stream, new Dictionary<string, Tensor> { ["w"] = destination }, "model.zip, weights.safetensors");
        Assert.True(destination.eq(weight).all().item<bool>());
    }

    [Fact]
    public void A_damaged_zip_entry_is_one_error()
    {
        using var generator = new Generator(1); // other numbers may be damaged so that they still unpack
        using var archive = new MemoryStream();
        using (var zip = new ZipArchive(archive, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = zip.CreateEntry("w", CompressionLevel.Fastest).Open())
            SafetensorsWriter.Write(entry, SafetensorsBytes.List(("w", rand(10_000, generator: generator))));
        byte[] bytes = archive.ToArray();
        Array.Fill(bytes, (byte)0xff, 10_000, 5_000);
        using var reading = new ZipArchive(new MemoryStream(bytes));
        using var stream = reading.Entries[0].Open();
        var error = Assert.Throws<MalformedInputException>(() => SafetensorsReader.ReadInto(stream, new Dictionary<string, Tensor> { ["w"] = zeros(10_000) }, "model.zip"));
        Assert.StartsWith("model.zip: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "weights: it ends inside its header.")]
    [InlineData(5, "weights: it ends inside its header.")]
    [InlineData(20, "weights: it ends inside its header.")]
    [InlineData(-1, "weights: it ends inside tensor 'w'.")]
    public void A_stream_that_ends_early_is_an_error(int length, string message)
    {
        byte[] bytes = Content(("w", ones(3)));
        AssertRefused(bytes[..(length < 0 ? bytes.Length + length : length)], message, ("w", zeros(3)));
    }

    [Fact]
    public void Bytes_after_the_last_tensor_are_an_error() =>
        AssertRefused([.. Content(("w", ones(3))), 0], "weights: bytes follow the last tensor.", ("w", zeros(3)));

    [Fact]
    public void A_length_that_lies_costs_no_memory()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        AssertRefused([.. BitConverter.GetBytes(99_000_000L), (byte)'{'], "weights: it ends inside its header.");
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2_000_000);
    }

    [Fact]
    public void A_header_that_lies_is_the_same_error_as_in_a_file() =>
        AssertRefused(SafetensorsBytes.File("""{"w":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", 12),
            "weights: tensor 'w' begins 4 bytes after the end of the header; tensors must follow each other without overlaps or holes.", ("w", zeros(2)));

    [Fact]
    public void What_does_not_fit_is_listed_once_and_nothing_changes()
    {
        var same = zeros(2);
        var error = AssertRefused(Content(("same", ones(2)), ("norm.wieght", ones(2)), ("shape", ones(3)), ("kind", ones([2], ScalarType.Int64))),
            "weights: 4 tensors do not fit the model: 'norm.weight' is missing (there is 'norm.wieght'); 'shape' has shape [3], expected [4]; "
            + "'kind' holds I64, expected F32; 'norm.wieght' is unexpected (did you mean 'norm.weight'?). The weights belong to another model or configuration.",
            ("same", same), ("norm.weight", zeros(2)), ("shape", zeros(4)), ("kind", zeros(2)));
        Assert.Equal(0, same.sum().item<float>());
        Assert.Equal("weights", error.InputSource);
    }

    private static byte[] Content(params (string, Tensor)[] tensors)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, SafetensorsBytes.List(tensors));
        return stream.ToArray();
    }

    private static MalformedInputException AssertRefused(byte[] bytes, string message, params (string Name, Tensor Tensor)[] destinations)
    {
        using var stream = new ForwardOnlyStream(new MemoryStream(bytes));
        var error = Assert.Throws<MalformedInputException>(() => SafetensorsReader.ReadInto(stream, destinations.ToDictionary(d => d.Name, d => d.Tensor), "weights"));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        return error;
    }
}
