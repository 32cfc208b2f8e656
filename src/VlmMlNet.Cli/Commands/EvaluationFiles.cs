using System.Text.Json;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Evaluation.Output;

namespace VlmMlNet.Cli.Commands;

/// <summary>The files that <c>vlm evaluate</c> writes its model's answers to, as they are made.</summary>
internal sealed class EvaluationFiles : IDisposable
{
    private readonly GrowingList? _details, _results;

    /// <summary>Begins the files that are asked for.</summary>
    /// <param name="details">What --details says.</param>
    /// <param name="results">What --results says.</param>
    /// <param name="inputs">What the command reads, which is not to be written over.</param>
    /// <exception cref="UsageException">Two of the files are the same.</exception>
    /// <exception cref="IOException">One cannot be written.</exception>
    public EvaluationFiles(string? details, string? results, params ReadOnlySpan<string?> inputs)
    {
        OutputFile.CheckKind("--details", details, "JSON", ".json");
        OutputFile.CheckKind("--results", results, "JSON", ".json");
        OutputFile.Check("--details", details, inputs);
        OutputFile.Check("--results", results, [.. inputs, details]);
        try
        {
            _details = details is null ? null : new GrowingList("--details", details, isIndented: true);
            _results = results is null ? null : new GrowingList("--results", results, isIndented: false);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether there are any.</summary>
    public bool Exist => _details is not null || _results is not null;

    /// <summary>Whether answers are written by their ids alone.</summary>
    public bool HasResults => _results is not null;

    /// <summary>Writes an answer.</summary>
    /// <param name="prediction">The answer.</param>
    /// <param name="format">The format of results.</param>
    public void Add(ModelPrediction prediction, ResultsFile format)
    {
        _details?.Add(json => JsonSerializer.Serialize(json, prediction, ModelEvaluation.Json));
        _results?.Add(json => format.Write(json, prediction.Id, prediction.Answer));
    }

    /// <summary>Gives the files their names.</summary>
    public void Complete()
    {
        _details?.Complete();
        _results?.Complete();
    }

    /// <summary>Says where files are that were not completed.</summary>
    public void Report(Shell shell)
    {
        _details?.Report(shell);
        _results?.Report(shell);
    }

    public void Dispose()
    {
        _details?.Dispose();
        _results?.Dispose();
    }
}
