using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Batching;

namespace VlmMlNet.Components;

/// <summary>A transformer that adds columns computed by one part of a vision-language model, lazily and for several rows at a
/// time. It may be used by several threads at once; their forward passes take turns.</summary>
/// <remarks>It holds its part together with the model that it was made of, so that either may be disposed first.
/// A <c>PredictionEngine</c> disposes its transformer, unless it is created with
/// <c>PredictionEngineOptions.OwnsTransformer = false</c>.</remarks>
public abstract class VisionLanguageTransformer : ITransformer, IDisposable
{
    private int _disposed;

    private protected VisionLanguageTransformer(IHostEnvironment environment)
    {
        Host = environment.Register(GetType().Name);
    }

    /// <summary>Always true: each row is computed from itself.</summary>
    public bool IsRowToRowMapper => true;

    private protected IHost Host { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type.</exception>
    /// <exception cref="ObjectDisposedException">The transformer is disposed.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Map(inputSchema).OutputSchema;

    /// <inheritdoc/>
    /// <inheritdoc cref="GetOutputSchema" path="/exception"/>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new BatchedRowToRowMapper(Map(inputSchema));

    /// <summary>The data with the columns added. Nothing is computed before their values are read.</summary>
    /// <param name="input">Data that gives the same rows in the same order whenever it is read.</param>
    /// <inheritdoc cref="GetOutputSchema" path="/exception"/>
    public IDataView Transform(IDataView input)
    {
        Host.CheckValue(input, nameof(input));
        return new BatchedDataView(input, Map(input.Schema));
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        Host.CheckValue(ctx, nameof(ctx));
        CheckNotDisposed();
        SaveModel(ctx);
    }

    /// <summary>Gives up the transformer's share of the model; the last holder frees the memory.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        Release();
        GC.SuppressFinalize(this);
    }

    private protected abstract BatchMapping Bind(DataViewSchema inputSchema);

    private protected abstract void SaveModel(ModelSaveContext context);

    private protected abstract void Release();

    private protected void CheckNotDisposed()
    {
        if (Volatile.Read(ref _disposed) != 0)
            throw new ObjectDisposedException(GetType().Name,
                "It is disposed: by itself, with a pipeline that it is part of, or with a PredictionEngine that was made of it, which takes its transformer along unless PredictionEngineOptions.OwnsTransformer is false.");
    }

    private BatchMapping Map(DataViewSchema inputSchema)
    {
        Host.CheckValue(inputSchema, nameof(inputSchema));
        CheckNotDisposed();
        return Bind(inputSchema);
    }
}
