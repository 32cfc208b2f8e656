using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Evaluation.Answers;
using VlmMlNet.Evaluation.Captions;
using VlmMlNet.Imaging;
using VlmMlNet.Models;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Components.Recipes;

/// <summary>One comparison: a pass over the data, in which all models read the answers of the reference at once.</summary>
internal sealed class PrecisionComparer(IHost host, VisionLanguageModel reference, IReadOnlyList<VisionLanguageModel> models, IDataView data, PrecisionComparisonOptions options)
{
    private readonly List<IReadOnlyList<string>> _references = [];
    private readonly List<string> _answers = [];
    private readonly PrecisionTally[] _tallies = [.. models.Select(_ => new PrecisionTally())];
    private readonly int[] _stopIds = reference.Conversation.StopIds;
    private bool _hasQuestions;

    private readonly record struct Asked(int Picture, string Prompt, IReadOnlyList<string> References, string? System = null);

    public PrecisionComparison Run()
    {
        long done = 0, total = Math.Min(PictureRows.Count(data), options.Limit ?? long.MaxValue);
        foreach (var rows in PictureRows.Read(host, data, new LeftOutRows(options.SkipUnreadableImages, options.RowSkipped)).Take(options.Limit ?? int.MaxValue).Chunk(options.BatchSize))
        {
            using (var pictures = PixelBatch.Read(reference.ImageProcessor, [.. rows.Select(r => r.Image)]))
            {
                foreach (var batch in rows.SelectMany((row, i) => Ask(row, pictures, i)).Chunk(options.BatchSize))
                    Compare(batch, pictures);
            }
            done += rows.Length;
            options.Progress?.Invoke(done, total);
        }
        if (_answers.Count == 0)
            throw new MalformedInputException("the compared data", "no row has a picture and a text", "Check the file and the split.");
        double[] scores = Scores(_answers);
        return new PrecisionComparison(_hasQuestions ? "exact match" : "CIDEr", _answers.Count, _tallies.Length > 0 ? _tallies[0].Places : 0, scores.Average(),
            [.. models.Select((model, i) => _tallies[i].Close(model.Precision, Scores(_tallies[i].Answers), scores))]);
    }

    private IEnumerable<Asked> Ask(PictureRow row, PixelBatch pictures, int picture)
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        if (!IsReadable(pictures, picture))
            return [];
        if (row.Captions.Count > 0)
            return [new Asked(picture, options.CaptionPrompt ?? reference.CaptionPrompt, row.Captions)];
        _hasQuestions = true;
        return row.Questions.Select(q => new Asked(picture, q.Text, q.Answers, q.System));
    }

    private bool IsReadable(PixelBatch pictures, int picture)
    {
        if (pictures.Error(picture) is not { } error)
            return true;
        if (!options.SkipUnreadableImages || error is not (MalformedInputException or IOException))
            pictures.ThrowIfBad(picture);
        options.RowSkipped?.Invoke(error.Message);
        return false;
    }

    private void Compare(Asked[] batch, PixelBatch pictures)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        int[][] prompts = [.. batch.Select(a => Encode(a))];
        using var pixels = pictures.Copy([.. batch.Select(a => a.Picture)]);
        var visualTokens = reference.VisualTokens(pixels);
        using var session = reference.Conversation.OpenSession(batch.Length, prompts.Max(p => p.Length) + options.MaxTokens, options.MaxThreads);
        for (int row = 0; row < batch.Length; row++)
            session.Append(row, prompts[row], visualTokens.narrow(0, row, 1));
        var trials = new List<PrecisionTrial>();
        try
        {
            for (int i = 0; i < models.Count; i++)
                trials.Add(new PrecisionTrial(models[i], _tallies[i], prompts, SharesEncoder(models[i]) ? visualTokens : models[i].VisualTokens(pixels), _stopIds, options));
            Write(session, trials);
        }
        finally
        {
            trials.ForEach(t => t.Dispose());
        }
        _references.AddRange(batch.Select(a => a.References));
    }

    private void Write(DecodingSession session, List<PrecisionTrial> trials)
    {
        var answers = Enumerable.Range(0, session.Slots).Select(_ => new List<int>()).ToArray();
        List<int> active = [.. Enumerable.Range(0, session.Slots)], tokens = [];
        while (active.Count > 0 || trials.Exists(t => t.IsWriting))
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            var next = new List<int>();
            tokens.Clear();
            foreach (int row in active)
            {
                int token = session.MostLikely(row);
                bool isEnd = _stopIds.Contains(token);
                foreach (var trial in trials)
                    trial.Compare(row, token, isEnd, session.Logits(row));
                if (isEnd)
                    continue;
                answers[row].Add(token);
                if (answers[row].Count == options.MaxTokens)
                    continue;
                next.Add(row);
                tokens.Add(token);
            }
            active = next;
            session.Step([.. active], [.. tokens]);
            foreach (var trial in trials)
                trial.Step(active, tokens);
        }
        _answers.AddRange(answers.Select(a => reference.Tokenizer.Decode([.. a]).Trim()));
        trials.ForEach(t => t.Close());
    }

    private bool SharesEncoder(VisionLanguageModel model) =>
        ReferenceEquals(model.VisionPart, reference.VisionPart) && ReferenceEquals(model.ProjectorPart, reference.ProjectorPart);

    private int[] Encode(Asked asked)
    {
        ChatMessage[] system = asked.System is { } said ? [new ChatMessage("system", said)] : [];
        return reference.ChatTemplate.Encode([.. system, new ChatMessage("user", ImagePlaceholder.Ensure(asked.Prompt))], addGenerationPrompt: true, reference.ImageTokenCount).TokenIds;
    }

    private double[] Scores(IReadOnlyList<string> answers) => _hasQuestions
        ? [.. AnswerScorer.Score(answers, _references).PerQuestion.Select(q => q.ExactMatch)]
        : [.. CaptionScorer.Score(answers, _references).PerImage.Select(c => c.Cider)];
}
