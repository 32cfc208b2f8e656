using System.Diagnostics;
using System.Threading.Channels;

namespace VlmMlNet.Training.Batches;

/// <summary>Computes a sequence on another thread, a bounded number of items ahead, in order.</summary>
internal static class Prefetch
{
    /// <summary>The same items; an exception of the source is thrown where its item would have been.</summary>
    /// <param name="source">Enumerated on the other thread only.</param>
    /// <param name="ahead">Most items computed and not yet taken.</param>
    /// <param name="waiting">Runs while the next item is waited for; null for none.</param>
    public static IEnumerable<T> Run<T>(IEnumerable<T> source, int ahead, Stopwatch? waiting = null) where T : IDisposable
    {
        using var stop = new CancellationTokenSource();
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(ahead) { SingleReader = true, SingleWriter = true });
        var producer = Task.Factory.StartNew(() => Produce(source, channel.Writer, stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (HasNext(channel.Reader, waiting)) // throws what the source threw
                while (channel.Reader.TryRead(out var item))
                    yield return item;
        }
        finally
        {
            stop.Cancel();
            while (channel.Reader.TryRead(out var unused))
                unused.Dispose();
            producer.GetAwaiter().GetResult();
            while (channel.Reader.TryRead(out var unused))
                unused.Dispose();
        }
    }

    private static bool HasNext<T>(ChannelReader<T> reader, Stopwatch? waiting)
    {
        waiting?.Start();
        bool hasNext = reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult();
        waiting?.Stop();
        return hasNext;
    }

    private static void Produce<T>(IEnumerable<T> source, ChannelWriter<T> writer, CancellationToken stop) where T : IDisposable
    {
        Exception? error = null;
        try
        {
            foreach (var item in source)
            {
                try
                {
                    while (!writer.TryWrite(item))
                        writer.WaitToWriteAsync(stop).AsTask().GetAwaiter().GetResult();
                }
                catch (OperationCanceledException)
                {
                    item.Dispose();
                    return;
                }
                if (stop.IsCancellationRequested)
                    return;
            }
        }
        catch (Exception e)
        {
            error = e;
        }
        finally
        {
            writer.TryComplete(error);
        }
    }
}
