using static TorchSharp.torch;

namespace VlmMlNet.Weights;

/// <summary>The weights of one model: a safetensors file, or several that an index binds together.</summary>
public sealed class Checkpoint : IDisposable
{
    internal const string FileName = "model.safetensors", IndexName = FileName + ".index.json";
    private readonly IReadOnlyList<SafetensorsFile> _files;
    private readonly Dictionary<string, SafetensorsFile> _fileOf;
    private readonly Dictionary<string, SafetensorsEntry> _tensors;

    private Checkpoint(string path, IReadOnlyList<SafetensorsFile> files, IEnumerable<(string Name, SafetensorsFile File)> tensors)
    {
        Path = path;
        _files = files;
        _fileOf = tensors.ToDictionary(t => t.Name, t => t.File);
        _tensors = _fileOf.ToDictionary(t => t.Key, t => t.Value.Tensors[t.Key]);
    }

    /// <summary>The full path of the file or, for several, of the index.</summary>
    public string Path { get; }

    /// <summary>The names of all tensors.</summary>
    public IReadOnlyCollection<string> Names => _tensors.Keys;

    internal IReadOnlyDictionary<string, SafetensorsEntry> Tensors => _tensors;

    /// <summary>Opens <c>model.safetensors</c> or, where there is none, the files of <c>model.safetensors.index.json</c>.</summary>
    /// <param name="folder">A folder as Hugging Face publishes it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It holds no weights, or the index names a file that is absent.</exception>
    /// <exception cref="MalformedInputException">It holds weights in other formats only, a file is malformed, or the index
    /// does not agree with the files.</exception>
    public static Checkpoint OpenFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        folder = System.IO.Path.GetFullPath(folder);
        CheckFolder(folder);
        string file = System.IO.Path.Combine(folder, FileName), index = System.IO.Path.Combine(folder, IndexName);
        return File.Exists(file) ? OpenFile(file) : File.Exists(index) ? OpenShards(folder, index) : throw NoWeights(folder, file);
    }

    /// <summary>Opens a single safetensors file as a checkpoint.</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <inheritdoc cref="SafetensorsFile.Open" path="/exception"/>
    public static Checkpoint OpenFile(string path)
    {
        var file = SafetensorsFile.Open(path);
        return new Checkpoint(file.Path, [file], file.Tensors.Keys.Select(name => (name, file)));
    }

    /// <summary>Whether there is a tensor of this name.</summary>
    /// <param name="name">A tensor's name.</param>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>Describes a tensor; its offset counts from the beginning of the file that holds it.</summary>
    /// <param name="name">A name of <see cref="Names"/>.</param>
    /// <exception cref="MalformedInputException">There is no such tensor; the message guesses which one was meant.</exception>
    public SafetensorsEntry Entry(string name) => _tensors.TryGetValue(name, out var entry) ? entry : throw TensorName.NoTensor(Path, name, Names);

    /// <summary>Copies a tensor into an existing one: see <see cref="SafetensorsFile.CopyTo(string, Tensor)"/>.</summary>
    /// <param name="name">A name of <see cref="Names"/>.</param>
    /// <param name="destination">The tensor to fill.</param>
    /// <inheritdoc cref="SafetensorsFile.CopyTo(string, Tensor)" path="/exception"/>
    public void CopyTo(string name, Tensor destination) =>
        (_fileOf.TryGetValue(name, out var file) ? file : throw TensorName.NoTensor(Path, name, Names)).CopyTo(name, destination);

    /// <summary>Copies a tensor into a new one: see <see cref="SafetensorsFile.Read"/>.</summary>
    /// <param name="name">A name of <see cref="Names"/>.</param>
    /// <inheritdoc cref="SafetensorsFile.Read" path="/exception"/>
    public Tensor Read(string name) => (_fileOf.TryGetValue(name, out var file) ? file : throw TensorName.NoTensor(Path, name, Names)).Read(name);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    /// <summary>Throws when a full path does not lead to a folder.</summary>
    internal static void CheckFolder(string folder)
    {
        if (!Directory.Exists(folder))
            throw File.Exists(folder)
                ? new MalformedInputException(folder, "it is a file, not a folder", $"Give the folder that holds config.json and {FileName}.")
                : new DirectoryNotFoundException($"There is no folder {folder}.");
    }

    private static Checkpoint OpenShards(string folder, string index)
    {
        var fileNames = CheckpointIndex.Read(index);
        var files = new Dictionary<string, SafetensorsFile>();
        try
        {
            foreach (var (tensor, fileName) in fileNames)
            {
                if (!files.TryGetValue(fileName, out var file))
                {
                    string path = System.IO.Path.Combine(folder, fileName);
                    if (!File.Exists(path))
                        throw new FileNotFoundException($"{index} names {TensorName.Quote(fileName)}, but there is no file {path}. Fetch the missing part of the model.", path);
                    files.Add(fileName, file = SafetensorsFile.Open(path));
                }
                if (!file.Tensors.ContainsKey(tensor))
                    throw new MalformedInputException(index, $"tensor {TensorName.Quote(tensor)} is said to lie in {TensorName.Quote(fileName)}, which does not hold it",
                        "The files belong to different models or versions: fetch all of them again.");
            }
            return new Checkpoint(index, [.. files.Values], fileNames.Select(t => (t.Key, files[t.Value])));
        }
        catch
        {
            foreach (var file in files.Values)
                file.Dispose();
            throw;
        }
    }

    private static Exception NoWeights(string folder, string file)
    {
        string[] names = [.. Directory.EnumerateFiles(folder).Select(path => System.IO.Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        if (names.FirstOrDefault(name => name.EndsWith(".safetensors", StringComparison.Ordinal)) is string other)
            return new MalformedInputException(folder, $"it holds {TensorName.Quote(other)} but neither {FileName} nor {IndexName}", "Fetch the missing file, or rename the weights.");
        if (names.FirstOrDefault(IsForeign) is string foreign)
            return new MalformedInputException(folder, $"it holds its weights only as {TensorName.Quote(foreign)}",
                $"Pickles and other frameworks' files are never loaded, pickles because they can run code: convert the weights to {FileName}, for example with save_pretrained(safe_serialization=True).");
        return new FileNotFoundException($"{folder} holds neither {FileName} nor {IndexName}.", file);
    }

    private static bool IsForeign(string name) =>
        System.IO.Path.GetExtension(name) is ".pt" or ".pth" or ".h5" or ".msgpack" or ".ckpt" or ".gguf" or ".npz"
        || (name.EndsWith(".bin", StringComparison.Ordinal) && name.Contains("model", StringComparison.Ordinal));
}
