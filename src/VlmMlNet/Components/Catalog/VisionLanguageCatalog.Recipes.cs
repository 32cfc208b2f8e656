using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Components;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Components.Stages;
using VlmMlNet.Training;
using VlmMlNet.Training.Backbones;
using VlmMlNet.Training.Examples;

namespace VlmMlNet;

/// <content>Whole runs: training from files to a saved model, and its evaluation.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Data as training examples, for <see cref="StageTrainer"/>, <see cref="Train"/> and <see cref="TrainSmallBackbones"/>:
    /// what the stages' <c>Fit</c> would learn from, of one data set or several.</summary>
    /// <param name="data">Data sets; their schemas may differ. Their texts are read once to count the examples.</param>
    /// <param name="options">Columns, the prompt of captions, and whether rows without picture or answer are left to the run to skip; null
    /// for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type.</exception>
    public TrainingSet ReadExamples(IEnumerable<IDataView> data, TrainingStageOptions? options = null)
    {
        Contracts.CheckValue(data, nameof(data));
        options ??= new TrainingStageOptions();
        var host = _environment.Register(nameof(ReadExamples));
        return TrainingSet.Concat([.. data.Select(d => StageData.Open(host, d, StageColumns.Of(host, SchemaShape.Create(d.Schema), options), options.CaptionPrompt ?? VisionLanguageModel.DefaultCaptionPrompt, options.SkipUnreadableImages))]);
    }

    /// <summary>Trains small backbones from nothing on the context's device: see <see cref="SmallBackbones"/>.</summary>
    /// <param name="pictures">Pictures with captions.</param>
    /// <param name="text">Conversations for the tokenizer and the language model.</param>
    /// <param name="options">Shapes and training; null for the defaults.</param>
    /// <param name="run">Seed, progress, cancellation; null for the defaults.</param>
    /// <returns>The model that stage 0 starts from, owned by the caller.</returns>
    public VisionLanguageModel TrainSmallBackbones(TrainingSet pictures, TrainingSet text, SmallBackboneOptions? options = null, TrainingRun? run = null) =>
        SmallBackbones.Train(pictures, text, options, run, TorchDevice.For(_environment.Register(nameof(TrainSmallBackbones)))).Model;

    /// <summary>Trains stages one after another and saves the model after each.</summary>
    /// <param name="training">The start, the stages, the folder.</param>
    /// <returns>The model of the last stage, owned by the caller.</returns>
    /// <exception cref="ArgumentException">There is no stage, or one contradicts itself.</exception>
    /// <exception cref="IOException">The folder holds other things, or a file cannot be written.</exception>
    /// <exception cref="InvalidOperationException">The folder's run has other stages.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; what it had reached is saved.</exception>
    public VisionLanguageModel Train(StagedTraining training)
    {
        Contracts.CheckValue(training, nameof(training));
        var host = _environment.Register(nameof(Train));
        return new StagedTrainingRunner(training with
        {
            Run = training.Run with
            {
                Diagnosed = diagnostic =>
                {
                    StageLog.Warn(host, diagnostic.Text);
                    training.Run.Diagnosed?.Invoke(diagnostic);
                },
            },
        }, LoadSilently).Run();
    }

    /// <summary>Lets a model caption or answer a data set and scores what it says. Data with captions gives caption metrics, data
    /// with questions or conversations gives answer metrics; of a conversation each turn is a question of its own.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Pictures with captions or questions, as the library's readers give them.</param>
    /// <param name="options">Limits, baseline, progress; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type.</exception>
    /// <exception cref="MalformedInputException">No row can be evaluated, or a picture cannot be decoded.</exception>
    public ModelEvaluation EvaluateModel(VisionLanguageModel model, IDataView data, ModelEvaluationOptions? options = null)
    {
        Contracts.CheckValue(model, nameof(model));
        Contracts.CheckValue(data, nameof(data));
        options ??= new ModelEvaluationOptions();
        options.Check();
        return new ModelEvaluator(_environment.Register(nameof(EvaluateModel)), model, data, options).Run();
    }
}
