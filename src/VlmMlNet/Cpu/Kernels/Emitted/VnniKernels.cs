using System.Runtime.Intrinsics.X86;
using VlmMlNet.Cpu.Kernels.Lanes;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Kernels.Emitted;

#pragma warning disable CA1001 // its code lives as long as the process

/// <summary>The arithmetic over 512 bits with integer products in code that is emitted at run time.</summary>
internal sealed unsafe class VnniKernels : KernelSet<Lanes512>
{
    private const int CodeAlignment = 64, Vnni = 1 << 11; // CPUID 7: bit 11 of ECX
    private static readonly int[] s_blockSizes = [6, 4, 2, 1];
    private static readonly Lazy<VnniKernels?> s_instance = new(Create);
    private readonly ExecutableMemory _code;
    private readonly nint[] _int8 = new nint[2 * 7], _int4 = new nint[2 * 7]; // [tokens of a block, tiles - 1]

    private VnniKernels()
    {
        var code = new MemoryStream();
        foreach (int tokens in s_blockSizes)
            for (int tiles = 1; tiles <= 2; tiles++)
            {
                _int8[Index(tokens, tiles)] = Append(code, VnniAssembler.Int8(tokens, tiles));
                _int4[Index(tokens, tiles)] = Append(code, VnniAssembler.Int4(tokens, tiles));
            }
        _code = new ExecutableMemory(code.GetBuffer().AsSpan(0, (int)code.Length));
        foreach (int tokens in s_blockSizes)
            for (int tiles = 1; tiles <= 2; tiles++)
            {
                _int8[Index(tokens, tiles)] += _code.Start;
                _int4[Index(tokens, tiles)] += _code.Start;
            }
    }

    /// <summary>One for the process, as its code is; null where the processor lacks the instruction, the system is not Linux
    /// or forbids code that is made at run time, or the switch <c>VlmMlNet.EmitCode</c> of
    /// <see cref="AppContext"/> is false.</summary>
    public static VnniKernels? Instance => s_instance.Value;

    public override IReadOnlyList<int> BlockSizes => s_blockSizes;

    public override bool HasByteProducts => true;

    public override void MultiplyInt8(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        Multiply(_int8, weights, x, firstTile, endTile, y, stride);

    public override void MultiplyInt4(WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride) =>
        Multiply(_int4, weights, x, firstTile, endTile, y, stride);

    private static VnniKernels? Create()
    {
        bool isWanted = !AppContext.TryGetSwitch("VlmMlNet.EmitCode", out bool isOn) || isOn;
        if (!isWanted || !OperatingSystem.IsLinux() || !Lanes512.IsSupported || (X86Base.CpuId(7, 0).Ecx & Vnni) == 0)
            return null;
        try
        {
            return new VnniKernels();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null; // a hardened system: the portable kernels do the same
        }
    }

    private static int Index(int tokens, int tiles) => 2 * tokens + tiles - 1;

    private static nint Append(MemoryStream code, byte[] function)
    {
        while (code.Length % CodeAlignment != 0)
            code.WriteByte(0xCC);
        nint offset = (nint)code.Length;
        code.Write(function);
        return offset;
    }

    // Two tiles stay in a near cache while all tokens pass by.
    private static void Multiply(nint[] functions, WeightMatrix weights, Activations x, int firstTile, int endTile, float* y, int stride)
    {
        int groups = x.Groups;
        long tileBytes = weights.TileBytes;
        int tilesAtOnce = x.Tokens == 1 ? endTile - firstTile : 2;
        var arguments = new ProductArguments { TileBytes = tileBytes, Groups = groups, ResultBytes = (long)stride * sizeof(float), ScaleMask = Int4Group.ScaleMask, NibbleMask = 0x0F0F0F0F, Tiles = x.Tokens == 1 ? tilesAtOnce : 1 };
        for (int tile = firstTile; tile < endTile; tile += tilesAtOnce)
        {
            int tiles = Math.Min(tilesAtOnce, endTile - tile);
            arguments.Weights = weights.Data + tile * tileBytes;
            arguments.RowScales = weights.Scales + tile * WeightMatrix.TileRows;
            for (int token = 0; token < x.Tokens;)
            {
                int size = x.BlockAt(token);
                arguments.Activations = x.Data + (long)token * x.TokenBytes;
                arguments.Scales = x.Scales + (long)token * groups;
                arguments.Corrections = x.Corrections + (long)token * groups;
                arguments.Result = y + (long)token * stride + tile * WeightMatrix.TileRows;
                ((delegate* unmanaged<ProductArguments*, void>)functions[Index(size, x.Tokens == 1 ? 1 : tiles)])(&arguments);
                token += size;
            }
        }
    }
}
