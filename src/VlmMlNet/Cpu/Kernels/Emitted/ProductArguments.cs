using System.Runtime.InteropServices;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels.Emitted;

/// <summary>What emitted code multiplies: some tiles of a matrix with a block of tokens. It reads the fields by their places.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ProductArguments
{
    /// <summary>The first tile.</summary>
    public byte* Weights;

    /// <summary>Bytes from a tile to the next.</summary>
    public long TileBytes;

    /// <summary>The block's activations.</summary>
    public byte* Activations;

    /// <summary>Groups of columns.</summary>
    public long Groups;

    /// <summary>Of the activations, [groups][tokens of the block].</summary>
    public float* Scales;

    /// <summary>What the sums begin with, [groups][tokens of the block].</summary>
    public int* Corrections;

    /// <summary>Of the rows of the first tile.</summary>
    public float* RowScales;

    /// <summary>The first tile's rows of the first token.</summary>
    public float* Result;

    /// <summary>Bytes from a token's results to the next.</summary>
    public long ResultBytes;

    /// <summary><see cref="Int4Group.ScaleMask"/>.</summary>
    public int ScaleMask;

    /// <summary>The low half of each byte.</summary>
    public int NibbleMask;

    /// <summary>Tiles, of code for one token.</summary>
    public long Tiles;
}
