using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Generation;

namespace VlmMlNet;

/// <content>What smaller weights cost.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Lets a model and smaller versions of it caption or answer the same data, and says what the smaller ones lose: how
    /// often they choose another token along the model's own answers and how far their distributions lie from its, how their own
    /// answers differ, and how their score changes.</summary>
    /// <param name="model">The model as it was trained; it is looked at in float32.</param>
    /// <param name="smaller">Versions of it, as <see cref="VisionLanguageModel.WithPrecision"/> or <see cref="LoadModel"/> with a
    /// precision gives them. All are used at once, so all are in memory.</param>
    /// <param name="data">Pictures with captions or questions, as the library's readers give them. CIDEr compares pictures with each
    /// other: of few it says little.</param>
    /// <param name="options">Limits, progress; null for the defaults.</param>
    /// <exception cref="ArgumentException">A smaller model has another vocabulary or takes pictures of another size.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type.</exception>
    /// <exception cref="InvalidOperationException">The model itself is held in a reduced precision.</exception>
    /// <exception cref="MalformedInputException">No row can be compared, or a picture cannot be decoded.</exception>
    public PrecisionComparison ComparePrecisions(VisionLanguageModel model, IReadOnlyList<VisionLanguageModel> smaller, IDataView data, PrecisionComparisonOptions? options = null)
    {
        Contracts.CheckValue(model, nameof(model));
        Contracts.CheckValue(smaller, nameof(smaller));
        Contracts.CheckValue(data, nameof(data));
        options ??= new PrecisionComparisonOptions();
        options.Check();
        GenerationLimits.Check(options.Generation, model.Conversation.Language.Config, promptTokens: 0);
        var host = _environment.Register(nameof(ComparePrecisions));
        foreach (var other in smaller)
        {
            if (other.Conversation.Language.Config.VocabSize != model.Conversation.Language.Config.VocabSize || other.ImageTokenCount != model.ImageTokenCount
                || other.VisionPart.Config.ImageSize != model.VisionPart.Config.ImageSize)
                throw new ArgumentException("A smaller model has another vocabulary or takes other pictures: it was not made of this model.", nameof(smaller));
        }
        using var reference = model.WithPrecision(WeightPrecision.Float32);
        var held = new List<VisionLanguageModel>(); // they may be disposed meanwhile
        try
        {
            foreach (var other in smaller)
                held.Add(other.Share());
            return new PrecisionComparer(host, reference, held, data, options).Run();
        }
        finally
        {
            held.ForEach(other => other.Dispose());
        }
    }
}
