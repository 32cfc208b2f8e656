using VlmMlNet.Generation.Sampling;
using VlmMlNet.Models;
using VlmMlNet.Parts;

namespace VlmMlNet.Generation.Answers;

/// <summary>Answers that are decoded side by side in the slots of one session. What is complete leaves at once, so that others may
/// take its place before the next step.</summary>
internal sealed class AnswerBatch
{
    private readonly GenerationOptions _options;
    private readonly int _seed;
    private readonly ConversationModel _model;
    private readonly DecodingSession _session;
    private readonly PromptSlot _prompt;
    private readonly TokenChooser _chooser;
    private readonly StopSequences _stops;
    private readonly List<RunningAnswer> _running = [];
    private readonly Stack<int> _free = [];
    private readonly int[] _slots, _tokens; // of a step
    private readonly int[] _places; // for searches
    private AnswerJob? _starting; // has answers that have no slot yet

    /// <param name="model">The model; must outlive the batch.</param>
    /// <param name="options">How answers are generated.</param>
    /// <param name="seed">For drawing.</param>
    /// <param name="session">Has <see cref="SlotsFor"/> slots.</param>
    /// <param name="prompt">The last of them.</param>
    public AnswerBatch(ConversationModel model, GenerationOptions options, int seed, DecodingSession session, PromptSlot prompt)
    {
        (_model, _options, _seed, _session, _prompt) = (model, options, seed, session, prompt);
        int slots = SlotsFor(options) - 1;
        (_slots, _tokens) = (new int[slots], new int[slots]);
        for (int slot = slots - 1; slot >= 0; slot--)
            _free.Push(slot);
        _chooser = new TokenChooser(options, session.VocabSize, model.StopIds);
        _places = options.NumBeams > 1 ? new int[session.VocabSize] : [];
        _stops = new StopSequences(options.StopSequences);
    }

    /// <summary>Slots that answers are worked on in (beams of a prompt begin and end together), and one for prompts.</summary>
    public static int SlotsFor(GenerationOptions options) => Math.Max(1, options.BatchSize / options.NumBeams) * options.NumBeams + 1;

    /// <summary>Whether no answer is being worked on.</summary>
    public bool IsIdle => _running.Count == 0 && _starting is null;

    /// <summary>Whether another prompt can begin now.</summary>
    public bool HasRoom => _starting is null && _free.Count >= _options.NumBeams;

    /// <summary>Begins a prompt, and disposes its request. There is room.</summary>
    public AnswerJob Start(AnswerRequest request)
    {
        var job = new AnswerJob(request.TokenIds, request.Row, _options.NumBeams > 1 ? 1 : _options.NumAnswers);
        using (request)
        {
            if (job.Expected > 1 || request.Picture is not null)
            {
                _prompt.Load(request);
                _starting = job;
            }
            else
            {
                _session.Truncate(_free.Peek(), 0);
                _session.Append(_free.Peek(), request.TokenIds, request.VisualTokens);
                Begin(job);
            }
        }
        StartWaiting();
        return job;
    }

    /// <summary>Chooses a token for each answer; those that are complete leave.</summary>
    /// <returns>Whether one left.</returns>
    public bool Choose()
    {
        bool hasLeft = false;
        for (int i = 0; i < _running.Count;)
        {
            var running = _running[i];
            if (running.HasChosen || running.Decoding.Choose(_session))
            {
                _running[i++] = running with { HasChosen = true };
                continue;
            }
            running.Job.Complete(running.Number, running.Decoding.Answers!);
            foreach (int slot in running.Decoding.Slots)
                _free.Push(slot);
            _running.RemoveAt(i);
            hasLeft = true;
        }
        if (hasLeft)
            StartWaiting();
        return hasLeft;
    }

    /// <summary>Computes the chosen tokens: the weights are read once for all.</summary>
    public void Step()
    {
        int count = 0;
        for (int i = 0; i < _running.Count; i++)
        {
            count += _running[i].Decoding.Pending(_slots.AsSpan(count), _tokens.AsSpan(count));
            _running[i] = _running[i] with { HasChosen = false };
        }
        if (count > 0)
            _session.Step(_slots.AsSpan(0, count), _tokens.AsSpan(0, count));
    }

    private void StartWaiting()
    {
        while (_starting is { } job && _free.Count >= _options.NumBeams)
        {
            _session.Copy(_prompt.Slot, _free.Peek());
            Begin(job);
            if (job.Started == job.Expected)
                _starting = null;
        }
    }

    private void Begin(AnswerJob job)
    {
        var text = new AnswerText(_model.Tokenizer, _stops);
        if (_options.NumBeams > 1)
        {
            int[] slots = [.. Enumerable.Range(0, _options.NumBeams).Select(_ => _free.Pop())];
            _running.Add(new RunningAnswer(job, job.Started, new BeamSearch(_options, _chooser, text, job.Prompt, slots, _places), false));
        }
        else
        {
            var answer = new SingleAnswer(_options, _chooser, text, job.Prompt, _free.Pop(), new RandomStream(_seed, job.Row, job.Started));
            job.Text ??= text;
            _running.Add(new RunningAnswer(job, job.Started, answer, false));
        }
        job.Started++;
    }

    private readonly record struct RunningAnswer(AnswerJob Job, int Number, AnswerDecoding Decoding, bool HasChosen);
}
