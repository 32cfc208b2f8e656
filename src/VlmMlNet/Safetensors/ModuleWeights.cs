using static TorchSharp.torch;

namespace VlmMlNet.Safetensors;

/// <summary>Moves the weights of a TorchSharp module from and to safetensors under the names of its state dictionary.</summary>
public static class ModuleWeights
{
    /// <summary>Fills a module from a checkpoint. Everything is compared first: after an error the module is unchanged.</summary>
    /// <param name="module">The module; its weights keep their element type and device, and those of the checkpoint convert.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="prefix">What the checkpoint puts in front of the module's names, such as <c>vision_tower.</c>. Tensors
    /// without this prefix belong to something else and are ignored. Default none.</param>
    /// <param name="ignoreUnexpected">Says of a tensor with the prefix that the module does not have whether that is fine;
    /// gets the full name. Null (the default): it never is.</param>
    /// <param name="tied">The module's names of tensors that are another tensor under a second name: a checkpoint may
    /// lack them or hold them, and they are not read. Default none.</param>
    /// <exception cref="MalformedInputException">Tensors are missing, unexpected, or of another shape or kind: one message about all.</exception>
    public static void Load(nn.Module module, Checkpoint checkpoint, string prefix = "", Func<string, bool>? ignoreUnexpected = null, IReadOnlyCollection<string>? tied = null)
    {
        foreach (var (name, tensor) in Match(module, checkpoint, prefix, ignoreUnexpected, tied))
            checkpoint.CopyTo(name, tensor);
    }

    /// <summary>Makes a module and fills it. Shapes are compared before memory for the weights is taken.</summary>
    /// <param name="allocate">Makes the module on a device.</param>
    /// <param name="checkpoint">The weights.</param>
    /// <param name="device">Where the module goes.</param>
    /// <param name="prefix">As <see cref="Load"/> has it.</param>
    /// <param name="ignoreUnexpected">The same.</param>
    /// <param name="tied">The same.</param>
    /// <inheritdoc cref="Load" path="/exception"/>
    internal static TModule Create<TModule>(Func<Device, TModule> allocate, Checkpoint checkpoint, Device device, string prefix = "", Func<string, bool>? ignoreUnexpected = null, IReadOnlyCollection<string>? tied = null)
        where TModule : nn.Module
    {
        // A configuration that asks for more than the file has is found out on the device that allocates nothing.
        using (var shapes = allocate(META))
            Match(shapes, checkpoint, prefix, ignoreUnexpected, tied);
        var module = allocate(device);
        try
        {
            Load(module, checkpoint, prefix, ignoreUnexpected, tied);
            return module;
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>The comparison alone; the module may lie on the meta device, where it takes no memory.</summary>
    /// <returns>What is to be copied, by the checkpoint's names.</returns>
    internal static Dictionary<string, Tensor> Match(nn.Module module, Checkpoint checkpoint, string prefix = "", Func<string, bool>? ignoreUnexpected = null, IReadOnlyCollection<string>? tied = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(prefix);
        var expected = Named(module, prefix, tied).ToDictionary();
        bool IsTied(string name) => tied is not null && tied.Contains(name[prefix.Length..]);
        TensorMatch.Check(checkpoint.Path, expected, checkpoint.Tensors,
            mayBeUnused: name => !name.StartsWith(prefix, StringComparison.Ordinal) || IsTied(name) || ignoreUnexpected?.Invoke(name) == true);
        return expected;
    }

    /// <summary>Writes a module's weights to a file: see <see cref="SafetensorsWriter"/>.</summary>
    /// <param name="module">The module.</param>
    /// <param name="path">The file.</param>
    /// <param name="prefix">Put in front of every name. Default none.</param>
    /// <param name="tied">The module's names of tensors that are another tensor under a second name: left out. Default none.</param>
    /// <inheritdoc cref="SafetensorsWriter.Write(string, IReadOnlyList{KeyValuePair{string, Tensor}}, IReadOnlyDictionary{string, string})" path="/exception"/>
    public static void Save(nn.Module module, string path, string prefix = "", IReadOnlyCollection<string>? tied = null) =>
        SafetensorsWriter.Write(path, Named(module, prefix, tied), new Dictionary<string, string> { ["format"] = "pt" });

    /// <summary>The module's parameters and persistent buffers with their names; the tensors are the module's own.</summary>
    /// <param name="module">The module.</param>
    /// <param name="prefix">Put in front of every name. Default none.</param>
    /// <param name="tied">The module's names to leave out. Default none.</param>
    public static IReadOnlyList<KeyValuePair<string, Tensor>> Named(nn.Module module, string prefix = "", IReadOnlyCollection<string>? tied = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(prefix);
        return [.. module.state_dict().Where(t => tied is null || !tied.Contains(t.Key)).Select(t => KeyValuePair.Create(prefix + t.Key, t.Value))];
    }
}
