using VlmMlNet.Safetensors;

namespace VlmMlNet.ModelFolders;

/// <summary>Where the weights of a part lie in a model's folder: in <c>model.safetensors</c>, under a prefix, or, reduced, in a file of
/// their own.</summary>
/// <param name="Name">The part's name, which both have.</param>
internal sealed record PartFiles(string Name)
{
    public static readonly PartFiles Vision = new("vision_tower"), Projector = new("multi_modal_projector"), Language = new("language_model");

    public static readonly IReadOnlyList<PartFiles> All = [Vision, Projector, Language];

    /// <summary>What stands before the names of the module's tensors.</summary>
    public string Prefix => Name + ".";

    /// <summary>The file of reduced weights.</summary>
    public string ReducedName => Name + ".safetensors";

    /// <summary>Checks that every tensor belongs to a part.</summary>
    /// <exception cref="MalformedInputException">One does not.</exception>
    public static void CheckNames(Checkpoint checkpoint)
    {
        if (checkpoint.Names.FirstOrDefault(name => All.All(part => !name.StartsWith(part.Prefix, StringComparison.Ordinal))) is { } stranger)
            throw new MalformedInputException(checkpoint.Path, $"tensor {TensorName.Quote(stranger)} belongs to no part of the model", "The weights belong to another model.");
    }
}
