using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Components.HybridMaskDecoder;
using VlmMlNet.Components.ImageEncoder;
using VlmMlNet.Components.ModalityProjector;

namespace Microsoft.ML;

/// <summary>The parts of a vision-language model as steps of an ML.NET pipeline.</summary>
public static class VisionLanguageTransformsExtensions
{
    /// <summary>Encodes pictures into patch features: Vector&lt;Single, patches, encoder width&gt;.</summary>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="model">The model whose image encoder is used. Must outlive Fit, not the transformer.</param>
    /// <param name="outputColumnName">The column to add.</param>
    /// <param name="inputColumnName">The column of pictures: text (paths), Vector&lt;Byte&gt; (encoded files) or <c>MLImage</c>; null
    /// for <paramref name="outputColumnName"/>.</param>
    public static ImageEncoderEstimator ImageEncoder(this TransformsCatalog catalog, VisionLanguageModel model, string outputColumnName, string? inputColumnName = null) =>
        ImageEncoder(catalog, new ImageEncoderOptions { Model = model, OutputColumnName = outputColumnName, InputColumnName = inputColumnName ?? outputColumnName });

    /// <inheritdoc cref="ImageEncoder(TransformsCatalog, VisionLanguageModel, string, string)"/>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="options">The settings.</param>
    public static ImageEncoderEstimator ImageEncoder(this TransformsCatalog catalog, ImageEncoderOptions options) =>
        new(Environment(catalog), options);

    /// <summary>Projects patch features into the language model's tokens: Vector&lt;Single, patches, language width&gt;.</summary>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="model">The model whose projector is used. Must outlive Fit, not the transformer.</param>
    /// <param name="outputColumnName">The column to add.</param>
    /// <param name="inputColumnName">The column of patch features, as <c>ImageEncoder</c> adds it; null for <paramref name="outputColumnName"/>.</param>
    public static ModalityProjectorEstimator ModalityProjector(this TransformsCatalog catalog, VisionLanguageModel model, string outputColumnName, string? inputColumnName = null) =>
        ModalityProjector(catalog, new ModalityProjectorOptions { Model = model, OutputColumnName = outputColumnName, InputColumnName = inputColumnName ?? outputColumnName });

    /// <inheritdoc cref="ModalityProjector(TransformsCatalog, VisionLanguageModel, string, string)"/>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="options">The settings.</param>
    public static ModalityProjectorEstimator ModalityProjector(this TransformsCatalog catalog, ModalityProjectorOptions options) =>
        new(Environment(catalog), options);

    /// <summary>Scores answers about pictures: the log-likelihood of a row's answers (Single, in nats), and the number of their
    /// tokens in a second column with <c>.TokenCount</c> appended.</summary>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="model">The model whose language model is used. Must outlive Fit, not the transformer.</param>
    /// <param name="outputColumnName">The column to add.</param>
    /// <param name="visualTokensColumnName">The column of visual tokens, as <c>ModalityProjector</c> adds it.</param>
    /// <param name="textColumnName">Vector&lt;Text&gt;: the turns of a conversation, whose assistant turns are scored; Text: an answer.</param>
    /// <param name="promptColumnName">The column of prompts (Text) of answers; null for the prompt of captions.</param>
    public static HybridMaskDecoderEstimator HybridMaskDecoder(this TransformsCatalog catalog, VisionLanguageModel model, string outputColumnName,
        string visualTokensColumnName, string textColumnName, string? promptColumnName = null) =>
        HybridMaskDecoder(catalog, new HybridMaskDecoderOptions
        {
            Model = model,
            OutputColumnName = outputColumnName,
            VisualTokensColumnName = visualTokensColumnName,
            TextColumnName = textColumnName,
            PromptColumnName = promptColumnName,
        });

    /// <inheritdoc cref="HybridMaskDecoder(TransformsCatalog, VisionLanguageModel, string, string, string, string)"/>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="options">The settings.</param>
    public static HybridMaskDecoderEstimator HybridMaskDecoder(this TransformsCatalog catalog, HybridMaskDecoderOptions options) =>
        new(Environment(catalog), options);

    /// <summary>Generates captions of pictures, or answers to prompts about them: Text.</summary>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="model">The model whose language model is used. Must outlive Fit, not the transformer.</param>
    /// <param name="outputColumnName">The column to add.</param>
    /// <param name="visualTokensColumnName">The column of visual tokens, as <c>ModalityProjector</c> adds it.</param>
    /// <param name="promptColumnName">The column of prompts (Text), such as questions; null for the prompt of captions.</param>
    public static CaptionGeneratorEstimator CaptionGenerator(this TransformsCatalog catalog, VisionLanguageModel model, string outputColumnName,
        string visualTokensColumnName, string? promptColumnName = null) =>
        CaptionGenerator(catalog, new CaptionGeneratorOptions
        {
            Model = model,
            OutputColumnName = outputColumnName,
            VisualTokensColumnName = visualTokensColumnName,
            PromptColumnName = promptColumnName,
        });

    /// <inheritdoc cref="CaptionGenerator(TransformsCatalog, VisionLanguageModel, string, string, string)"/>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="options">The settings.</param>
    public static CaptionGeneratorEstimator CaptionGenerator(this TransformsCatalog catalog, CaptionGeneratorOptions options) =>
        new(Environment(catalog), options);

    private static IHostEnvironment Environment(TransformsCatalog catalog)
    {
        Contracts.CheckValue(catalog, nameof(catalog));
        return CatalogUtils.GetEnvironment(catalog);
    }
}
