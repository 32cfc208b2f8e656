using VlmMlNet.Training.Examples;

namespace VlmMlNet.Tests.Training;

/// <summary>Random numbers of a seed, an epoch and an example.</summary>
public sealed class SeededRandomTests
{
    [Fact]
    public void Every_seed_epoch_and_example_has_numbers_of_its_own_that_repeat()
    {
        var seen = new HashSet<long>();
        for (long seed = -3; seed < 5; seed++)
            for (long first = -3; first < 5; first++)
                for (long second = -3; second < 5; second++)
                {
                    long number = SeededRandom.For(seed, first, second).NextInt64();
                    Assert.Equal(number, SeededRandom.For(seed, first, second).NextInt64());
                    Assert.True(seen.Add(number), $"{seed}, {first}, {second}");
                }
    }
}
