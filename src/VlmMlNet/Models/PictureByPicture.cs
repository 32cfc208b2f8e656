using static TorchSharp.torch;

namespace VlmMlNet.Models;

/// <summary>Pictures of a batch that each have the numbers that they have alone.</summary>
/// <remarks>
/// A matrix library chooses among its float32 kernels by the number of rows, and the kernels add in different orders: in another
/// batch the last bits of a picture's features are others, and with them, now and then, a token of its answer. On a CPU each picture
/// is computed for itself, therefore. That costs nothing where it matters: a picture has hundreds of rows, which is enough to
/// be bound by arithmetic. A GPU needs the batch.
/// </remarks>
internal static class PictureByPicture
{
    /// <summary>Runs a part of a model over a batch.</summary>
    /// <param name="pictures">[N, ..].</param>
    /// <param name="forward">From [n, ..] to [n, ..].</param>
    /// <returns>[N, ..].</returns>
    public static Tensor Run(Tensor pictures, Func<Tensor, Tensor> forward)
    {
        long count = pictures.shape[0];
        if (count <= 1 || pictures.device_type != TorchSharp.DeviceType.CPU)
            return forward(pictures);
        var results = new Tensor[count];
        for (long i = 0; i < count; i++)
        {
            using var scope = NewDisposeScope();
            // A copy begins where memory begins: kernels also choose by the address.
            results[i] = forward(pictures.narrow(0, i, 1).clone()).MoveToOuterDisposeScope();
        }
        var all = cat(results);
        foreach (var result in results)
            result.Dispose();
        return all;
    }
}
