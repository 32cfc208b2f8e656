using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Generation;

namespace VlmMlNet.Components.Recipes;

/// <summary>How the field scores models on a data set: which part, which words are put to the model, how it decodes. With the
/// same protocol a score can be put beside a published one.</summary>
/// <remarks>Presets that draw tokens do so with a seed, so that every score repeats. A protocol is data: change one with <c>with</c>.</remarks>
public sealed record EvaluationProtocol
{
    private const string QuestionPlace = "{question}";
    private const string CaptionPromptPlace = "{caption_prompt}";

    /// <summary>The name, by which <see cref="Find"/> finds it.</summary>
    public required string Name { get; init; }

    /// <summary>Whose protocol it is, and on which data.</summary>
    public required string Description { get; init; }

    /// <summary>Whether questions are asked; otherwise captions are.</summary>
    public bool AsksQuestions { get; init; }

    /// <summary>What is put to the model beside the picture, where <c>{question}</c> stands for the row's question and
    /// <c>{caption_prompt}</c> for what the model learned captions under.</summary>
    public required string Prompt { get; init; }

    /// <summary>What is put to the model instead for questions whose answer type is <c>CLOSED</c> or <c>yes/no</c>; null for the
    /// same as for others.</summary>
    public string? ClosedPrompt { get; init; }

    /// <summary>Most tokens of an answer.</summary>
    public int MaxTokens { get; init; } = 64;

    /// <summary>See <see cref="GenerationOptions.Temperature"/>. Default 0: greedy.</summary>
    public double Temperature { get; init; }

    /// <summary>See <see cref="GenerationOptions.TopK"/>. Default null: all tokens.</summary>
    public int? TopK { get; init; }

    /// <summary>See <see cref="GenerationOptions.NumBeams"/>. Default 1: no search.</summary>
    public int NumBeams { get; init; } = 1;

    /// <summary>The part of the data set that is scored.</summary>
    public DataSplit Split { get; init; } = DataSplit.Test;

    /// <summary>The language of the questions that are scored, of a data set that has several; null for all.</summary>
    public string? Language { get; init; }

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

    /// <summary>COCO as in the paper whose stages this library trains (arXiv 2503.19508). It states neither prompt nor part: these
    /// are the model's own prompt and Karpathy's test part, on which the models are scored that it compares with.</summary>
    public static EvaluationProtocol PaperCoco { get; } = new()
    {
        Name = "paper_coco",
        Description = "COCO captions, Karpathy's test split, the model's own prompt",
        Prompt = CaptionPromptPlace,
    };

    /// <summary>Flickr30k as in that paper: the 1,000 test images of Karpathy's split, the model's own prompt.</summary>
    public static EvaluationProtocol PaperFlickr30k { get; } = PaperCoco with
    {
        Name = "paper_flickr30k",
        Description = "Flickr30k captions, Karpathy's test split, the model's own prompt",
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

    /// <summary>PathVQA's test part, asked as LLaVA-Med's evaluation files do, and answered as its <c>model_vqa_med.py</c> does: tokens drawn at
    /// temperature 0.7 among the 50 most likely, here with a seed, and 64 tokens at most where it allows 1,024.</summary>
    public static EvaluationProtocol PathVqaTest { get; } = LlavaMed("pathvqa_test", "PathVQA");

    /// <summary>VQA-RAD's test part, asked likewise.</summary>
    public static EvaluationProtocol VqaRadTest { get; } = LlavaMed("vqa_rad_test", "VQA-RAD");

    /// <summary>SLAKE's test part, asked likewise: the English questions.</summary>
    public static EvaluationProtocol SlakeTest { get; } = LlavaMed("slake_test", "SLAKE") with { Language = "en" };

    /// <summary>All presets.</summary>
    public static IReadOnlyList<EvaluationProtocol> All { get; } =
        [CocoKarpathyTest, Coco2017Validation, Flickr30kTest, PaperCoco, PaperFlickr30k, VqaV2Validation, PathVqaTest, VqaRadTest, SlakeTest];

    /// <summary>The preset of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those there are.</exception>
    public static EvaluationProtocol Find(string name) =>
        All.FirstOrDefault(protocol => protocol.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"There is no protocol '{name}'. There are: {string.Join(", ", All.Select(protocol => protocol.Name))}.", nameof(name));

    /// <summary>What is put to the model for a row.</summary>
    /// <param name="question">The row's question; null for captions.</param>
    /// <param name="answerType">The row's answer type, where it has one.</param>
    /// <param name="captionPrompt">What the model learned captions under; null where the protocol does not ask for it.</param>
    /// <exception cref="ArgumentException">The protocol asks questions and the row has none, or asks with the model's own prompt and
    /// that is not given.</exception>
    public string PromptFor(string? question = null, string? answerType = null, string? captionPrompt = null)
    {
        bool closed = ClosedPrompt is not null && LlavaMedScores.IsClosed(answerType ?? "");
        string prompt = closed ? ClosedPrompt! : Prompt;
        if (prompt.Contains(CaptionPromptPlace, StringComparison.Ordinal))
        {
            prompt = prompt.Replace(CaptionPromptPlace,
                captionPrompt ?? throw new ArgumentException($"The protocol {Name} asks with the prompt that the model learned captions under.", nameof(captionPrompt)), StringComparison.Ordinal);
        }
        if (!prompt.Contains(QuestionPlace, StringComparison.Ordinal))
            return prompt;
        if (string.IsNullOrWhiteSpace(question))
            throw new ArgumentException($"The protocol {Name} asks questions, and the row has none.", nameof(question));
        return prompt.Replace(QuestionPlace, question.Trim(), StringComparison.Ordinal);
    }

    /// <summary>How the model decodes.</summary>
    public GenerationOptions Generation() => new() { MaxTokens = MaxTokens, Temperature = Temperature, TopK = TopK, NumBeams = NumBeams, Seed = Temperature > 0 ? 0 : null };

    /// <summary>Reads the rows of a data set that the protocol scores: its part and language where the format names them (Karpathy's
    /// splits, VQA-RAD, SLAKE, folders of parquet files), all rows of other formats, which have a file for each part.</summary>
    /// <param name="data">The readers.</param>
    /// <param name="path">As for <c>Data.Load</c>.</param>
    /// <param name="options">As for <c>Data.Load</c>; null for the defaults. A part or language that is set here is taken instead.</param>
    public IDataView Load(VisionLanguageDataCatalog data, string path, DataLoadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        options ??= new DataLoadOptions();
        var plain = data.Load(path, out DataFormat format, options);
        FormatDescriptor found = DataFormats.Of(format);
        bool hasPart = options.Split == DataSplit.All && ((found.HasSplits && found.CanChoose(Split)) || ParquetFolder.Find(path, DataSplit.All) is not null);
        bool hasLanguage = options.Language is null && Language is not null && found.HasLanguages;
        return !hasPart && !hasLanguage ? plain : data.Load(path, options.For(new DataLoadOptions
        {
            ImageFolder = options.ImageFolder,
            Columns = options.Columns,
            AllowOutsideImages = options.AllowOutsideImages,
            Split = hasPart ? Split : options.Split,
            Language = hasLanguage ? Language : options.Language,
        }));
    }

    private static EvaluationProtocol LlavaMed(string name, string data) => new()
    {
        Name = name,
        Description = $"{data}, test; LLaVA-Med's questions",
        AsksQuestions = true,
        Prompt = "{question}",
        ClosedPrompt = "{question} Please choose from the following two options: [yes, no]",
        Temperature = 0.7,
        TopK = 50,
    };
}
