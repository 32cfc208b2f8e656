using Microsoft.ML;
using VlmMlNet.Components.CaptionGenerator;

namespace VlmMlNet.Tests.Components;

/// <summary>Transformers that were disposed or cancelled.</summary>
public sealed class EndedTransformerTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly VisionLanguageModel _model = TinyModel.Create();
    private readonly TinyPictures _pictures = new();

    [Fact]
    public void A_disposed_transformer_says_in_which_ways_that_happens()
    {
        var data = _pictures.Rows(_context, 1);
        var encoder = _context.Transforms.ImageEncoder(_model, "Patches", "Image").Fit(data);
        encoder.Dispose();
        Assert.StartsWith("It is disposed: by itself, with a pipeline that it is part of, or with a PredictionEngine", Assert.Throws<ObjectDisposedException>(() => encoder.Transform(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_ends_the_rows_of_a_captioner_between_two_tokens()
    {
        using var cancelled = new CancellationTokenSource();
        var data = _pictures.Rows(_context, 3);
        var captioner = _context.Transforms.ImageEncoder(_model, "Patches", "Image").Append(_context.Transforms.ModalityProjector(_model, "VisualTokens", "Patches"))
            .Append(_context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = _model, MaxTokens = 4, BatchSize = 1, CancellationToken = cancelled.Token })).Fit(data);
        var captioned = captioner.Transform(data);
        var column = captioned.Schema["Caption"];
        using (var cursor = captioned.GetRowCursor([column]))
        {
            var getter = cursor.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> caption = default;
            cursor.MoveNext();
            getter(ref caption);
            cancelled.Cancel();
            var error = Assert.Throws<OperationCanceledException>(() =>
            {
                while (cursor.MoveNext())
                    getter(ref caption);
            });
            Assert.Equal(cancelled.Token, error.CancellationToken);
        }
        Assert.Throws<OperationCanceledException>(() => captioned.Texts("Caption"));

        // It belongs to the process, not to the pipeline's file.
        string zip = Path.Combine(_pictures.Folder, "captioner.zip");
        _context.Model.Save(captioner, data.Schema, zip);
        Assert.Equal(3, _context.Model.Load(zip, out _).Transform(data).Texts("Caption").Length);
    }

    public void Dispose()
    {
        _model.Dispose();
        _pictures.Dispose();
    }
}
