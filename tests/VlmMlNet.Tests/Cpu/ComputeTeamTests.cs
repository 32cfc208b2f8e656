using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.Cpu.Threads;

namespace VlmMlNet.Tests.Cpu;

/// <summary>The threads that compute for a model of packed weights.</summary>
public sealed class ComputeTeamTests
{
    [Fact]
    public void No_thread_is_left_when_a_decoder_is_disposed()
    {
        using var model = TinyModel.Create();
        var team = new ComputeTeam(3);
        int done = 0;
        for (int i = 0; i < 100; i++)
            team.Run((_, _) => Interlocked.Increment(ref done), 10, 3);
        team.Dispose();
        Assert.Equal(1000, done);
        Assert.Throws<ObjectDisposedException>(() => team.Run((_, _) => { }, 10, 3));

        var decoder = new PackedDecoder(ModelPacker.Pack(model.Network.Language, WeightPrecision.Int8));
        decoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => decoder.OpenSession(1, 8));
    }

    [Fact]
    public void An_idle_team_sleeps_and_wakes()
    {
        using var team = new ComputeTeam(2);
        for (int i = 0; i < 5; i++)
        {
            var workers = new int[2];
            Thread.Sleep(20); // long enough to fall asleep
            while (workers[1] == 0)
                team.Run((_, worker) =>
                {
                    Interlocked.Increment(ref workers[worker]);
                    Thread.SpinWait(1000);
                }, 50, 2);
        }
    }

    [Fact]
    public void A_failing_chunk_is_reported_to_the_caller_and_the_team_goes_on()
    {
        using var team = new ComputeTeam(2);
        Assert.Contains("broken", Assert.Throws<InvalidOperationException>(() => team.Run((_, _) => throw new FormatException("broken"), 4, 3)).Message, StringComparison.Ordinal);
        int done = 0;
        team.Run((_, _) => Interlocked.Increment(ref done), 4, 3);
        Assert.Equal(4, done);
    }
}
