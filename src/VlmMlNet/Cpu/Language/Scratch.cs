using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models.Qwen2;

namespace VlmMlNet.Cpu.Language;

/// <summary>Memory of a language model's forward pass.</summary>
internal sealed unsafe class Scratch(Qwen2Config config, int workers) : RowBuffers
{
    private const int Step = CompactRows.BlockColumns; // the widest padding of all formats
    private float* _workers;
    private int _capacity;

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

    private long WorkerLength => Width + (long)KernelSet.HeadsAtOnce * (Pad(_capacity) + Pad(config.HeadSize));

    /// <summary>A normalised row of a worker.</summary>
    public float* Normalized(int worker) => _workers + worker * WorkerLength;

    /// <summary>Attention weights of a worker.</summary>
    public float* Weights(int worker) => Normalized(worker) + Width;

    /// <summary>Makes room. Hidden states are kept only where there was room already.</summary>
    public void Prepare(int rows, int capacity)
    {
        if (Grow(rows))
        {
            Hidden = Rows(Width);
            Change = Rows(Width);
            Queries = Rows(QueryWidth);
            Keys = Rows(KeyWidth);
            Values = Rows(KeyWidth);
            Attended = Rows(QueryWidth);
            Gate = Rows(MiddleWidth);
            Up = Rows(MiddleWidth);
        }
        _capacity = Math.Max(_capacity, capacity);
        _workers = Workers(workers * WorkerLength);
    }

    private static int Pad(int width) => (width + Step - 1) / Step * Step;
}
