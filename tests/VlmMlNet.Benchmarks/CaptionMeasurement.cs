using System.Diagnostics;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Benchmarks;

/// <summary>Captions a picture as the library does, from its pixels to the last of 64 tokens behind a prompt of 300, the
/// picture's 256 among them. No token ends a caption: those of random weights are as long as all others.</summary>
internal sealed class CaptionMeasurement
{
    public const int Prompt = 300, Tokens = 64;
    private readonly VisionLanguageModel _model;
    private readonly int _threads;
    private readonly RgbImage _picture = new(640, 480, [.. Enumerable.Range(0, 640 * 480 * 3).Select(i => (byte)(i * 31 % 251))]);
    private readonly int[] _prompt;

    public CaptionMeasurement(VisionLanguageModel model, int threads)
    {
        (_model, _threads) = (model, threads);
        int text = Prompt - model.ImageTokenCount;
        _prompt = [.. Enumerable.Range(0, Prompt).Select(i => i >= text / 2 && i < text / 2 + model.ImageTokenCount ? ImageToken.Id : 1000 + 7 * i)];
    }

    /// <param name="Encode">Seconds of the image encoder.</param>
    /// <param name="VisualTokens">Seconds of resizing, encoder and projector.</param>
    /// <param name="Prefill">Seconds of the prompt.</param>
    /// <param name="Decode">Seconds of the tokens.</param>
    public sealed record Times(double Encode, double VisualTokens, double Prefill, double Decode)
    {
        /// <summary>Seconds until the first token is known.</summary>
        public double FirstToken => VisualTokens + Prefill;

        /// <summary>Seconds from the picture to the last token.</summary>
        public double Caption => FirstToken + Decode;
    }

    /// <summary>Captions so many pictures side by side.</summary>
    public Times Run(int batch = 1)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        using var session = _model.Conversation.OpenSession(batch, Prompt + Tokens, _threads);
        double encode = 0, visual = 0, prefill = 0;
        for (int slot = 0; slot < batch; slot++)
        {
            using var pictureScope = NewDisposeScope();
            var watch = Stopwatch.StartNew();
            using var pixels = PixelBatch.ToTensor(_model.ImageProcessor, [_picture])!;
            double before = watch.Elapsed.TotalSeconds;
            var patches = _model.VisionPart.Encode(pixels);
            encode += watch.Elapsed.TotalSeconds - before;
            var visualTokens = _model.ProjectorPart.Project(patches);
            visual += watch.Elapsed.TotalSeconds;
            watch.Restart();
            session.Append(slot, _prompt, visualTokens);
            prefill += watch.Elapsed.TotalSeconds;
        }
        var decoding = Stopwatch.StartNew();
        int[][] answers = GreedyDecoder.Generate(session, [], Tokens);
        if (answers.Any(a => a.Length != Tokens))
            throw new InvalidOperationException("A caption ended early.");
        return new Times(encode, visual, prefill, decoding.Elapsed.TotalSeconds);
    }

    /// <summary>Multiplications and additions of the image encoder on one picture: its linear layers and its attention.</summary>
    public static double EncodeOperations(SiglipVisionConfig config)
    {
        double tokens = config.PatchCount, width = config.HiddenSize;
        return 2 * tokens * (config.NumHiddenLayers * (4 * width * width + 2 * width * config.IntermediateSize + 2 * tokens * width) + config.NumChannels * config.PatchSize * config.PatchSize * width);
    }

    /// <summary>The same of the language model on a prompt, whose last token alone is scored.</summary>
    public static double PrefillOperations(Qwen2Config config)
    {
        double width = config.HiddenSize, keys = config.NumKeyValueHeads * config.HeadSize;
        return 2 * Prompt * config.NumHiddenLayers * (2 * width * width + 2 * width * keys + 3 * width * config.IntermediateSize + 2 * Prompt * width) + 2 * width * config.VocabSize;
    }
}
