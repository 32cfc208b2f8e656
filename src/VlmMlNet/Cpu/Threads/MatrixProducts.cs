using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Weights;

namespace VlmMlNet.Cpu.Threads;

/// <summary>Products of matrices with the same activations, shared by a team: the rows of all matrices are cut into chunks.</summary>
internal sealed unsafe class MatrixProducts
{
    private const int MostProducts = 3;
    private readonly KernelSet _kernels;
    private readonly ComputeTeam _team;
    private readonly ChunkWork _multiply;
    private readonly Product[] _products = new Product[MostProducts];
    private Activations _x = null!;
    private readonly TilePlan _plan = new();
    private int _count;

    public MatrixProducts(KernelSet kernels, ComputeTeam team) => (_kernels, _team, _multiply) = (kernels, team, (chunk, _) => Multiply(chunk));

    /// <summary>A matrix, and where its products go: [tokens, stride].</summary>
    internal readonly struct Product(WeightMatrix weights, float* result, int stride)
    {
        public WeightMatrix Weights { get; } = weights;

        public float* Result { get; } = result;

        public int Stride { get; } = stride;
    }

    /// <summary>Computes them.</summary>
    /// <param name="x">The activations.</param>
    /// <param name="members">Threads.</param>
    /// <param name="products">One to three.</param>
    public void Run(Activations x, int members, params ReadOnlySpan<Product> products)
    {
        (_x, _count) = (x, products.Length);
        products.CopyTo(_products);
        int tiles = 0;
        foreach (var product in products)
            tiles += product.Weights.Tiles;
        _team.Run(_multiply, _plan.Cut(tiles, products[0].Weights.TileBytes, x.Tokens, members), members);
    }

    private void Multiply(int chunk)
    {
        int begin = _plan.Begin(chunk), end = _plan.End(chunk);
        foreach (ref readonly var product in _products.AsSpan(0, _count))
        {
            int tiles = product.Weights.Tiles, from = Math.Max(begin, 0), to = Math.Min(end, tiles);
            if (from < to)
                _kernels.Multiply(product.Weights, _x, from, to, product.Result, product.Stride);
            (begin, end) = (begin - tiles, end - tiles);
        }
    }
}
