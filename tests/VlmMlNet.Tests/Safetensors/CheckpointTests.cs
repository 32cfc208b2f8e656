using TorchSharp;
using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Files;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Safetensors;

public sealed class CheckpointTests : IDisposable
{
    private const string Index = "model.safetensors.index.json", First = "model-00001-of-00002.safetensors", Second = "model-00002-of-00002.safetensors";
    private readonly TemporaryFolder _folder = new();
    private readonly DisposeScope _scope = NewDisposeScope();

    public void Dispose()
    {
        _scope.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_folder_with_one_file_opens()
    {
        SafetensorsWriter.Write(_folder.File("model.safetensors"), SafetensorsBytes.List(("a", ones(2)), ("b", ones(3))));
        using var checkpoint = Checkpoint.OpenFolder(_folder.Path);
        Assert.Equal(["a", "b"], checkpoint.Names.Order());
        Assert.True(checkpoint.Contains("a") && !checkpoint.Contains("c"));
        Assert.Equal([3], checkpoint.Entry("b").Shape);
        Assert.Equal(_folder.File("model.safetensors"), checkpoint.Path);
        Assert.Contains("there is no tensor 'c'", Assert.Throws<MalformedInputException>(() => checkpoint.Entry("c")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sharded_weights_are_one_checkpoint()
    {
        WriteShards();
        _folder.Write(Index, $$$"""{"metadata":{"total_size":20},"weight_map":{"a":"{{{First}}}","b":"{{{Second}}}","c":"{{{Second}}}"}}""");
        using var checkpoint = Checkpoint.OpenFolder(_folder.Path);
        Assert.Equal(["a", "b", "c"], checkpoint.Names.Order());
        var b = zeros(3);
        checkpoint.CopyTo("b", b);
        SafetensorsBytes.AssertSame(full(3, 2f), b);
        Assert.Contains("there is no tensor 'd'", Assert.Throws<MalformedInputException>(() => checkpoint.CopyTo("d", b)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_file_goes_before_an_index()
    {
        WriteShards();
        _folder.Write(Index, "not even JSON");
        SafetensorsWriter.Write(_folder.File("model.safetensors"), SafetensorsBytes.List(("x", ones(2))));
        using var checkpoint = Checkpoint.OpenFolder(_folder.Path);
        Assert.Equal(["x"], checkpoint.Names);
    }

    [Theory]
    [InlineData("nonsense", "it is not valid JSON")]
    [InlineData("[]", "it is not a JSON object with an object 'weight_map'")]
    [InlineData("""{"weight_map":[]}""", "it is not a JSON object with an object 'weight_map'")]
    [InlineData("""{"weight_map":{}}""", "its 'weight_map' names no tensor")]
    [InlineData("""{"weight_map":{"a":7}}""", "tensor 'a' is said to lie in something that is not a file name. Only names of files in the same folder are allowed.")]
    [InlineData("""{"weight_map":{"a":"../model.safetensors"}}""", "tensor 'a' is said to lie in '../model.safetensors'. Only names of files in the same folder are allowed.")]
    [InlineData("""{"weight_map":{"a":"..\\model.safetensors"}}""", "tensor 'a' is said to lie in '..\\model.safetensors'")]
    [InlineData("""{"weight_map":{"a":"/etc/hostname"}}""", "tensor 'a' is said to lie in '/etc/hostname'")]
    [InlineData("""{"weight_map":{"a":"C:x"}}""", "tensor 'a' is said to lie in 'C:x'")]
    [InlineData("""{"weight_map":{"a":".."}}""", "tensor 'a' is said to lie in '..'")]
    [InlineData("""{"weight_map":{"a":""}}""", "tensor 'a' is said to lie in ''")]
    [InlineData("""{"weight_map":{"a":"\u0000"}}""", "tensor 'a' is said to lie in '")]
    [InlineData("""{"weight_map":{"\ud800":"x"}}""", "it is not valid JSON")]
    [InlineData("""{"weight_map":{"a":"model-00001-of-00002.safetensors","a":"model-00001-of-00002.safetensors"}}""", "it names tensor 'a' twice")]
    [InlineData("""{"weight_map":{"b":"model-00001-of-00002.safetensors"}}""", "tensor 'b' is said to lie in 'model-00001-of-00002.safetensors', which does not hold it. The files belong to different models")]
    public void An_index_that_lies_is_one_error_that_names_it(string text, string message)
    {
        WriteShards();
        string path = _folder.Write(Index, text);
        var error = Assert.Throws<MalformedInputException>(() => Checkpoint.OpenFolder(_folder.Path));
        Assert.StartsWith($"{path}: {message}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_shard_that_is_absent_is_named()
    {
        WriteShards();
        File.Delete(_folder.File(Second));
        string index = _folder.Write(Index, $$$"""{"weight_map":{"a":"{{{First}}}","b":"{{{Second}}}"}}""");
        Assert.Equal($"{index} names '{Second}', but there is no file {_folder.File(Second)}. Fetch the missing part of the model.",
            Assert.Throws<FileNotFoundException>(() => Checkpoint.OpenFolder(_folder.Path)).Message);
    }

    [Fact]
    public void A_damaged_shard_is_named()
    {
        WriteShards();
        _folder.Write(Index, $$$"""{"weight_map":{"a":"{{{First}}}","b":"{{{Second}}}"}}""");
        File.WriteAllText(_folder.File(Second), "");
        Assert.StartsWith($"{_folder.File(Second)}: it is empty.", Assert.Throws<MalformedInputException>(() => Checkpoint.OpenFolder(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Shards_without_their_index_are_an_error()
    {
        WriteShards();
        Assert.Equal($"{_folder.Path}: it holds '{First}' but neither model.safetensors nor {Index}. Fetch the missing file, or rename the weights.",
            Assert.Throws<MalformedInputException>(() => Checkpoint.OpenFolder(_folder.Path)).Message);
    }

    [Theory]
    [InlineData("pytorch_model.bin")]
    [InlineData("weights.pth")]
    [InlineData("tf_model.h5")]
    public void Pickles_and_foreign_weights_are_refused_with_a_way_out(string name)
    {
        _folder.Write(name, "anything");
        Assert.Equal($"{_folder.Path}: it holds its weights only as '{name}'. Pickles and other frameworks' files are never loaded, pickles because they can run code: "
            + "convert the weights to model.safetensors, for example with save_pretrained(safe_serialization=True).",
            Assert.Throws<MalformedInputException>(() => Checkpoint.OpenFolder(_folder.Path)).Message);
    }

    [Fact]
    public void Folders_without_weights_and_paths_that_are_none_are_named()
    {
        Assert.Equal($"{_folder.Path} holds neither model.safetensors nor {Index}.", Assert.Throws<FileNotFoundException>(() => Checkpoint.OpenFolder(_folder.Path)).Message);
        Assert.Equal($"There is no folder {_folder.File("x")}.", Assert.Throws<DirectoryNotFoundException>(() => Checkpoint.OpenFolder(_folder.File("x"))).Message);
        string file = _folder.Write("model.safetensors", "");
        Assert.Equal($"{file}: it is a file, not a folder. Give the folder that holds config.json and model.safetensors.",
            Assert.Throws<MalformedInputException>(() => Checkpoint.OpenFolder(file)).Message);
    }

    private void WriteShards()
    {
        SafetensorsWriter.Write(_folder.File(First), SafetensorsBytes.List(("a", ones(2))));
        SafetensorsWriter.Write(_folder.File(Second), SafetensorsBytes.List(("b", full(3, 2f)), ("c", ones(1))));
    }
}
