using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Generation;
using VlmMlNet.Generation.Answers;

namespace VlmMlNet.Components.Recipes;

/// <summary>One evaluation: a pass over the data in batches of pictures, texts kept, pictures not.</summary>
internal sealed class ModelEvaluator(IHost host, VisionLanguageModel model, IDataView data, ModelEvaluationOptions options)
{
    private readonly List<ModelPrediction> _predictions = [];
    private readonly List<string> _neighbours = [];
    private readonly List<PictureQuestion> _questions = [];
    private readonly LeftOutRows _leftOut = new(options.SkipUnreadableImages, options.RowSkipped);
    private NearestNeighbourBaseline? _baseline;
    private (string Name, Imaging.RgbImage Picture)? _last;
    private long _unreadable;

    private bool AsCaptions => options.AnswersAreCaptions || options.Protocol is { AsksQuestions: false };

    public ModelEvaluation Run()
    {
        bool isScored = PictureRows.HaveTexts(data);
        if (!isScored && options.Answered is null)
            throw new MalformedInputException("the evaluated data", "no row has a text that answers can be compared with", "Check the file and the split.");
        if (options.HasDistinctIds)
            CheckIds();
        GenerationLimits.Check(options.Generation, model.Conversation.Language.Config, promptTokens: 0);
        _baseline = options.NeighbourData is { } known ? ReadBaseline(known) : null;
        long total = Math.Min(PictureRows.Count(data), options.Limit ?? long.MaxValue), done = 0;
        var asked = new Queue<AskedPicture>();
        foreach (var given in AnswerGenerator.Run(model, Ask(asked), options.Generation, options.CancellationToken))
        {
            var (number, row, picture, prompt, question) = asked.Dequeue();
            var prediction = new ModelPrediction(row.Id, row.Image.Name, prompt, given[0].Text, question?.Answers ?? row.Captions);
            _predictions.Add(prediction);
            options.Answered?.Invoke(prediction);
            if (prediction.References.Count > 0 && question is not null)
                _questions.Add(question);
            else if (prediction.References.Count > 0 && _baseline is not null)
                _neighbours.Add(_baseline.Caption(picture));
            if (number > done)
                options.Progress?.Invoke("answering", done = number, total);
        }
        options.Progress?.Invoke("answering", total, total);
        var scored = _predictions.FindAll(p => p.References.Count > 0);
        if (_predictions.Count == 0 && _unreadable > 0)
            throw new MalformedInputException("the evaluated data", $"none of its {_unreadable} pictures could be read", "Check the folder that they are in.");
        if (isScored ? scored.Count == 0 : _predictions.Count == 0)
            throw new MalformedInputException("the evaluated data", "no row has a picture and a text", "Check the file and the split.");
        if (!isScored)
            return new ModelEvaluation(_predictions, null, null, null) { IsOfQuestions = PictureRows.HaveQuestions(data.Schema, AsCaptions), Skipped = _leftOut.Count };
        string[] answers = [.. scored.Select(p => p.Answer)];
        var references = scored.ConvertAll(p => p.References);
        var evaluation = _questions.Count > 0
            ? new ModelEvaluation(_predictions, null, AnswerScorer.Score(answers, references, _questions.ConvertAll(q => q.AnswerType), _questions.ConvertAll(q => q.QuestionType)), null)
            : new ModelEvaluation(_predictions, CaptionScorer.Score(answers, references), null, _neighbours.Count > 0 ? CaptionScorer.Score(_neighbours, references) : null);
        return evaluation with { Skipped = _leftOut.Count };
    }

    // Reads on as the answering asks for more; what it has taken and not answered yet is in the queue.
    private IEnumerable<PictureRequest> Ask(Queue<AskedPicture> asked)
    {
        long number = 0;
        bool asksQuestions = PictureRows.HaveQuestions(data.Schema, AsCaptions);
        foreach (var row in PictureRows.Read(host, data, _leftOut, needsTexts: options.Answered is null, AsCaptions).Take(options.Limit ?? int.MaxValue))
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            number++;
            if (Decode(row, _leftOut) is not { } picture)
                continue;
            foreach (var question in asksQuestions ? row.Questions.Cast<PictureQuestion?>() : [null])
            {
                string prompt = Prompt(question);
                asked.Enqueue(new AskedPicture(number, row, picture, prompt, question));
                yield return new PictureRequest(picture, prompt, question?.System);
            }
        }
    }

    // Before hours of answering.
    private void CheckIds()
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in PictureRows.Read(host, data, new LeftOutRows(options.SkipUnreadableImages, null), needsTexts: false, AsCaptions).Take(options.Limit ?? int.MaxValue))
        {
            if (!ids.Add(row.Id) || row.Questions.Count > 1)
                throw new MalformedInputException("the evaluated data", $"several questions have the id {row.Id}", "The challenges' results have one answer for each id: write the predictions instead.", ids.Count - 1);
        }
    }

    // Rows in a row about the same file share its pixels, and with them the encoder's work.
    private Imaging.RgbImage? Decode(PictureRow row, LeftOutRows leftOut)
    {
        try
        {
            if (_last is not { } last || !row.Image.IsFile || last.Name != row.Image.Name)
                _last = last = (row.Image.Name, row.Image.Decode());
            return last.Picture;
        }
        catch (Exception e) when (options.SkipUnreadableImages && (e is MalformedInputException or IOException or UnauthorizedAccessException))
        {
            _unreadable++;
            leftOut.Add(e.Message);
            return null;
        }
    }

    private string Prompt(PictureQuestion? question) =>
        options.Protocol is { } protocol ? protocol.PromptFor(question?.Text, question?.AnswerType, model.CaptionPrompt)
        : question?.Text ?? options.CaptionPrompt ?? model.CaptionPrompt;

    private NearestNeighbourBaseline ReadBaseline(IDataView known)
    {
        var baseline = new NearestNeighbourBaseline();
        long total = PictureRows.Count(known);
        var leftOut = new LeftOutRows(options.SkipUnreadableImages, options.RowSkipped);
        foreach (var row in PictureRows.Read(host, known, leftOut, asCaptions: AsCaptions))
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            if ((row.Captions.Count > 0 ? row.Captions[0] : row.Questions[0].Answers[0]) is { Length: > 0 } caption && Decode(row, leftOut) is { } picture)
                baseline.Add(picture, caption);
            if (baseline.Count % 100 == 0)
                options.Progress?.Invoke("reading the nearest neighbours", baseline.Count, total);
        }
        return baseline.Count > 0 ? baseline : throw new MalformedInputException("the nearest neighbours' data", "no row has a picture and a caption", "Check the file and the split.");
    }

    private sealed record AskedPicture(long Number, PictureRow Row, Imaging.RgbImage Picture, string Prompt, PictureQuestion? Question);
}
