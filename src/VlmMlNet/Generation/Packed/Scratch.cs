using VlmMlNet.Models;

namespace VlmMlNet.Generation.Packed;

/// <summary>Memory of a forward pass, which grows with the number of its tokens. Rows are padded with zeros that nothing overwrites.</summary>
internal sealed unsafe class Scratch(Qwen2Config config, int workers) : IDisposable
{
    private const int Step = WeightMatrix.Int4Columns; // the widest padding of all formats
    private readonly NativeBuffer?[] _buffers = new NativeBuffer?[10];
    private int _rows, _capacity;

    /// <summary>Floats from a row to the next: hidden states; queries; keys; between the layers of the MLP.</summary>
    public int Width { get; } = Pad(config.HiddenSize);

    public int QueryWidth { get; } = Pad(config.NumAttentionHeads * config.HeadSize);

    public int KeyWidth { get; } = Pad(config.NumKeyValueHeads * config.HeadSize);

    public int MiddleWidth { get; } = Pad(config.IntermediateSize);

    /// <summary>The residual stream, [rows, Width].</summary>
    public float* Hidden { get; private set; }

    /// <summary>What is added to it, [rows, Width].</summary>
    public float* Change { get; private set; }

    public float* Queries { get; private set; }

    public float* Keys { get; private set; }

    public float* Values { get; private set; }

    public float* Attended { get; private set; }

    public float* Gate { get; private set; }

    public float* Up { get; private set; }

    /// <summary>A normalised row of a worker.</summary>
    public float* Normalized(int worker) => (float*)_buffers[8]!.Data + (long)worker * Width;

    /// <summary>Attention weights of a worker.</summary>
    public float* Weights(int worker) => (float*)_buffers[9]!.Data + worker * WeightsPerWorker(_capacity);

    /// <summary>Makes room. Hidden states are kept only where there was room already.</summary>
    public void Prepare(int rows, int capacity)
    {
        if (rows > _rows)
        {
            _rows = rows;
            Hidden = Allocate(0, Width);
            Change = Allocate(1, Width);
            Queries = Allocate(2, QueryWidth);
            Keys = Allocate(3, KeyWidth);
            Values = Allocate(4, KeyWidth);
            Attended = Allocate(5, QueryWidth);
            Gate = Allocate(6, MiddleWidth);
            Up = Allocate(7, MiddleWidth);
        }
        _buffers[8] ??= new NativeBuffer((long)workers * Width * sizeof(float));
        if (_buffers[9] is null || capacity > _capacity)
        {
            _capacity = capacity;
            _buffers[9]?.Dispose();
            _buffers[9] = new NativeBuffer(workers * WeightsPerWorker(capacity) * sizeof(float));
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer?.Dispose();
    }

    private static int Pad(int width) => (width + Step - 1) / Step * Step;

    private long WeightsPerWorker(int capacity) => (long)Kernels.HeadsAtOnce * (Pad(capacity) + Pad(config.HeadSize));

    private float* Allocate(int index, int width)
    {
        _buffers[index]?.Dispose();
        _buffers[index] = new NativeBuffer((long)_rows * width * sizeof(float));
        return (float*)_buffers[index]!.Data;
    }
}
