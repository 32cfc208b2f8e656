using Microsoft.ML;
using TorchSharp;
using VlmMlNet.Components.CaptionGenerator;
using VlmMlNet.Tests.Imaging;

namespace VlmMlNet.Tests.Components;

[Collection(nameof(MeasuresMemory))]
public sealed class ComponentMemoryTests : IDisposable
{
    private readonly MLContext _context = new(seed: 1);
    private readonly TinyPictures _pictures = new();

    [Fact]
    public void No_tensor_is_left_behind_by_several_hundred_rows()
    {
        using var model = TinyModel.Create();
        var data = _context.Data.LoadFromEnumerable(Enumerable.Range(0, 400).Select(i => new TinyPictures.Row { Image = _pictures.File(i % 3), Conversation = ["What colour is it?", "red"] }));
        var pipeline = _context.Transforms.ImageEncoder(model, "Patches", "Image")
            .Append(_context.Transforms.ModalityProjector(model, "VisualTokens", "Patches"))
            .Append(_context.Transforms.HybridMaskDecoder(model, "Score", "VisualTokens", "Conversation"))
            .Append(_context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = model, MaxTokens = 3 }));
        using var fitted = pipeline.Fit(data);
        var view = fitted.Transform(data);
        using var cursor = view.GetRowCursor([view.Schema["Score"], view.Schema["Caption"]]);
        var getScore = cursor.GetGetter<float>(view.Schema["Score"]);
        var getCaption = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Caption"]);
        var live = new List<long>();
        float score = 0;
        ReadOnlyMemory<char> caption = default;
        while (cursor.MoveNext())
        {
            getScore(ref score);
            getCaption(ref caption);
            live.Add(DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(400, live.Count);
        Assert.Equal(live[7], live.Skip(7).Max());
        Assert.Equal(live[7], live[^1]);
    }

    [Fact]
    public void Weights_are_saved_and_loaded_without_a_temporary_file_or_a_second_copy()
    {
        var temporary = Directory.CreateDirectory(Path.Combine(_pictures.Folder, "temporary"));
        _context.TempFilePath = temporary.FullName;
        var shape = TinyModel.Language with { VocabSize = TinyModel.Tokenizer.VocabularySize, HiddenSize = 512, IntermediateSize = 2048 };
        using var model = VisionLanguageModel.CreateRandom(TinyModel.Vision, shape, TinyModel.Tokenizer);
        long weights = 4 * model.CountParameters().Language;
        Assert.True(weights > 25_000_000);
        var data = _pictures.Rows(_context, 1);
        var visual = _context.Transforms.ImageEncoder(model, "Patches", "Image").Append(_context.Transforms.ModalityProjector(model, "VisualTokens", "Patches")).Fit(data).Transform(data);
        using var captioner = _context.Transforms.CaptionGenerator(new CaptionGeneratorOptions { Model = model, MaxTokens = 3 }).Fit(visual);

        string zip = Path.Combine(_pictures.Folder, "model.zip");
        long mostTemporary = 0;
        void Look() => mostTemporary = Math.Max(mostTemporary, temporary.EnumerateFiles("*", SearchOption.AllDirectories).Sum(f => f.Length));
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        using (var stream = new WatchedStream(File.Create(zip), Look))
            _context.Model.Save(captioner, visual.Schema, stream);
        long whileSaving = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.InRange(new FileInfo(zip).Length, weights, weights + 1_000_000);

        allocated = GC.GetAllocatedBytesForCurrentThread();
        ITransformer loaded;
        using (var stream = new WatchedStream(File.OpenRead(zip), Look))
            loaded = _context.Model.Load(stream, out _);
        long whileLoading = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.Equal(captioner.Transform(visual).Texts("Caption"), loaded.Transform(visual).Texts("Caption"));
        ((IDisposable)loaded).Dispose();

        Assert.InRange(mostTemporary, 1, 100_000); // ML.NET's own small entries
        Assert.InRange(whileSaving, 0, weights / 8);
        Assert.InRange(whileLoading, 0, weights / 8);
    }

    public void Dispose() => _pictures.Dispose();

    /// <summary>Calls an action at each large read or write.</summary>
    private sealed class WatchedStream(Stream inner, Action look) : Stream
    {
        private const int Large = 1 << 16;

        public override bool CanRead => inner.CanRead;
        public override bool CanSeek => inner.CanSeek;
        public override bool CanWrite => inner.CanWrite;
        public override long Length => inner.Length;
        public override long Position { get => inner.Position; set => inner.Position = value; }
        public override void Flush() => inner.Flush();
        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);
        public override void SetLength(long value) => inner.SetLength(value);
        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            Look(buffer.Length);
            return inner.Read(buffer);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Look(buffer.Length);
            inner.Write(buffer);
        }

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }

        private void Look(int length)
        {
            if (length >= Large)
                look();
        }
    }
}
