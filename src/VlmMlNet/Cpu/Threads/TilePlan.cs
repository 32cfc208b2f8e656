namespace VlmMlNet.Cpu.Threads;

/// <summary>Tiles in a row, cut into chunks that become smaller towards the end: members of a team that take them one after another
/// then come to the end together, with few chunks to hand out.</summary>
internal sealed class TilePlan
{
    private const int BytesOfOneToken = 256 * 1024, BytesOfManyTokens = 512 * 1024, ManyTokens = 16, ChunksAhead = 3;
    private int[] _ends = new int[64];

    /// <summary>Number of chunks.</summary>
    public int Chunks { get; private set; }

    /// <summary>Tiles of the largest chunk, the first.</summary>
    public int Largest { get; private set; }

    /// <summary>Cuts anew.</summary>
    /// <param name="tiles">How many tiles.</param>
    /// <param name="tileBytes">Bytes of a tile. A chunk is no larger than a cache that holds it, because many tokens read it again and again.</param>
    /// <param name="tokens">Tokens that it is multiplied with. Kernels take tiles in pairs where there are several.</param>
    /// <param name="members">Threads that take chunks.</param>
    /// <returns>The number of chunks.</returns>
    public int Cut(int tiles, long tileBytes, int tokens, int members)
    {
        int step = tokens == 1 ? 1 : 2, most = Math.Max(step, (int)((tokens < ManyTokens ? BytesOfOneToken : BytesOfManyTokens) / tileBytes) / step * step);
        Chunks = 0;
        for (int begin = 0; begin < tiles;)
        {
            int share = (tiles - begin) / (ChunksAhead * members) / step * step;
            begin = Math.Min(tiles, begin + Math.Clamp(share, step, most));
            if (Chunks == _ends.Length)
                Array.Resize(ref _ends, 2 * _ends.Length);
            _ends[Chunks++] = begin;
        }
        Largest = _ends[0];
        return Chunks;
    }

    /// <summary>The first tile of a chunk.</summary>
    public int Begin(int chunk) => chunk == 0 ? 0 : _ends[chunk - 1];

    /// <summary>Behind the last tile of a chunk.</summary>
    public int End(int chunk) => _ends[chunk];
}
