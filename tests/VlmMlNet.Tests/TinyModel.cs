using VlmMlNet.Imaging;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests;

/// <summary>A model of some thousand parameters that goes through the same code as the full one.</summary>
internal static class TinyModel
{
    private static readonly string[] s_captions =
        ["a red picture", "a green picture", "a blue picture", "what colour is it", "Describe the image.", "red", "green", "blue"];

    public static SiglipVisionConfig Vision { get; } = new()
    {
        HiddenSize = 16,
        IntermediateSize = 32,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        ImageSize = 16,
        PatchSize = 8,
    };

    public static Qwen2Config Language { get; } = new()
    {
        HiddenSize = 16,
        IntermediateSize = 32,
        NumHiddenLayers = 2,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 256,
        TieWordEmbeddings = true,
    };

    public static VlmTokenizer Tokenizer { get; } = new BpeTrainer { VocabularySize = 320 }.Train(s_captions);

    public static VisionLanguageModel Create(ulong seed = 0) =>
        VisionLanguageModel.CreateRandom(Vision, Language with { VocabSize = Tokenizer.VocabularySize }, Tokenizer, seed: seed);

    /// <summary>A picture of one colour.</summary>
    public static RgbImage Picture(byte red, byte green, byte blue, int size = 16)
    {
        var pixels = new byte[3 * size * size];
        for (int i = 0; i < pixels.Length; i += 3)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = (red, green, blue);
        return new RgbImage(size, size, pixels);
    }

    /// <summary>Pictures of three colours with their captions.</summary>
    public static TrainingSet Colours(int count) => TrainingSet.FromList(Enumerable.Range(0, count).Select(i =>
    {
        var (name, picture) = (i % 3) switch
        {
            0 => ("red", Picture((byte)(200 + i % 50), 20, 20)),
            1 => ("green", Picture(20, (byte)(200 + i % 50), 20)),
            _ => ("blue", Picture(20, 20, (byte)(200 + i % 50))),
        };
        return TrainingExample.Caption($"example {i}", ImageSource.FromImage(picture, $"picture {i}"), "Describe the image.", $"a {name} picture");
    }).ToList());
}
