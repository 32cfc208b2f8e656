using VlmMlNet.Data;
using VlmMlNet.Generation;

namespace VlmMlNet.Evaluation;

/// <summary>How the field scores models on a data set: which part, which words are put to the model, how it decodes. With the
/// same protocol a score can be put beside a published one.</summary>
/// <remarks>Every preset decodes greedily, so that a score repeats. A protocol is data: change one with <c>with</c>.</remarks>
public sealed record EvaluationProtocol
{
    /// <summary>The name, by which <see cref="Find"/> finds it.</summary>
    public required string Name { get; init; }

    /// <summary>Whose protocol it is, and on which data.</summary>
    public required string Description { get; init; }

    /// <summary>Whether questions are asked; otherwise captions are.</summary>
    public bool AsksQuestions { get; init; }

    /// <summary>What is put to the model beside the picture, where <c>{question}</c> stands for the row's question.</summary>
    public required string Prompt { get; init; }

    /// <summary>What is put to the model instead for questions whose answer type is <c>CLOSED</c> or <c>yes/no</c>; null for the
    /// same as for others.</summary>
    public string? ClosedPrompt { get; init; }

    /// <summary>Most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>The part of the data set that is scored.</summary>
    public DataSplit Split { get; init; } = DataSplit.Test;

    /// <summary>lmms-eval's coco_karpathy_test: the 5,000 test images of Karpathy's split of COCO.</summary>
    public static EvaluationProtocol CocoKarpathyTest { get; } = new()
    {
        Name = "coco_karpathy_test",
        Description = "lmms-eval, COCO captions, Karpathy's test split",
        Prompt = "Describe the image briefly.",
    };

    /// <summary>lmms-eval's coco2017_cap_val: the 5,000 validation images of COCO 2017.</summary>
    public static EvaluationProtocol Coco2017Validation { get; } = new()
    {
        Name = "coco2017_cap_val",
        Description = "lmms-eval, COCO captions 2017, validation",
        Prompt = "Provide a one-sentence caption for the provided image.",
        Split = DataSplit.Validation,
    };

    /// <summary>lmms-eval's flickr30k_test. The published data has all 31,783 images in that part.</summary>
    public static EvaluationProtocol Flickr30kTest { get; } = new()
    {
        Name = "flickr30k_test",
        Description = "lmms-eval, Flickr30k captions",
        Prompt = "Provide a one-sentence caption for the provided image.",
    };

    /// <summary>lmms-eval's vqav2_val.</summary>
    public static EvaluationProtocol VqaV2Validation { get; } = new()
    {
        Name = "vqav2_val",
        Description = "lmms-eval, VQAv2, validation",
        AsksQuestions = true,
        Prompt = "{question}\nAnswer the question using a single word or phrase.",
        MaxTokens = 16,
        Split = DataSplit.Validation,
    };

    /// <summary>PathVQA's test part, asked as LLaVA-Med's evaluation files do. (LLaVA-Med sampled, at temperature 0.7.)</summary>
    public static EvaluationProtocol PathVqaTest { get; } = LlavaMed("pathvqa_test", "PathVQA");

    /// <summary>VQA-RAD's test part, asked likewise.</summary>
    public static EvaluationProtocol VqaRadTest { get; } = LlavaMed("vqa_rad_test", "VQA-RAD");

    /// <summary>SLAKE's test part, asked likewise; take the English questions.</summary>
    public static EvaluationProtocol SlakeTest { get; } = LlavaMed("slake_test", "SLAKE");

    /// <summary>All presets.</summary>
    public static IReadOnlyList<EvaluationProtocol> All { get; } =
        [CocoKarpathyTest, Coco2017Validation, Flickr30kTest, VqaV2Validation, PathVqaTest, VqaRadTest, SlakeTest];

    /// <summary>The preset of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static EvaluationProtocol Find(string name) =>
        All.FirstOrDefault(protocol => protocol.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no protocol '{name}'. There are: {string.Join(", ", All.Select(protocol => protocol.Name))}.", nameof(name));

    /// <summary>What is put to the model for a row.</summary>
    /// <param name="question">The row's question; null for captions.</param>
    /// <param name="answerType">The row's answer type, where it has one.</param>
    /// <exception cref="ArgumentException">The protocol asks questions and the row has none.</exception>
    public string PromptFor(string? question = null, string? answerType = null)
    {
        bool closed = ClosedPrompt is not null && LlavaMedScores.IsClosed(answerType ?? "");
        string prompt = closed ? ClosedPrompt! : Prompt;
        if (!prompt.Contains("{question}", StringComparison.Ordinal))
            return prompt;
        if (string.IsNullOrWhiteSpace(question))
            throw new ArgumentException($"The protocol {Name} asks questions, and the row has none.", nameof(question));
        return prompt.Replace("{question}", question.Trim(), StringComparison.Ordinal);
    }

    /// <summary>How the model decodes.</summary>
    public GenerationOptions Generation() => new() { MaxTokens = MaxTokens };

    private static EvaluationProtocol LlavaMed(string name, string data) => new()
    {
        Name = name,
        Description = $"{data}, test; LLaVA-Med's questions",
        AsksQuestions = true,
        Prompt = "{question}",
        ClosedPrompt = "{question} Please choose from the following two options: [yes, no]",
    };
}
