using VlmMlNet.Imaging;
using static TorchSharp.torch;

namespace VlmMlNet.Generation.Answers;

/// <summary>A picture and what is asked about it.</summary>
/// <param name="Picture">The picture. Where several in a row are the same object, it is encoded once.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="System">What the system says before it; null for the chat template's own words.</param>
internal readonly record struct PictureRequest(RgbImage Picture, string Prompt, string? System = null)
{
    /// <summary>Encodes pictures as they are asked for, several together.</summary>
    /// <param name="model">The model.</param>
    /// <param name="asked">What is asked.</param>
    /// <param name="together">Most prompts that are encoded together.</param>
    public static IEnumerable<AnswerRequest> Encode(VisionLanguageModel model, IEnumerable<PictureRequest> asked, int together)
    {
        long row = 0;
        PictureRequest? last = null;
        Tensor? lastTokens = null;
        try
        {
            foreach (var some in asked.Chunk(together))
            {
                var fresh = new List<RgbImage>();
                foreach (var one in some)
                    if (!ReferenceEquals(one.Picture, fresh.Count > 0 ? fresh[^1] : last?.Picture))
                        fresh.Add(one.Picture);
                var encoded = EncodePictures(model, fresh);
                int next = 0;
                try
                {
                    for (int i = 0; i < some.Length; i++)
                    {
                        if (!ReferenceEquals(some[i].Picture, last?.Picture))
                        {
                            lastTokens?.Dispose();
                            lastTokens = encoded!.narrow(0, next++, 1).DetachFromDisposeScope();
                        }
                        bool isShared = ReferenceEquals(some[i].Picture, last?.Picture) || (i + 1 < some.Length && ReferenceEquals(some[i].Picture, some[i + 1].Picture));
                        last = some[i];
                        yield return new AnswerRequest(AnswerRequest.Encode(model.Conversation, some[i].Prompt, some[i].System), lastTokens!.alias().DetachFromDisposeScope(), row++,
                            isShared ? some[i].Picture : null);
                    }
                }
                finally
                {
                    encoded?.Dispose();
                }
            }
        }
        finally
        {
            lastTokens?.Dispose();
        }
    }

    /// <summary>The visual tokens of pictures, [pictures, patches, language width], outside every dispose scope; null for none.</summary>
    public static Tensor? EncodePictures(VisionLanguageModel model, IReadOnlyList<RgbImage> pictures)
    {
        if (pictures.Count == 0)
            return null;
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        using var pixels = PixelBatch.ToTensor(model.ImageProcessor, pictures)!;
        return model.VisualTokens(pixels).DetachFromDisposeScope();
    }
}
