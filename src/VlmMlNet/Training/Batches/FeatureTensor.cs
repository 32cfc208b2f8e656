using System.Runtime.InteropServices;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Training.Batches;

/// <summary>Features of pictures as one tensor.</summary>
internal static class FeatureTensor
{
    /// <summary>[pictures, patches, width] float32 on the CPU, outside every dispose scope.</summary>
    /// <exception cref="ArgumentException">The features do not fit the model or the stage, or pictures of several forms are mixed.</exception>
    public static Tensor Create(VisionLanguageNetwork network, TrainingStage stage, IReadOnlyList<ImageSource> pictures)
    {
        var form = pictures[0].Form;
        if (stage.VisionLearningRate is not null || form == PictureForm.VisualTokens && stage.ProjectorLearningRate is not null)
            throw new ArgumentException($"Training stage '{stage.Name}': {(stage.VisionLearningRate is not null ? "the image encoder" : "the projector")} cannot be trained, " +
                "because what it makes of the pictures is given. Freeze it, or give the pictures.");
        if (stage.Augmentation is not null)
            throw new ArgumentException($"Training stage '{stage.Name}': pictures cannot be augmented, because what the image encoder makes of them is given. Leave {nameof(stage.Augmentation)} out, or give the pictures.");
        int patches = network.Vision.Config.PatchCount, width = form == PictureForm.Patches ? network.Vision.Config.HiddenSize : network.Language.Config.HiddenSize;
        foreach (var picture in pictures)
            if (picture.Form != form || picture.Features.Length != patches * width)
                throw new ArgumentException(picture.Form != form
                    ? $"{picture.Name}: pictures and features of pictures are mixed. Give one of the two in all rows."
                    : $"{picture.Name}: the features have {picture.Features.Length} values, the model needs {patches} x {width}.");
        var tensor = empty([pictures.Count, patches, width], ScalarType.Float32).DetachFromDisposeScope();
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        for (int i = 0; i < pictures.Count; i++)
            pictures[i].Features.Span.CopyTo(values[(i * patches * width)..]);
        return tensor;
    }
}
