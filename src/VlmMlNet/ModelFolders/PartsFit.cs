using VlmMlNet.Imaging;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using VlmMlNet.Text.Tokenizer;

namespace VlmMlNet.ModelFolders;

/// <summary>Whether the files of a model belong together, found before any weight is read.</summary>
internal static class PartsFit
{
    private const string Remedy = "Take the files of one folder from one model.";

    /// <summary>Holds the size that pictures are resized to against the image encoder's.</summary>
    /// <param name="folder">The folder of both.</param>
    /// <param name="pictures">Its preprocessing; null where it says nothing of it.</param>
    /// <param name="vision">Its encoder's shape.</param>
    /// <exception cref="MalformedInputException">They differ.</exception>
    public static void CheckPictures(string folder, ImageProcessorConfig? pictures, SiglipVisionConfig vision)
    {
        if (pictures is not null && (pictures.Width != vision.ImageSize || pictures.Height != vision.ImageSize))
            throw new MalformedInputException(ImageProcessorFolder.SourceIn(folder),
                $"pictures are resized to {pictures.Width}x{pictures.Height}; the vision model expects {vision.ImageSize}x{vision.ImageSize} ('image_size' in {HuggingFaceConfig.FileName})", Remedy);
    }

    /// <summary>Holds the number of tokens against that of the language model's embeddings.</summary>
    /// <param name="folder">The folder of both.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="language">Its language model's shape.</param>
    /// <exception cref="MalformedInputException">There are more tokens.</exception>
    public static void CheckTokens(string folder, VlmTokenizer tokenizer, Qwen2Config language)
    {
        if (tokenizer.VocabularySize > language.VocabSize)
            throw new MalformedInputException(TokenizerFolder.SourceIn(folder),
                $"it has {tokenizer.VocabularySize} tokens, the language model {language.VocabSize} embeddings ('vocab_size' in {HuggingFaceConfig.FileName}): they do not belong together", Remedy);
    }
}
