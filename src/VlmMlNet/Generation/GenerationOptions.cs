namespace VlmMlNet.Generation;

/// <summary>How answers are generated. Names and meanings are those of Hugging Face's <c>GenerationConfig</c>, whose name is given
/// where it differs.</summary>
/// <remarks>The default is greedy: each token is the most likely one. A <see cref="Temperature"/> above 0 draws tokens instead,
/// <see cref="NumBeams"/> above 1 searches for the most likely answer.</remarks>
public sealed record GenerationOptions
{
    /// <summary>Most tokens of an answer, the one that ends it included (<c>max_new_tokens</c>): at most as many as the model
    /// has positions (1,024 where it has fewer). Default 64.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>Tokens before which an answer does not end by itself (<c>min_new_tokens</c>): till then the tokens that end it are not
    /// chosen. A stop sequence ends it all the same. Default 0.</summary>
    public int MinTokens { get; init; }

    /// <summary>What logits are divided by before a token is drawn: below 1 likely tokens become likelier. 0 draws none and
    /// takes the most likely (<c>do_sample=False</c>). Default 0.</summary>
    public double Temperature { get; init; }

    /// <summary>Draws among so many of the most likely tokens, and those as likely as the last of them, 1,000,000 at most; null for all.
    /// Default null (Hugging Face's own default is 50).</summary>
    public int? TopK { get; init; }

    /// <summary>Draws among the fewest most likely tokens, after <see cref="TopK"/>, whose probabilities reach this sum (nucleus
    /// sampling). Default 1: all.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Makes drawing repeat: equal seeds give equal answers, whatever else is answered beside them, since each answer draws
    /// from numbers of its own, made of the seed, its picture's place in the input and its number. Null: the seed of the <c>MLContext</c> in a
    /// pipeline, else another one each time. Default null.</summary>
    public int? Seed { get; init; }

    /// <summary>Makes tokens that the prompt or the answer has already less likely: their logits are divided by it where they are
    /// positive and multiplied where they are negative (Keskar et al. 2019). Below 1 it makes them likelier. From 0.001 to 1,000. Places of a
    /// picture do not count. Default 1: nothing.</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Beginnings of answers that are followed at once in search of the most likely answer, 1,000 at most. Default 1: no search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>With beams, an answer's score is the sum of its tokens' log-probabilities divided by their number to this power: above 0
    /// favours longer answers, below 0 shorter ones. From -100 to 100. Default 1.</summary>
    public double LengthPenalty { get; init; } = 1;

    /// <summary>With beams, whether the search ends as soon as there are <see cref="NumBeams"/> complete answers. Otherwise it goes on
    /// until the best beginning, at its present length, would score no better than the worst of them. Default false.</summary>
    public bool EarlyStopping { get; init; }

    /// <summary>Texts that end an answer; neither they nor what follows is part of it. The first that is complete counts, wherever
    /// tokens begin and end. At most 100, of 1,000 characters each. Default none.</summary>
    public IReadOnlyList<string> StopSequences { get; init; } = [];

    /// <summary>Answers to each prompt (<c>num_return_sequences</c>), which share the work on picture and prompt: drawn ones with a
    /// <see cref="Temperature"/>, the best ones of <see cref="NumBeams"/>. At most 1,000. Default 1.</summary>
    public int NumAnswers { get; init; } = 1;

    /// <summary>Whether <see cref="GeneratedAnswer.TokenLogProbabilities"/> are computed. Default false.</summary>
    public bool LogProbabilities { get; init; }

    /// <summary>Sequences decoded side by side: prompts, or the several answers or beams of each. When one is complete, the next prompt takes its
    /// place. At most 1,000. Default 8.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Most threads that decode on a CPU at once; null for as many as libtorch uses. At most 64, or 4 for each processor
    /// where that is more. Default null.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>Checks each value, and that they do not contradict each other.</summary>
    /// <exception cref="ArgumentException">They do; the message names the option and the remedy.</exception>
    public void Check()
    {
        Require(MaxTokens > 0, nameof(MaxTokens), MaxTokens, "it must be positive");
        RequireAtMost(GenerationLimits.MaxTokens, nameof(MaxTokens), MaxTokens);
        Require(MinTokens >= 0, nameof(MinTokens), MinTokens, "it must not be negative");
        Require(MinTokens <= MaxTokens, nameof(MinTokens), MinTokens, $"{nameof(MaxTokens)}, {MaxTokens}, is less");
        Require(Temperature is >= 0 and <= GenerationLimits.Temperature, nameof(Temperature), Temperature, $"it must be 0, which takes the most likely token, or a positive number up to {GenerationLimits.Temperature}");
        Require(TopK is not <= 0, nameof(TopK), TopK, "it must be positive, or null for all tokens");
        RequireAtMost(GenerationLimits.TopK, nameof(TopK), TopK);
        Require(TopP is > 0 and <= 1, nameof(TopP), TopP, "it must be above 0 and at most 1, which is all tokens");
        Require(RepetitionPenalty is >= GenerationLimits.LeastRepetitionPenalty and <= GenerationLimits.RepetitionPenalty, nameof(RepetitionPenalty), RepetitionPenalty,
            $"it must be a number from {GenerationLimits.LeastRepetitionPenalty} to {GenerationLimits.RepetitionPenalty}; 1 changes nothing");
        Require(NumBeams > 0, nameof(NumBeams), NumBeams, "it must be positive");
        RequireAtMost(GenerationLimits.NumBeams, nameof(NumBeams), NumBeams);
        Require(Math.Abs(LengthPenalty) <= GenerationLimits.LengthPenalty, nameof(LengthPenalty), LengthPenalty, $"it must be a number from -{GenerationLimits.LengthPenalty} to {GenerationLimits.LengthPenalty}");
        Require(NumAnswers > 0, nameof(NumAnswers), NumAnswers, "it must be positive");
        RequireAtMost(GenerationLimits.NumAnswers, nameof(NumAnswers), NumAnswers);
        Require(BatchSize > 0, nameof(BatchSize), BatchSize, "it must be positive");
        RequireAtMost(GenerationLimits.BatchSize, nameof(BatchSize), BatchSize);
        Require(MaxThreads is not <= 0, nameof(MaxThreads), MaxThreads, "it must be positive");
        RequireAtMost(ThreadLimit.Most, nameof(MaxThreads), MaxThreads);
        CheckStopSequences();

        bool draws = Temperature > 0, searches = NumBeams > 1;
        Require(draws || TopK is null, nameof(TopK), TopK, $"{nameof(Temperature)} is 0, so that no token is drawn: set a {nameof(Temperature)} too");
        Require(draws || TopP == 1, nameof(TopP), TopP, $"{nameof(Temperature)} is 0, so that no token is drawn: set a {nameof(Temperature)} too");
        Require(!draws || !searches, nameof(NumBeams), NumBeams, $"{nameof(Temperature)} is {Temperature}: beams are searched, not drawn. Choose one of the two");
        Require(searches || LengthPenalty == 1, nameof(LengthPenalty), LengthPenalty, $"it weighs beams: set {nameof(NumBeams)} too");
        Require(searches || !EarlyStopping, nameof(EarlyStopping), EarlyStopping, $"it ends the search with beams: set {nameof(NumBeams)} too");
        Require(NumAnswers == 1 || draws || searches, nameof(NumAnswers), NumAnswers, $"the most likely tokens give one answer: set a {nameof(Temperature)}, or {nameof(NumBeams)}");
        Require(!searches || NumAnswers <= NumBeams, nameof(NumAnswers), NumAnswers, $"{nameof(NumBeams)}, {NumBeams}, is less");
    }

    /// <summary>Checks the options, and that they ask for one answer, made token by token from first to last, which can be streamed.</summary>
    /// <exception cref="ArgumentException">They do not; the message names the option and the remedy.</exception>
    public void CheckStreaming()
    {
        Check();
        Require(NumBeams == 1, nameof(NumBeams), NumBeams, "beams know their answer only at its end, so that it cannot be streamed");
        CheckOneAnswer();
    }

    /// <summary>Checks that there is one answer.</summary>
    internal void CheckOneAnswer() => Require(NumAnswers == 1, nameof(NumAnswers), NumAnswers, "here there is one answer to each prompt");

    private void CheckStopSequences()
    {
        if (StopSequences is null)
            throw new ArgumentException($"{nameof(GenerationOptions)}: {nameof(StopSequences)} is null; an empty list stands for none.");
        RequireAtMost(GenerationLimits.StopSequences, $"the number of {nameof(StopSequences)}", StopSequences.Count);
        foreach (string stop in StopSequences)
        {
            if (string.IsNullOrEmpty(stop) || Text.VlmTokenizer.ReplaceLoneSurrogates(stop) != stop)
                throw new ArgumentException($"{nameof(GenerationOptions)}: one of the {nameof(StopSequences)} is {(string.IsNullOrEmpty(stop) ? "empty: every answer would be" : "no valid text")}.");
            RequireAtMost(GenerationLimits.StopLength, $"the length of one of the {nameof(StopSequences)}", stop.Length);
        }
    }

    private static void RequireAtMost(double most, string option, double? value) => Require(!(value > most), option, value, $"it must be at most {most}");

    internal static void Require(bool isFine, string option, object? value, string problem)
    {
        if (!isFine)
            throw new ArgumentException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{nameof(GenerationOptions)}: {option} is {value}; {problem}."));
    }
}
