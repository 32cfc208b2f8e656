using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Weights;
using VlmMlNet.Models.Siglip;

namespace VlmMlNet.Cpu.Vision;

/// <summary>Memory of a pass over pictures.</summary>
internal sealed unsafe class VisionScratch(SiglipVisionConfig config, int patchWidth, int workers) : RowBuffers
{
    private readonly int _headSize = config.HiddenSize / config.NumAttentionHeads, _tokens = (config.PatchCount + 15) / 16 * 16;
    private float* _workers;

    /// <summary>Floats from a row to the next: hidden states, queries, keys, values; between the layers of the MLP; pixels.</summary>
    public int Width { get; } = WeightMatrix.Pad(WeightFormat.Int8, config.HiddenSize);

    public int MiddleWidth { get; } = WeightMatrix.Pad(WeightFormat.Int8, config.IntermediateSize);

    public int PatchWidth { get; } = patchWidth;

    /// <summary>The residual stream, [rows, Width].</summary>
    public float* Hidden { get; private set; }

    /// <summary>What is added to it, [rows, Width].</summary>
    public float* Change { get; private set; }

    public float* Queries { get; private set; }

    public float* Keys { get; private set; }

    public float* Values { get; private set; }

    public float* Attended { get; private set; }

    public float* Middle { get; private set; }

    public float* Patches { get; private set; }

    private int PaddedHead => SlotMemory.Pad(_headSize);

    private int WeightsLength => KernelSet.HeadsAtOnce * (_tokens + PaddedHead);

    private int WorkerLength => Width + 2 * _tokens * PaddedHead + (2 * KernelSet.HeadsAtOnce * _headSize + 15) / 16 * 16 + WeightsLength;

    /// <summary>A normalised row of a worker.</summary>
    public float* Normalized(int worker) => _workers + (long)worker * WorkerLength;

    /// <summary>Keys of a head in blocks of 16 patches, as <see cref="SlotMemory"/> has them.</summary>
    public float* HeadKeys(int worker) => Normalized(worker) + Width;

    /// <summary>Values of a head.</summary>
    public float* HeadValues(int worker) => HeadKeys(worker) + _tokens * PaddedHead;

    /// <summary>Queries of some patches and what they give.</summary>
    public float* HeadQueries(int worker) => HeadValues(worker) + _tokens * PaddedHead;

    /// <summary>Attention weights.</summary>
    public float* Weights(int worker) => Normalized(worker) + WorkerLength - WeightsLength;

    /// <summary>Makes room.</summary>
    public void Prepare(int rows)
    {
        _workers = Workers((long)workers * WorkerLength);
        if (!Grow(rows))
            return;
        Hidden = Rows(Width);
        Change = Rows(Width);
        Queries = Rows(Width);
        Keys = Rows(Width);
        Values = Rows(Width);
        Attended = Rows(Width);
        Middle = Rows(MiddleWidth);
        Patches = Rows(PatchWidth);
    }
}
