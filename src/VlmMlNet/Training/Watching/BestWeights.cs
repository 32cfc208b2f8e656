using System.Globalization;
using VlmMlNet.Files;
using VlmMlNet.Safetensors;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Watching;

/// <summary>The trained weights of the best validation: in a file beside the checkpoint, or in memory where there is none.</summary>
/// <param name="folder">The checkpoint's folder; null without.</param>
/// <param name="weights">The weights by name.</param>
internal sealed class BestWeights(string? folder, IReadOnlyList<KeyValuePair<string, Tensor>> weights) : IDisposable
{
    private const string Prefix = "best-", Extension = ".safetensors";
    private List<Tensor>? _held;
    private long? _newest;

    /// <summary>Keeps the weights as they are now. Those before stay until a checkpoint knows of the new ones: a run that was killed
    /// goes on from a checkpoint whose best are the old ones.</summary>
    public void Keep(long step)
    {
        _newest = step;
        if (folder is null)
        {
            Dispose();
            using var unrecorded = no_grad();
            _held = [.. weights.Select(w => w.Value.detach().clone().DetachFromDisposeScope())];
            return;
        }
        Directory.CreateDirectory(folder);
        PendingFile.RemoveLeftovers(FileOf(step));
        SafetensorsWriter.Write(FileOf(step), weights);
    }

    /// <summary>Gives the network the weights that were kept.</summary>
    /// <param name="step">Those of which step.</param>
    public void Restore(long step)
    {
        using var unrecorded = no_grad();
        if (_held is not null)
        {
            foreach (var (target, source) in weights.Select(w => w.Value).Zip(_held))
                target.copy_(source);
            return;
        }
        using var file = SafetensorsFile.Open(FileOf(step));
        foreach (var (name, tensor) in weights)
            file.CopyTo(name, tensor);
    }

    /// <summary>Removes the files of other steps than the best one that a checkpoint now knows.</summary>
    public void Saved(long? best) => Remove(butOf: best ?? _newest);

    /// <summary>Removes all files.</summary>
    public void Delete() => Remove(butOf: null);

    public void Dispose()
    {
        _held?.ForEach(t => t.Dispose());
        _held = null;
    }

    private void Remove(long? butOf)
    {
        if (folder is null || !Directory.Exists(folder))
            return;
        foreach (string file in Directory.EnumerateFiles(folder, $"{Prefix}*{Extension}"))
            if (butOf is not { } kept || file != FileOf(kept))
                File.Delete(file);
    }

    private string FileOf(long step) => Path.Combine(folder!, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{step}{Extension}"));
}
