using static TorchSharp.torch;

namespace VlmMlNet.Training;

/// <summary>Sums are split over the threads, so that the last bits of what is learned depend on how many there are.</summary>
internal static class ThreadChange
{
    /// <summary>A sentence for a run that goes on with another number of threads; null where it is the same.</summary>
    /// <param name="before">The number until now; 0 where that is not known.</param>
    public static string? Describe(int before) => before == 0 || before == get_num_threads() ? null
        : $"until now this was trained with {before} thread{(before == 1 ? "" : "s")}, from here on with {get_num_threads()}: the weights will differ a little from those of a run with one number throughout.";
}
