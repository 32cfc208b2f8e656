using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Evaluation;
using VlmMlNet.Generation;

namespace VlmMlNet.Components.Recipes;

/// <summary>One evaluation: a pass over the data in batches of pictures, texts kept, pictures not.</summary>
internal sealed class ModelEvaluator(IHost host, VisionLanguageModel model, IDataView data, ModelEvaluationOptions options)
{
    private readonly List<ModelPrediction> _predictions = [];
    private readonly List<string> _neighbours = [];
    private readonly List<PictureQuestion> _questions = [];
    private NearestNeighbourBaseline? _baseline;

    public ModelEvaluation Run()
    {
        _baseline = options.NeighbourData is { } known ? ReadBaseline(known) : null;
        long done = 0, total = Math.Min(PictureRows.Count(data), options.Limit ?? long.MaxValue);
        foreach (var batch in PictureRows.Read(host, data).Take(options.Limit ?? int.MaxValue).Chunk(options.Generation.BatchSize))
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            Answer(batch);
            done += batch.Length;
            options.Progress?.Invoke("answering", done, total);
        }
        if (_predictions.Count == 0)
            throw new MalformedInputException("the evaluated data", "no row has a picture and a text", "Check the file and the split.");
        string[] answers = [.. _predictions.Select(p => p.Answer)];
        var references = _predictions.ConvertAll(p => p.References);
        return _questions.Count > 0
            ? new ModelEvaluation(_predictions, null, AnswerScorer.Score(answers, references, _questions.ConvertAll(q => q.AnswerType), _questions.ConvertAll(q => q.QuestionType)), null)
            : new ModelEvaluation(_predictions, CaptionScorer.Score(answers, references), null, _neighbours.Count > 0 ? CaptionScorer.Score(_neighbours, references) : null);
    }

    private void Answer(PictureRow[] rows)
    {
        var asked = new List<(PictureRow Row, Imaging.RgbImage Picture, PictureQuestion? Question)>();
        foreach (var row in rows)
        {
            if (Decode(row) is not { } picture)
                continue;
            if (row.Captions.Count > 0)
                asked.Add((row, picture, null));
            else
                asked.AddRange(row.Questions.Select(q => (row, picture, (PictureQuestion?)q)));
        }
        if (asked.Count == 0)
            return;
        var prompts = asked.ConvertAll(a => Prompt(a.Question));
        var answers = AnswerGenerator.Answer(model, asked.ConvertAll(a => a.Picture), prompts, options.Generation, options.CancellationToken);
        for (int i = 0; i < asked.Count; i++)
        {
            var (row, picture, question) = asked[i];
            _predictions.Add(new ModelPrediction(row.Id, row.Image.Name, prompts[i], answers[i], question?.Answers ?? row.Captions));
            if (question is not null)
                _questions.Add(question);
            else if (_baseline is not null)
                _neighbours.Add(_baseline.Caption(picture));
        }
    }

    private Imaging.RgbImage? Decode(PictureRow row)
    {
        try
        {
            return row.Image.Decode();
        }
        catch (Exception e) when (options.SkipUnreadableImages && (e is MalformedInputException or IOException))
        {
            options.RowSkipped?.Invoke(e.Message);
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
        foreach (var row in PictureRows.Read(host, known))
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            if ((row.Captions.Count > 0 ? row.Captions[0] : row.Questions[0].Answers[0]) is { Length: > 0 } caption && Decode(row) is { } picture)
                baseline.Add(picture, caption);
            if (baseline.Count % 100 == 0)
                options.Progress?.Invoke("reading the nearest neighbours", baseline.Count, total);
        }
        return baseline.Count > 0 ? baseline : throw new MalformedInputException("the nearest neighbours' data", "no row has a picture and a caption", "Check the file and the split.");
    }
}
