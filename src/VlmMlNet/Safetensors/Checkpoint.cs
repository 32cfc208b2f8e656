using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>The weights of one model: a safetensors file, or several that an index binds together.</summary>
public sealed class Checkpoint : IDisposable
{
    internal const string FileName = "model.safetensors", IndexName = FileName + ".index.json";
    private readonly IReadOnlyList<SafetensorsFile> _files;
    private Dictionary<string, (SafetensorsFile File, string Name)> _places;
    private Dictionary<string, SafetensorsEntry> _tensors;

    private Checkpoint(string path, IReadOnlyList<SafetensorsFile> files, IEnumerable<(string Name, SafetensorsFile File)> tensors)
    {
        Path = path;
        _files = files;
        _places = tensors.ToDictionary(t => t.Name, t => (t.File, t.Name));
        _tensors = Entries(_places);
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
    public static Checkpoint OpenFolder(string folder) => OpenFolder(folder, _ => false);

    /// <inheritdoc cref="OpenFolder(string)"/>
    /// <param name="folder">The folder.</param>
    /// <param name="mayLack">Says of a tensor that the index lists, but no file holds, whether that is fine: one that would not be read.</param>
    internal static Checkpoint OpenFolder(string folder, Func<string, bool> mayLack)
    {
        folder = FullFolder(folder);
        string file = System.IO.Path.Combine(folder, FileName), index = System.IO.Path.Combine(folder, IndexName);
        return File.Exists(file) ? OpenFile(file) : File.Exists(index) ? OpenShards(folder, index, mayLack) : throw NoWeights(folder, file);
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
        Place(name).File.CopyTo(Place(name).Name, destination);

    /// <summary>Copies a tensor into a new one: see <see cref="SafetensorsFile.Read"/>.</summary>
    /// <param name="name">A name of <see cref="Names"/>.</param>
    /// <inheritdoc cref="SafetensorsFile.Read" path="/exception"/>
    public Tensor Read(string name) => Place(name).File.Read(Place(name).Name);

    /// <summary>Puts a prefix before the names of weights that were saved from an inner module, and therefore lack it.</summary>
    /// <param name="prefix">What whole models have, such as <c>model.</c>.</param>
    /// <param name="known">A tensor that every model has, without the prefix: it tells which of the two names are used.</param>
    /// <param name="stays">Says of a name that it never has the prefix.</param>
    internal void AddPrefix(string prefix, string known, Func<string, bool> stays)
    {
        if (!_places.ContainsKey(known) || _places.ContainsKey(prefix + known))
            return;
        var places = new Dictionary<string, (SafetensorsFile File, string Name)>();
        foreach (var (name, place) in _places)
        {
            // Two names that become one are left as they are, and are then unexpected.
            if (stays(name) || !places.TryAdd(prefix + name, place))
                places[name] = place;
        }
        (_places, _tensors) = (places, Entries(places));
    }

    /// <summary>Puts a prefix into the names of weights that were saved from an inner module.</summary>
    /// <param name="before">What stands before the prefix.</param>
    /// <param name="prefix">What whole models have there.</param>
    /// <param name="known">What follows the prefix in every model.</param>
    internal void AddPrefix(string before, string prefix, string known)
    {
        if (!_places.Keys.All(name => name.StartsWith(before + known, StringComparison.Ordinal)))
            return;
        _places = _places.ToDictionary(p => before + prefix + p.Key[before.Length..], p => p.Value);
        _tensors = Entries(_places);
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    /// <summary>The full path of a folder, or an error that says what should be there.</summary>
    /// <param name="folder">As the user gave it.</param>
    internal static string FullFolder(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string full = System.IO.Path.GetFullPath(folder);
        if (Directory.Exists(full))
            return full;
        if (File.Exists(full))
            throw new MalformedInputException(full, "it is a file, not a folder", $"Give the folder that holds config.json and {FileName}.");
        throw new DirectoryNotFoundException($"There is no folder {full}.{HubName.AdviceForModel(folder)}");
    }

    private static Dictionary<string, SafetensorsEntry> Entries(Dictionary<string, (SafetensorsFile File, string Name)> places) =>
        places.ToDictionary(p => p.Key, p => p.Value.File.Tensors[p.Value.Name]);

    private (SafetensorsFile File, string Name) Place(string name) => _places.TryGetValue(name, out var place) ? place : throw TensorName.NoTensor(Path, name, Names);

    private static Checkpoint OpenShards(string folder, string index, Func<string, bool> mayLack)
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
                if (!file.Tensors.ContainsKey(tensor) && !mayLack(tensor))
                    throw new MalformedInputException(index, $"tensor {TensorName.Quote(tensor)} is said to lie in {TensorName.Quote(fileName)}, which does not hold it",
                        "The files belong to different models or versions: fetch all of them again.");
            }
            return new Checkpoint(index, [.. files.Values], fileNames.Select(t => (t.Key, files[t.Value])).Where(t => t.Item2.Tensors.ContainsKey(t.Key)));
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
