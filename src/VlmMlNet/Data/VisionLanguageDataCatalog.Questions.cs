using Microsoft.ML;
using VlmMlNet.Data.Formats;
using VlmMlNet.Data.Formats.CaptionParquet;
using VlmMlNet.Data.Formats.Slake;
using VlmMlNet.Data.Formats.VqaParquet;
using VlmMlNet.Data.Formats.VqaRad;
using VlmMlNet.Data.Formats.VqaV2;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data;

/// <content>Questions about pictures. All readers give one set of columns.</content>
public sealed partial class VisionLanguageDataCatalog
{
    /// <inheritdoc cref="LoadVqaParquet(string, VqaParquetOptions)"/>
    /// <param name="path">The parquet file, or several with <c>*</c>.</param>
    public IDataView LoadVqaParquet(string path) => LoadVqaParquet(path, new VqaParquetOptions());

    /// <summary>Reads a parquet file of pictures with questions and answers, as PathVQA, VQA-RAD, VQAv2 and TextVQA are published on Hugging
    /// Face: <c>image</c> struct&lt;bytes, path&gt;, <c>question</c>, <c>answer</c> or a list <c>answers</c> of texts or structs. Columns: Id, Image and ImagePath, Question, Answers (vector of texts), AnswerType, QuestionType, and
    /// Conversation, <c>["&lt;image&gt;\n" + question, answer]</c>, to train on; all are text
    /// but Image, Vector&lt;Byte&gt;. Pictures are read only where Image is asked for; paths of files are read as
    /// <see cref="LoadCaptionParquet(string, CaptionParquetOptions)"/> reads them. A row is bad where its question is null or it
    /// has no picture.</summary>
    /// <param name="path">The parquet file, or several with <c>*</c>.</param>
    /// <param name="options">Names of columns and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="MalformedInputException">It is not parquet, or lacks a column.</exception>
    public IDataView LoadVqaParquet(string path, VqaParquetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View(path, options, file => new VqaParquetSource(file, options));
    }

    /// <inheritdoc cref="LoadVqaRad(string, VqaRadOptions)"/>
    /// <param name="path">The JSON file.</param>
    public IDataView LoadVqaRad(string path) => LoadVqaRad(path, new VqaRadOptions());

    /// <summary>Reads VQA-RAD's <c>VQA_RAD Dataset Public.json</c>: an array of <c>{"qid", "image_name", "question", "answer",
    /// "answer_type", "question_type", "phrase_type"}</c>. Columns: Id, Image and ImagePath, Question, Answers (vector of texts), AnswerType, QuestionType, and
    /// Conversation, <c>["&lt;image&gt;\n" + question, answer]</c>, to train on; Id is <c>qid</c>; answers that are
    /// numbers become their text; kinds lose the spaces around them. A row is bad where one of the first four is
    /// missing.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="options">Image folder, the part, and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public IDataView LoadVqaRad(string path, VqaRadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View(path, options, file => new VqaRadSource(file, options));
    }

    /// <inheritdoc cref="LoadSlake(string, SlakeOptions)"/>
    /// <param name="path">The JSON file.</param>
    public IDataView LoadSlake(string path) => LoadSlake(path, new SlakeOptions());

    /// <summary>Reads SLAKE's <c>train.json</c>, <c>validate.json</c> or <c>test.json</c>: an array of <c>{"qid", "img_name",
    /// "question", "answer", "q_lang", "answer_type", "content_type"}</c>. Columns: Id, Image and ImagePath, Question, Answers (vector of texts), AnswerType, QuestionType, and
    /// Conversation, <c>["&lt;image&gt;\n" + question, answer]</c>, to train on; Id is <c>qid</c> and
    /// QuestionType <c>content_type</c>. A row is bad where one of the first four is missing.</summary>
    /// <param name="path">The JSON file.</param>
    /// <param name="options">Image folder, language, and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public IDataView LoadSlake(string path, SlakeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return View(path, options, file => new SlakeSource(file, options));
    }

    /// <inheritdoc cref="LoadVqaV2(string, string, VqaV2Options)"/>
    /// <param name="questions">The file of questions.</param>
    /// <param name="annotations">The file of answers; null for a part whose answers are kept back.</param>
    /// <param name="imageFolder">The folder that holds the pictures; null for the folder of the questions.</param>
    public IDataView LoadVqaV2(string questions, string? annotations, string? imageFolder = null) =>
        LoadVqaV2(questions, annotations, new VqaV2Options { ImageFolder = imageFolder });

    /// <summary>Reads a pair of VQAv2's files, such as <c>v2_OpenEnded_mscoco_val2014_questions.json</c> and
    /// <c>v2_mscoco_val2014_annotations.json</c>, or of VQA's or OK-VQA's, whose names have no <c>v2_</c>. Columns: Id, Image and ImagePath, Question, Answers (vector of texts), AnswerType, QuestionType, and
    /// Conversation, <c>["&lt;image&gt;\n" + question, answer]</c>, to train on; the answer trained on is
    /// <c>multiple_choice_answer</c>, or the commonest where that is absent. Rows come in the order of the answers, and a question without an answer is no row; without
    /// a file of answers all questions are rows, with a Conversation of the question alone. A row is bad where a property is
    /// missing, an id is used twice, or an answer's question is not there. The questions are held in memory, about 40 bytes
    /// and the text each.</summary>
    /// <param name="questions">The file of questions, or several with <c>*</c>.</param>
    /// <param name="annotations">The file of answers, or as many in the same order; null for a part whose answers are kept back.</param>
    /// <param name="options">Image folder, names of pictures, and treatment of bad rows.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public IDataView LoadVqaV2(string questions, string? annotations, VqaV2Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        IReadOnlyList<string> asked = DataFile.Expand(questions);
        IReadOnlyList<string?> answered = annotations is null ? new string?[asked.Count] : [.. DataFile.Expand(annotations)];
        if (asked.Count != answered.Count)
            throw new MalformedInputException(questions, $"there are {asked.Count} files of questions and {answered.Count} of answers", "Each has its partner, in the order of the names.");
        RowSource<VqaRow>[] sources = [.. asked.Zip(answered, (question, answer) => new VqaV2Source(question, answer, options))];
        return new RowDataView<VqaRow>(_environment, sources is [var single] ? single : new ShardedSource<VqaRow>(questions, options, sources), nameof(LoadVqaV2));
    }
}
