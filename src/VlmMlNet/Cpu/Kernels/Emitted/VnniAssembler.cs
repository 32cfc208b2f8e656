using Iced.Intel;
using VlmMlNet.Cpu.Weights;
using static Iced.Intel.AssemblerRegisters;

namespace VlmMlNet.Cpu.Kernels.Emitted;

/// <summary>Writes the inner loops of integer products with the processor's VPDPBUSD, which multiplies 64 bytes in one
/// instruction and which .NET has no method for. Each gives the bits of <see cref="Int8Kernel{TLanes}"/> or
/// <see cref="Int4Kernel{TLanes}"/>.</summary>
/// <remarks>
/// A block of up to 6 tokens times up to 2 tiles keeps its integer sums in registers 0 to 11 and its float sums in 12 to 23.
/// A function takes a pointer to <see cref="ProductArguments"/> in RDI (the calling convention of Linux) and changes only registers that
/// belong to the callee.
/// </remarks>
internal sealed class VnniAssembler
{
    private const int GroupsTogether = WeightMatrix.Int4Columns / WeightMatrix.Int4Group;
    private const int MostTokens = 6, Quads = 16, QuadBytes = 4 * WeightMatrix.TileRows, TileRowBytes = sizeof(float) * WeightMatrix.TileRows;
    private static readonly AssemblerRegisterZMM[] s_registers =
        [zmm0, zmm1, zmm2, zmm3, zmm4, zmm5, zmm6, zmm7, zmm8, zmm9, zmm10, zmm11, zmm12, zmm13, zmm14, zmm15, zmm16, zmm17, zmm18, zmm19, zmm20, zmm21, zmm22, zmm23];
    private readonly Assembler _code = new(64);
    private readonly int _tokens, _tiles;
    private Label _tile;

    private VnniAssembler(int tokens, int tiles) => (_tokens, _tiles, _tile) = (tokens, tiles, _code.CreateLabel());

    /// <summary>Code that multiplies tiles of <see cref="WeightFormat.Int8"/>.</summary>
    /// <param name="tokens">Tokens of a block, 1 to 6.</param>
    /// <param name="tiles">1 or 2.</param>
    public static byte[] Int8(int tokens, int tiles)
    {
        var assembler = new VnniAssembler(tokens, tiles);
        assembler.Begin();
        assembler.Int8Groups();
        return assembler.End();
    }

    /// <summary>Code that multiplies tiles of <see cref="WeightFormat.Int4"/>.</summary>
    /// <param name="tokens">Tokens of a block, 1 to 6.</param>
    /// <param name="tiles">1 or 2.</param>
    public static byte[] Int4(int tokens, int tiles)
    {
        var assembler = new VnniAssembler(tokens, tiles);
        assembler.Begin();
        assembler.Int4Groups();
        return assembler.End();
    }

    private static AssemblerRegisterZMM Sum(int token, int tile) => s_registers[token * 2 + tile];

    private static AssemblerRegisterZMM Total(int token, int tile) => s_registers[2 * MostTokens + token * 2 + tile];

    // One token is a matter of reading memory, best in one stream without a stop: tile after tile.
    private bool IsStream => _tokens == 1 && _tiles == 1;

    private void Begin()
    {
        _code.mov(r8, __qword_ptr[rdi]);
        if (IsStream)
        {
            _code.mov(r9, __qword_ptr[rdi + 80]);
            _code.mov(r10, __qword_ptr[rdi + 48]);
            _code.mov(r11, __qword_ptr[rdi + 56]);
            _code.Label(ref _tile);
        }
        else
        {
            _code.mov(r9, r8);
            _code.add(r9, __qword_ptr[rdi + 8]); // the second tile
        }
        _code.mov(rsi, __qword_ptr[rdi + 16]);
        _code.mov(rax, __qword_ptr[rdi + 24]);
        _code.mov(rdx, __qword_ptr[rdi + 32]);
        _code.mov(rcx, __qword_ptr[rdi + 40]);
        for (int token = 0; token < _tokens; token++)
            for (int tile = 0; tile < _tiles; tile++)
                _code.vpxord(Total(token, tile), Total(token, tile), Total(token, tile));
    }

    private void BeginSums()
    {
        for (int token = 0; token < _tokens; token++)
        {
            _code.vpbroadcastd(Sum(token, 0), __dword_ptr[rcx + 4 * token]);
            if (_tiles == 2)
                _code.vmovdqa64(Sum(token, 1), Sum(token, 0));
        }
        _code.add(rcx, 4 * _tokens);
    }

    private void Int8Groups()
    {
        var group = _code.CreateLabel();
        _code.Label(ref group);
        BeginSums();
        for (int quad = 0; quad < Quads; quad++)
        {
            Prefetch(quad * QuadBytes);
            _code.vmovdqu32(zmm24, __zmmword_ptr[r8 + quad * QuadBytes]);
            if (_tiles == 2)
                _code.vmovdqu32(zmm25, __zmmword_ptr[r9 + quad * QuadBytes]);
            Multiply(quad, zmm24, zmm25);
        }
        for (int token = 0; token < _tokens; token++)
            for (int tile = 0; tile < _tiles; tile++)
            {
                _code.vcvtdq2ps(Sum(token, tile), Sum(token, tile));
                _code.vfmadd231ps(Total(token, tile), Sum(token, tile), __dword_bcst[rdx + 4 * token]);
            }
        Advance(Quads * QuadBytes);
        _code.add(rsi, 4 * Quads * _tokens);
        _code.add(rdx, 4 * _tokens);
        _code.dec(rax);
        _code.jne(group);
    }

    // Four groups lie together, with their scales behind them.
    private void Int4Groups()
    {
        _code.vpbroadcastd(zmm31, __dword_ptr[rdi + 76]);
        var together = _code.CreateLabel();
        _code.Label(ref together);
        Prefetch(GroupsTogether * 4 * QuadBytes);
        for (int group = 0; group < GroupsTogether; group++)
        {
            BeginSums();
            for (int vector = 0; vector < 4; vector++)
            {
                int at = group * 256 + vector * QuadBytes;
                Prefetch(at);
                Halves(zmm24, zmm26, r8, at);
                if (_tiles == 2)
                    Halves(zmm25, zmm27, r9, at);
                Multiply(group * 8 + vector, zmm24, zmm25);
                Multiply(group * 8 + 4 + vector, zmm26, zmm27);
            }
            GroupScales(zmm24, r8, group);
            if (_tiles == 2)
                GroupScales(zmm25, r9, group);
            for (int token = 0; token < _tokens; token++)
                for (int tile = 0; tile < _tiles; tile++)
                {
                    _code.vcvtdq2ps(Sum(token, tile), Sum(token, tile));
                    _code.vmulps(zmm28, tile == 0 ? zmm24 : zmm25, __dword_bcst[rdx + 4 * token]);
                    _code.vfmadd231ps(Total(token, tile), Sum(token, tile), zmm28);
                }
            _code.add(rdx, 4 * _tokens);
        }
        Advance(WeightMatrix.Int4Bytes);
        _code.add(rsi, WeightMatrix.Int4Columns * _tokens);
        _code.sub(rax, GroupsTogether);
        _code.jne(together);
    }

    private void Advance(int bytes)
    {
        _code.add(r8, bytes);
        if (_tiles == 2)
            _code.add(r9, bytes);
    }

    // The processor foresees too little of the stream by itself.
    private void Prefetch(int at)
    {
        if (IsStream)
            _code.prefetcht1(__byte_ptr[r8 + at + WeightMatrix.BytesAhead]);
    }

    private void Halves(AssemblerRegisterZMM low, AssemblerRegisterZMM high, AssemblerRegister64 tile, int at)
    {
        _code.vmovdqu32(low, __zmmword_ptr[tile + at]);
        _code.vpsrlw(high, low, 4);
        _code.vpandd(low, low, zmm31);
        _code.vpandd(high, high, zmm31);
    }

    private void GroupScales(AssemblerRegisterZMM scales, AssemblerRegister64 tile, int group)
    {
        _code.vpmovsxbd(scales, __xmmword_ptr[tile + GroupsTogether * 256 + group * WeightMatrix.TileRows]);
        _code.vpslld(scales, scales, Int4Group.ScaleShift);
        _code.vpandd(scales, scales, __dword_bcst[rdi + 72]);
    }

    private void Multiply(int quad, AssemblerRegisterZMM first, AssemblerRegisterZMM second)
    {
        for (int token = 0; token < _tokens; token++)
        {
            int at = 4 * (quad * _tokens + token);
            if (_tiles == 1)
            {
                _code.vpdpbusd(Sum(token, 0), first, __dword_bcst[rsi + at]);
                continue;
            }
            var x = token % 2 == 0 ? zmm29 : zmm30;
            _code.vpbroadcastd(x, __dword_ptr[rsi + at]);
            _code.vpdpbusd(Sum(token, 0), first, x);
            _code.vpdpbusd(Sum(token, 1), second, x);
        }
    }

    private byte[] End()
    {
        if (IsStream)
        {
            _code.vmulps(Total(0, 0), Total(0, 0), __zmmword_ptr[r10]);
            _code.vmovups(__zmmword_ptr[r11], Total(0, 0));
            _code.add(r10, TileRowBytes);
            _code.add(r11, TileRowBytes);
            _code.dec(r9);
            _code.jne(_tile);
        }
        else
        {
            Store();
        }
        _code.vzeroupper();
        _code.ret();
        using var stream = new MemoryStream();
        _code.Assemble(new StreamCodeWriter(stream), 0);
        return stream.ToArray();
    }

    private void Store()
    {
        _code.mov(rsi, __qword_ptr[rdi + 48]);
        _code.mov(rdx, __qword_ptr[rdi + 56]);
        for (int token = 0; token < _tokens; token++)
        {
            for (int tile = 0; tile < _tiles; tile++)
            {
                _code.vmulps(Total(token, tile), Total(token, tile), __zmmword_ptr[rsi + tile * TileRowBytes]);
                _code.vmovups(__zmmword_ptr[rdx + tile * TileRowBytes], Total(token, tile));
            }
            _code.add(rdx, __qword_ptr[rdi + 64]);
        }
    }
}
