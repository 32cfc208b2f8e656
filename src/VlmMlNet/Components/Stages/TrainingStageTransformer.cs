using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Components.HybridMaskDecoder;
using VlmMlNet.Training;

namespace VlmMlNet.Components.Stages;

/// <summary>A finished stage: its model, and a transformer that scores the answers of data like the stage's own (for a
/// validation loss) by ImageEncoder, ModalityProjector and HybridMaskDecoder in a chain. Stands wherever a
/// <see cref="VisionLanguageModel"/> is expected.</summary>
/// <remarks>Scores use the hybrid mask (the causal one after a stage that used it): stage 0's own loss, of hidden tokens under
/// the bidirectional mask, is in <see cref="History"/>. Saved as the chain. Disposing it disposes the model; pipelines that
/// were fitted with the model hold their own shares.</remarks>
public sealed class TrainingStageTransformer : ITransformer, IDisposable
{
    private readonly TransformerChain<HybridMaskDecoderTransformer> _chain;

    internal TrainingStageTransformer(TransformerChain<HybridMaskDecoderTransformer> chain, VisionLanguageModel model, TrainingStage stage, TrainingHistory history)
    {
        _chain = chain;
        (Model, Stage, History) = (model, stage, history);
    }

    /// <summary>The model that the stage made.</summary>
    public VisionLanguageModel Model { get; }

    /// <summary>What was trained, and how.</summary>
    public TrainingStage Stage { get; }

    /// <summary>Loss and learning rate of every step.</summary>
    public TrainingHistory History { get; }

    /// <summary>Always true: each row is scored by itself.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>The stage's <see cref="Model"/>.</summary>
    /// <param name="stage">A finished stage.</param>
    public static implicit operator VisionLanguageModel(TrainingStageTransformer stage) => stage?.Model!;

    /// <inheritdoc/>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _chain.GetOutputSchema(inputSchema);

    /// <inheritdoc/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => ((ITransformer)_chain).GetRowToRowMapper(inputSchema);

    /// <summary>The data with the log-likelihood of each row's answers, and between its column and the data's those of patch
    /// features and visual tokens. Nothing is computed before values are read.</summary>
    /// <param name="input">The columns that the stage learned from.</param>
    public IDataView Transform(IDataView input) => _chain.Transform(input);

    void ICanSaveModel.Save(ModelSaveContext ctx) => ((ICanSaveModel)_chain).Save(ctx);

    /// <summary>Gives up the model and the chain's shares of it.</summary>
    public void Dispose()
    {
        _chain.Dispose();
        Model.Dispose();
    }
}
