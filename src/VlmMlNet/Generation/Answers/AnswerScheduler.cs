using VlmMlNet.Models;
using VlmMlNet.Parts;

namespace VlmMlNet.Generation.Answers;

/// <summary>Answers a stream of prompts, several side by side: the next prompt is read when a place is free, and answers come in
/// the order of prompts.</summary>
/// <param name="model">The model; must outlive the scheduler.</param>
/// <param name="options">How answers are generated.</param>
/// <param name="seed">For drawing.</param>
/// <param name="capacity">Most tokens of a prompt with its answer, where that is known; it grows where it is not enough.</param>
internal sealed class AnswerScheduler(ConversationModel model, GenerationOptions options, int seed, int capacity = 0)
{
    private const int CapacityStep = 64;

    /// <summary>Prompts that have begun and wait for one before them to be complete, in multiples of the batch size: it bounds what
    /// a long answer makes others wait.</summary>
    private const int LookAhead = 4;

    /// <summary>Answers prompts. What is computed ahead depends on how far the answers are read.</summary>
    /// <param name="requests">The prompts; disposed when they have begun.</param>
    /// <param name="checkCancelled">Throws to end the work between two tokens.</param>
    /// <returns>The answers to each prompt.</returns>
    public IEnumerable<IReadOnlyList<GeneratedAnswer>> Run(IEnumerable<AnswerRequest> requests, Action checkCancelled)
    {
        using var source = requests.GetEnumerator();
        var jobs = new Queue<AnswerJob>();
        AnswerRequest? waiting = null;
        DecodingSession? session = null;
        AnswerBatch? batch = null;
        bool isExhausted = false;
        try
        {
            while (true)
            {
                while (jobs.Count < LookAhead * options.BatchSize && !isExhausted && (batch?.HasRoom ?? true))
                {
                    checkCancelled();
                    waiting ??= source.MoveNext() ? source.Current : null;
                    isExhausted = waiting is null;
                    if (waiting is null || !Fits(waiting, ref session, ref batch))
                        break;
                    (var starting, waiting) = (waiting, null);
                    jobs.Enqueue(batch!.Start(starting));
                }
                while (jobs.TryPeek(out var first) && first.IsComplete)
                {
                    jobs.Dequeue();
                    yield return first.Answers;
                }
                if (isExhausted && jobs.Count == 0)
                    break;
                checkCancelled();
                if (batch is { IsIdle: false } && !batch.Choose())
                    batch.Step();
            }
        }
        finally
        {
            waiting?.Dispose();
            session?.Dispose();
        }
    }

    // A prompt too long for the session waits until it is idle; then a longer one is opened.
    private bool Fits(AnswerRequest request, ref DecodingSession? session, ref AnswerBatch? batch)
    {
        GenerationLimits.Check(options, model.Language.Config, request.TokenIds.Length);
        int needed = request.TokenIds.Length + options.MaxTokens;
        if (needed <= session?.Capacity)
            return true;
        if (batch is { IsIdle: false })
            return false;
        session?.Dispose();
        capacity = Math.Max(capacity, (needed + CapacityStep - 1) / CapacityStep * CapacityStep);
        int slots = AnswerBatch.SlotsFor(options);
        session = model.OpenSession(slots, capacity, options.MaxThreads);
        batch = new AnswerBatch(model, options, seed, session, new PromptSlot(session, slots - 1));
        return true;
    }
}
