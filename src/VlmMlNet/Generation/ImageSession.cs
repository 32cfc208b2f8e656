using System.Runtime.CompilerServices;
using VlmMlNet.Generation.Answers;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Generation;

/// <summary>One picture, about which a model is asked again and again: the picture is encoded once, at the first question, and what a
/// prompt has in common with the one before is not computed again.</summary>
/// <remarks>Made by <see cref="Microsoft.ML.VisionLanguageModelExtensions.OpenImage"/>. For one question at a time; the model may be disposed first. Disposing the
/// session ends a question that another thread is asking: its answer, or the next piece of its stream, is an <see cref="ObjectDisposedException"/>.</remarks>
public sealed class ImageSession : IDisposable
{
    private const int SpareTokens = 256; // for longer questions: a longer session computes its prompt anew
    private readonly VisionLanguageModel _model;
    private readonly RgbImage _image;
    private Tensor? _visualTokens;
    private DecodingSession? _session;
    private PromptSlot? _prompt;
    private int? _threads;
    private readonly Lock _working = new(); // held while the model works, and not between the pieces of a stream
    private int _isBusy;
    private int _isDisposed;

    internal ImageSession(VisionLanguageModel model, RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        (_model, _image) = (model.Share(), image);
    }

    /// <summary>Tokens of prompts that were computed so far; for tests.</summary>
    internal long ComputedTokens { get; private set; }

    /// <summary>Answers a question about the picture; earlier ones are not known to it.</summary>
    /// <param name="prompt">The question; <c>&lt;image&gt;</c> is put before one that lacks it. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>.</param>
    /// <param name="options">How the answer is generated; null for the defaults. <see cref="GenerationOptions.NumAnswers"/> is 1.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <returns>The answer, without special tokens and surrounding white space.</returns>
    /// <exception cref="ArgumentException">The prompt has several places for the picture, or options contradict each other.</exception>
    /// <exception cref="InvalidOperationException">Another question is being answered.</exception>
    /// <exception cref="ObjectDisposedException">The session is disposed, or was while the answer was made.</exception>
    public string Answer(string? prompt = null, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options?.CheckOneAnswer();
        return Generate(prompt, options, cancellationToken)[0].Text;
    }

    /// <summary>Answers a question about the picture, and says how the answers came about.</summary>
    /// <returns><see cref="GenerationOptions.NumAnswers"/> answers; those of beams from the best on.</returns>
    /// <inheritdoc cref="Answer"/>
    public IReadOnlyList<GeneratedAnswer> Generate(string? prompt = null, GenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        Generate(Question(prompt), options, cancellationToken);

    /// <summary>Continues a conversation about the picture: what was computed for its earlier turns is used again.</summary>
    /// <param name="messages">The conversation, with a user's message at its end. The picture comes first in the first user's message, unless one has a
    /// place <c>&lt;image&gt;</c> for it.</param>
    /// <param name="options">How the answer is generated; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <inheritdoc cref="Generate(string, GenerationOptions, CancellationToken)" path="/returns"/>
    /// <inheritdoc cref="Answer" path="/exception"/>
    /// <exception cref="MalformedInputException">There is no message, or one has an unknown role.</exception>
    public IReadOnlyList<GeneratedAnswer> Generate(IReadOnlyList<ChatMessage> messages, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new GenerationOptions();
        options.Check();
        int[] prompt = Encode(messages);
        using var busy = Begin();
        lock (_working)
        {
            CheckNotDisposed();
            var batch = Open(prompt, options);
            var job = Start(batch, prompt);
            while (!job.IsComplete)
            {
                cancellationToken.ThrowIfCancellationRequested();
                CheckNotDisposed();
                if (!batch.Choose())
                    batch.Step();
            }
            return job.Answers;
        }
    }

    /// <summary>Answers a question about the picture, piece by piece as the model makes it.</summary>
    /// <param name="prompt">The question; <c>&lt;image&gt;</c> is put before one that lacks it. Null: <see cref="VisionLanguageModel.CaptionPrompt"/>.</param>
    /// <param name="options">How the answer is generated, without beams; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two tokens.</param>
    /// <returns>Pieces that together are the answer that <see cref="Answer"/> gives; never half a character, nor part of a stop sequence.
    /// The model works only while the next piece is awaited, on another thread.</returns>
    /// <inheritdoc cref="Answer" path="/exception"/>
    public IAsyncEnumerable<string> StreamAsync(string? prompt = null, GenerationOptions? options = null, CancellationToken cancellationToken = default) =>
        StreamAsync(Question(prompt), options, cancellationToken);

    /// <summary>Continues a conversation about the picture, piece by piece as the model makes it.</summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{ChatMessage}, GenerationOptions, CancellationToken)" path="/param|/exception"/>
    /// <inheritdoc cref="StreamAsync(string, GenerationOptions, CancellationToken)" path="/returns"/>
    public IAsyncEnumerable<string> StreamAsync(IReadOnlyList<ChatMessage> messages, GenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new GenerationOptions();
        options.CheckStreaming();
        return Stream(Encode(messages), options, cancellationToken);
    }

    /// <summary>Frees the session's memory. While another thread waits for an answer, that is ended first: at the token, or the picture, that the model is
    /// working on.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;
        lock (_working)
        {
            _session?.Dispose();
            _visualTokens?.Dispose();
            _model.Dispose();
        }
    }

    private async IAsyncEnumerable<string> Stream(int[] prompt, GenerationOptions options, CancellationToken given, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var busy = Begin();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(given, cancellationToken);
        AnswerBatch? batch = null;
        AnswerJob? job = null;
        while (job is not { IsComplete: true })
        {
            string piece = await Task.Run(Advance, either.Token);
            if (piece.Length > 0)
                yield return piece;
        }

        // From one piece to the next; all of libtorch's scopes begin and end in here.
        string Advance()
        {
            lock (_working)
            {
                CheckNotDisposed();
                batch ??= Open(prompt, options);
                job ??= Start(batch, prompt);
                while (true)
                {
                    either.Token.ThrowIfCancellationRequested();
                    CheckNotDisposed();
                    bool isComplete = batch.Choose();
                    if (!isComplete)
                        batch.Step();
                    string piece = job.Text!.Take();
                    if (piece.Length > 0 || isComplete)
                        return piece;
                }
            }
        }
    }

    private IReadOnlyList<ChatMessage> Question(string? prompt)
    {
        prompt ??= _model.CaptionPrompt;
        int places = ImagePlaceholder.Count(prompt);
        return places <= 1
            ? [new ChatMessage("user", prompt)]
            : throw new ArgumentException($"The prompt \"{prompt}\" has {places} {ImageToken.Text} placeholders; a row has one picture.", nameof(prompt));
    }

    private int[] Encode(IReadOnlyList<ChatMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        CheckNotDisposed();
        var model = _model.Conversation;
        bool hasPlace = messages.Any(m => m.Role == "user" && ImagePlaceholder.Count(m.Content) > 0);
        int first = hasPlace ? -1 : messages.ToList().FindIndex(m => m.Role == "user");
        var placed = messages.Select((m, i) => i == first ? m with { Content = ImagePlaceholder.Before(m.Content) } : m).ToList();
        var encoded = model.ChatTemplate.Encode(placed, addGenerationPrompt: true, model.ImageTokenCount);
        return encoded.ImageCount == 1
            ? encoded.TokenIds
            : throw new ArgumentException($"The conversation has {encoded.ImageCount} {ImageToken.Text} placeholders for its one picture.", nameof(messages));
    }

    private AnswerBatch Open(int[] prompt, GenerationOptions options)
    {
        GenerationLimits.Check(options, _model.Conversation.Language.Config, prompt.Length);
        _visualTokens ??= PictureRequest.EncodePictures(_model, [_image])!;
        int capacity = prompt.Length + options.MaxTokens;
        // Only so many slots as the one prompt can use.
        options = options with { BatchSize = options.NumBeams > 1 ? options.NumBeams : Math.Min(options.BatchSize, options.NumAnswers), Seed = options.Seed ?? Random.Shared.Next() };
        int slots = AnswerBatch.SlotsFor(options);
        if (_session is null || _session.Slots < slots || _session.Capacity < capacity || _threads != options.MaxThreads)
        {
            (slots, capacity) = (Math.Max(slots, _session?.Slots ?? 0), Math.Max(capacity + SpareTokens, _session?.Capacity ?? 0));
            _session?.Dispose();
            _session = null;
            _session = _model.Conversation.OpenSession(slots, capacity, options.MaxThreads);
            (_prompt, _threads) = (new PromptSlot(_session, slots - 1), options.MaxThreads);
        }
        return new AnswerBatch(_model.Conversation, options, options.Seed!.Value, _session, _prompt!);
    }

    private AnswerJob Start(AnswerBatch batch, int[] prompt)
    {
        long before = _prompt!.ComputedTokens;
        var job = batch.Start(new AnswerRequest(prompt, _visualTokens!.alias().DetachFromDisposeScope(), row: 0, picture: this));
        ComputedTokens += _prompt.ComputedTokens - before;
        return job;
    }

    private void CheckNotDisposed() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);

    private Released Begin()
    {
        CheckNotDisposed();
        if (Interlocked.Exchange(ref _isBusy, 1) != 0)
            throw new InvalidOperationException("A question about this picture is being answered; a session answers one at a time. Open another for the same picture.");
        return new Released(this);
    }

    private readonly struct Released(ImageSession owner) : IDisposable
    {
        public void Dispose() => Volatile.Write(ref owner._isBusy, 0);
    }
}
