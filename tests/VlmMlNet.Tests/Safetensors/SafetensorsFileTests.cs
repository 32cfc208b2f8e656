using TorchSharp;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Safetensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ScalarType.Float64, "F64")]
    [InlineData(ScalarType.Float32, "F32")]
    [InlineData(ScalarType.Float16, "F16")]
    [InlineData(ScalarType.BFloat16, "BF16")]
    [InlineData(ScalarType.Int64, "I64")]
    [InlineData(ScalarType.Int32, "I32")]
    [InlineData(ScalarType.Int16, "I16")]
    [InlineData(ScalarType.Int8, "I8")]
    [InlineData(ScalarType.Byte, "U8")]
    [InlineData(ScalarType.Bool, "BOOL")]
    public void What_is_written_reads_back_bit_for_bit(ScalarType type, string name)
    {
        int seed = 1;
        // All bit patterns, so that not-a-number payloads and negative zero are among them.
        var matrix = zeros([7, 8], type);
        foreach (ref byte bits in matrix.bytes)
            bits = (byte)(type == ScalarType.Bool ? seed++ & 1 : seed++ * 37);
        var written = SafetensorsBytes.List(("matrix", matrix), ("scalar", matrix[3, 2].clone()), ("empty", zeros([0, 5], type)), ("strided", matrix.t()), ("cube", matrix.reshape(7, 2, -1)));
        string path = _folder.File("x.safetensors");
        SafetensorsWriter.Write(path, written);

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(5, file.Tensors.Count);
        Assert.Contains($"\"dtype\":\"{name}\"", System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(path)), StringComparison.Ordinal);
        foreach (var (key, tensor) in written)
        {
            SafetensorsBytes.AssertSame(tensor, file.Read(key));
            var filled = full(tensor.shape, 1, type);
            file.CopyTo(key, filled);
            SafetensorsBytes.AssertSame(tensor, filled);
        }
    }

    [Fact]
    public void Tensors_larger_than_a_chunk_are_read_and_written_whole()
    {
        var large = arange(9_000_001, ScalarType.Int32); // 36 MB in chunks of 16
        string path = _folder.File("large.safetensors");
        SafetensorsWriter.Write(path, SafetensorsBytes.List(("large", large), ("after", ones(3))));
        using var file = SafetensorsFile.Open(path);
        Assert.True(file.Read("large").eq(large).all().item<bool>());
        var converted = zeros(large.shape, ScalarType.Int64);
        file.CopyTo("large", converted);
        Assert.True(converted.eq(large.to(ScalarType.Int64)).all().item<bool>());
        SafetensorsBytes.AssertSame(ones(3), file.Read("after"));
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32, ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16, ScalarType.Float32)]
    [InlineData(ScalarType.Float16, ScalarType.Float32)]
    [InlineData(ScalarType.Float16, ScalarType.BFloat16)]
    [InlineData(ScalarType.Float64, ScalarType.Float32)]
    [InlineData(ScalarType.Int64, ScalarType.Float32)]
    [InlineData(ScalarType.Byte, ScalarType.Int64)]
    [InlineData(ScalarType.Bool, ScalarType.Float32)]
    [InlineData(ScalarType.Int32, ScalarType.Int64)]
    public void Numbers_convert_to_the_type_of_the_destination(ScalarType from, ScalarType to)
    {
        var values = linspace(0, 60, 24).reshape(4, 6).to(from);
        string path = _folder.File("x.safetensors");
        SafetensorsWriter.Write(path, SafetensorsBytes.List(("x", values)));
        using var file = SafetensorsFile.Open(path);
        var destination = zeros([4, 6], to);
        file.CopyTo("x", destination);
        SafetensorsBytes.AssertSame(values.to(to), destination);
        var strided = zeros([6, 4], to).t();
        file.CopyTo("x", strided);
        SafetensorsBytes.AssertSame(values.to(to), strided);
    }

    [Theory]
    [InlineData(ScalarType.Float32, ScalarType.Int64, "tensor 'x' holds F32, which does not convert to I64")]
    [InlineData(ScalarType.Int32, ScalarType.Bool, "tensor 'x' holds I32, which does not convert to BOOL")]
    public void Conversions_that_lose_the_meaning_are_errors(ScalarType from, ScalarType to, string message)
    {
        SafetensorsWriter.Write(_folder.File("x.safetensors"), SafetensorsBytes.List(("x", ones([3], from))));
        using var file = SafetensorsFile.Open(_folder.File("x.safetensors"));
        Assert.Contains(message, Assert.Throws<MalformedInputException>(() => file.CopyTo("x", zeros([3], to))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_is_filled_without_being_recorded()
    {
        var parameter = new TorchSharp.Modules.Parameter(zeros(2, 3), requires_grad: true);
        SafetensorsWriter.Write(_folder.File("x.safetensors"), SafetensorsBytes.List(("a", ones(2, 3)), ("b", ones([2, 3], ScalarType.Float16))));
        using var file = SafetensorsFile.Open(_folder.File("x.safetensors"));
        foreach (string name in file.Tensors.Keys)
        {
            using (no_grad())
                parameter.zero_();
            file.CopyTo(name, parameter);
            Assert.Equal(6, parameter.sum().item<float>());
            Assert.True(parameter.is_leaf && parameter.requires_grad);
        }
    }

    [Fact]
    public void Another_shape_is_an_error_that_names_both()
    {
        SafetensorsWriter.Write(_folder.File("x.safetensors"), SafetensorsBytes.List(("x", ones(2, 3))));
        using var file = SafetensorsFile.Open(_folder.File("x.safetensors"));
        Assert.Equal($"{file.Path}: tensor 'x' has shape [2, 3], expected [3, 2].", Assert.Throws<MalformedInputException>(() => file.CopyTo("x", zeros(3, 2))).Message);
    }

    [Fact]
    public void A_misspelt_name_is_an_error_that_guesses_the_right_one()
    {
        SafetensorsWriter.Write(_folder.File("x.safetensors"), SafetensorsBytes.List(("model.norm.weight", ones(2)), ("other", ones(1))));
        using var file = SafetensorsFile.Open(_folder.File("x.safetensors"));
        Assert.Equal($"{file.Path}: there is no tensor 'model.nrom.weight'. Did you mean 'model.norm.weight'?", Assert.Throws<MalformedInputException>(() => file.Read("model.nrom.weight")).Message);
        Assert.EndsWith("Did you mean 'model.norm.weight'?", Assert.Throws<MalformedInputException>(() => file.Read("norm.weight")).Message, StringComparison.Ordinal);
        Assert.Equal($"{file.Path}: there is no tensor 'quite different'.", Assert.Throws<MalformedInputException>(() => file.Read("quite different")).Message);
    }

    [Fact]
    public void A_truth_value_other_than_0_and_1_is_an_error()
    {
        byte[] bytes = SafetensorsBytes.File("""{"mask":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}""", 3);
        bytes[^1] = 2;
        using var file = SafetensorsFile.Open(_folder.Write("x.safetensors", bytes));
        Assert.Contains("tensor 'mask' of dtype BOOL holds a byte that is neither 0 nor 1", Assert.Throws<MalformedInputException>(() => file.Read("mask")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_cut_while_it_is_open_is_an_error_and_not_a_crash()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("Windows does not let an open file be cut.");
        string path = _folder.File("x.safetensors");
        SafetensorsWriter.Write(path, SafetensorsBytes.List(("x", ones(100_000))));
        using var file = SafetensorsFile.Open(path);
        Assert.Equal(0, truncate(path, 500));
        Assert.Contains("it became shorter while it was open", Assert.Throws<MalformedInputException>(() => file.Read("x")).Message, StringComparison.Ordinal);

        [System.Runtime.InteropServices.DllImport("libc", CharSet = System.Runtime.InteropServices.CharSet.Ansi)]
#pragma warning disable CA2101, CA5392 // the C library's own name and marshalling
        static extern int truncate(string path, long length);
#pragma warning restore CA2101, CA5392
    }

    [Fact]
    public void A_file_may_be_replaced_while_it_is_open()
    {
        string path = _folder.File("x.safetensors");
        SafetensorsWriter.Write(path, SafetensorsBytes.List(("x", ones(4))));
        using var file = SafetensorsFile.Open(path);
        SafetensorsWriter.Write(path, SafetensorsBytes.List(("x", zeros(4))));
        Assert.Equal(4, file.Read("x").sum().item<float>());
    }

    [Fact]
    public void Tensors_outlive_the_file_and_a_closed_file_says_so()
    {
        SafetensorsWriter.Write(_folder.File("x.safetensors"), SafetensorsBytes.List(("x", ones(4))));
        var file = SafetensorsFile.Open(_folder.File("x.safetensors"));
        var tensor = file.Read("x");
        file.Dispose();
        file.Dispose();
        Assert.Equal(4, tensor.sum().item<float>());
        Assert.Throws<ObjectDisposedException>(() => file.Read("x"));
    }

    [Fact]
    public void Reading_leaves_no_tensors_behind()
    {
        SafetensorsWriter.Write(_folder.File("x.safetensors"), SafetensorsBytes.List(("x", ones(40, 30)), ("h", ones([40, 30], ScalarType.Float16))));
        using var file = SafetensorsFile.Open(_folder.File("x.safetensors"));
        var destination = zeros(30, 40).t();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 10; i++)
        {
            file.CopyTo("x", destination);
            file.CopyTo("h", destination);
            file.Read("h").Dispose();
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
