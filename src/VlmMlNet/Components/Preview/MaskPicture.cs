using VlmMlNet.Imaging;
using VlmMlNet.Models;

namespace VlmMlNet.Components.Preview;

/// <summary>Draws the attention mask of one sequence.</summary>
internal static class MaskPicture
{
    /// <summary>The smallest side that bars and some tokens fit into.</summary>
    public const int LeastSide = 32;

    private const int Bar = 6, Gap = 2, LargestCell = 8;

    private static readonly byte[] s_ofPicture = [31, 95, 191], s_pictureSeen = [156, 190, 236], s_text = [52, 58, 66],
        s_grey = [160, 166, 174], s_scored = [40, 150, 75], s_hidden = [235, 130, 20];

    /// <summary>Draws it.</summary>
    /// <param name="kind">Bidirectional, hybrid or causal.</param>
    /// <param name="imageBlock">For each token 0, or the number of its picture.</param>
    /// <param name="scored">For each token whether it is scored.</param>
    /// <param name="hidden">For each token whether it is hidden.</param>
    /// <param name="largestSide">Most pixels of a side; of longer sequences every n-th token is drawn.</param>
    public static RgbImage Draw(AttentionMaskKind kind, int[] imageBlock, bool[] scored, bool[] hidden, int largestSide)
    {
        var steps = new long[imageBlock.Length];
        AttentionMask.Steps(kind, imageBlock, steps);
        int room = largestSide - Bar - Gap;
        int every = (imageBlock.Length + room - 1) / room;
        int shown = (imageBlock.Length + every - 1) / every;
        int cell = Math.Clamp(room / shown, 1, LargestCell);
        int side = Bar + Gap + cell * shown;
        byte[] pixels = new byte[3 * side * side];
        Array.Fill(pixels, (byte)255);
        for (int q = 0; q < shown; q++)
        {
            int query = q * every;
            byte[] bar = Kind(query);
            Fill(0, At(q), Bar, cell, bar);
            Fill(At(q), 0, cell, Bar, bar);
            for (int k = 0; k < shown; k++)
            {
                int key = k * every;
                if (steps[key] > steps[query])
                    continue;
                byte[] colour = imageBlock[key] == 0 ? s_text : imageBlock[query] == imageBlock[key] ? s_ofPicture : s_pictureSeen;
                Fill(At(k), At(q), cell, cell, colour);
            }
        }
        return new RgbImage(side, side, pixels);

        int At(int token) => Bar + Gap + cell * token;

        byte[] Kind(int token) => imageBlock[token] != 0 ? s_ofPicture : hidden[token] ? s_hidden : scored[token] ? s_scored : s_grey;

        void Fill(int x, int y, int width, int height, byte[] colour)
        {
            for (int row = y; row < y + height; row++)
            {
                Span<byte> line = pixels.AsSpan(3 * (row * side + x), 3 * width);
                for (int i = 0; i < line.Length; i += 3)
                    colour.CopyTo(line[i..]);
            }
        }
    }
}
