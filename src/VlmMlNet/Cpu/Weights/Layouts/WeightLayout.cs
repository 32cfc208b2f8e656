using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Packing;
using static TorchSharp.torch;

namespace VlmMlNet.Cpu.Weights.Layouts;

/// <summary>All that depends on how a matrix lies in memory: its bytes and their shape in a file, how weights are rounded into it, how a row
/// is read, and which kernel multiplies it.</summary>
/// <remarks>It is asked once for some tiles of a matrix or for one token, never within a kernel's loops.</remarks>
/// <param name="format">Its name.</param>
internal abstract unsafe class WeightLayout(WeightFormat format)
{
    private static readonly WeightLayout[] s_all = [new Float32Layout(), new BFloat16Layout(), new Int8Layout(), new Int4Layout(), new CompactLayout()];

    /// <summary>Its name.</summary>
    public WeightFormat Format { get; } = format;

    /// <summary>Columns of one step of its kernel: the padding of a row.</summary>
    public abstract int ColumnStep { get; }

    /// <summary>Whether it lies as libtorch has it, so that it can be a module's own memory: nothing is rounded then.</summary>
    public virtual bool IsOfModule => false;

    /// <summary>Whether each row has a scale.</summary>
    public virtual bool HasScales => true;

    /// <summary>Bytes of what stands beside a tile; 0 for nothing.</summary>
    public virtual int RestBytes(int paddedColumns) => 0;

    /// <summary>The format of embeddings and of the output layer, where this is the format of the layers between them.</summary>
    public virtual WeightFormat Outer => Format;

    /// <summary>Whether weights become bfloat16 before they are packed.</summary>
    public virtual bool IsOfBFloat16 => false;

    /// <summary>Columns whose activations share a scale, of integers.</summary>
    public virtual int InputGroup => WeightMatrix.Int4Group;

    /// <summary>The layout of a format.</summary>
    public static WeightLayout Of(WeightFormat format) => s_all[(int)format];

    /// <summary>Columns with the zeros that fill the last step of a kernel.</summary>
    public int Pad(int columns) => (columns + ColumnStep - 1) / ColumnStep * ColumnStep;

    /// <summary>Bytes of a matrix without its scales per row.</summary>
    public abstract long BytesOf(int rows, int paddedColumns);

    /// <summary>Type and shape of a matrix in a file.</summary>
    public abstract (ScalarType Type, long[] Shape) InFile(int rows, int paddedColumns);

    /// <summary>Bytes that an activation takes.</summary>
    /// <param name="hasByteProducts">Whether the kernels multiply bytes as such.</param>
    public virtual int InputBytes(bool hasByteProducts) => sizeof(float);

    /// <summary>What kernels would take for a place in memory, and which leads outside of it; null for none.</summary>
    public virtual string? FindFault(WeightMatrix matrix) => null;

    /// <summary>Fills a matrix, whose memory is zeroed.</summary>
    /// <param name="weight">[rows, columns], floats of any kind, on any device.</param>
    /// <param name="target">The matrix.</param>
    /// <returns>False where the format cannot hold the weights.</returns>
    public virtual bool Pack(Tensor weight, WeightMatrix target) => MatrixPacker.Pack(weight, target);

    /// <inheritdoc cref="MatrixPacker.TilePacker"/>
    public virtual bool PackTile<TLanes>(float* rows, int count, WeightMatrix target, int tile)
        where TLanes : struct, ILanes<TLanes> => throw new InvalidOperationException($"{Format} is libtorch's own.");

    /// <summary>Reads a row.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">The row.</param>
    /// <param name="target">[Columns].</param>
    public abstract void ReadRow(WeightMatrix matrix, int row, Span<float> target);

    /// <inheritdoc cref="KernelSet.Quantize"/>
    public abstract void Quantize(KernelSet kernels, float* x, Activations target, int token);

    /// <inheritdoc cref="KernelSet.Multiply"/>
    public abstract void Multiply(KernelSet kernels, WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride);
}
