namespace VlmMlNet.Tests.Safetensors;

/// <summary>A stream like a zip entry's: it neither seeks nor tells its length, and a read may return little.</summary>
internal sealed class ForwardOnlyStream(Stream inner, int mostPerRead = int.MaxValue) : Stream
{
    public long MostRequested { get; private set; }

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        MostRequested = Math.Max(MostRequested, buffer.Length);
        return inner.Read(buffer[..Math.Min(buffer.Length, mostPerRead)]);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        MostRequested = Math.Max(MostRequested, buffer.Length);
        inner.Write(buffer);
    }

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
