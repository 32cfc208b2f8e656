using TorchSharp;
using VlmMlNet.Models;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Models;

public sealed class PictureByPictureTests
{
    [Fact]
    public void A_part_never_sees_more_than_one_picture_and_sees_each_where_memory_begins()
    {
        using var scope = NewDisposeScope();
        var pictures = arange(3 * 5 * 7, ScalarType.Float32).reshape(3, 5, 7); // 140 bytes each: the second does not begin at a multiple of 64
        var shapes = new List<long[]>();
        var result = PictureByPicture.Run(pictures, x =>
        {
            shapes.Add(x.shape);
            Assert.Equal(0, Address(x) % 64);
            return x * 2 + (TorchSharp.Scalar)x.shape[0]; // other numbers in another batch, as a matrix library's
        });
        Assert.All(shapes, s => Assert.Equal([1, 5, 7], s));
        Assert.Equal(3, shapes.Count);
        Assert.Equal((pictures * 2 + 1).data<float>().ToArray(), result.data<float>().ToArray());
    }

    [Fact]
    public void One_picture_is_not_copied()
    {
        using var scope = NewDisposeScope();
        var picture = ones([1, 2, 3]);
        Assert.Same(picture, PictureByPicture.Run(picture, x => x));
    }

    [Fact]
    public void Nothing_but_the_result_stays_alive()
    {
        using var scope = NewDisposeScope();
        var pictures = ones([4, 2, 3]);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (PictureByPicture.Run(pictures, x => (x + 1) * (x - 1)))
            Assert.Equal(before + 1, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void Pictures_have_the_same_features_and_tokens_in_every_batch()
    {
        using var model = TinyModel.Create();
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        var pixels = randn([7, 3, 16, 16], generator: new Generator(1));
        var all = model.VisualTokens(pixels);
        for (int i = 0; i < 7; i++)
            Assert.Equal(all[i].data<float>().ToArray(), model.VisualTokens(pixels.narrow(0, i, 1).clone())[0].data<float>().ToArray());
    }

    private static unsafe long Address(Tensor tensor)
    {
        fixed (byte* start = tensor.bytes)
            return (nint)start;
    }
}
