using System.Text;

namespace VlmMlNet.Runtime;

/// <summary>Leaves out what this thread writes to standard output through <see cref="Console"/>, until it is disposed. What others write passes.</summary>
internal sealed class MutedConsole : IDisposable
{
    private readonly TextWriter _before = Console.Out, _during;

    public MutedConsole()
    {
        Console.SetOut(new Others(_before, Environment.CurrentManagedThreadId));
        _during = Console.Out; // as the console wraps it
    }

    public void Dispose()
    {
        if (ReferenceEquals(Console.Out, _during)) // else somebody has set another
            Console.SetOut(_before);
    }

    private sealed class Others(TextWriter inner, int muted) : TextWriter
    {
        public override Encoding Encoding => inner.Encoding;

        public override void Write(char value)
        {
            if (Environment.CurrentManagedThreadId != muted)
                inner.Write(value);
        }

        public override void Write(char[] buffer, int index, int count)
        {
            if (Environment.CurrentManagedThreadId != muted)
                inner.Write(buffer, index, count);
        }

        public override void Write(string? value)
        {
            if (Environment.CurrentManagedThreadId != muted)
                inner.Write(value);
        }

        public override void Flush() => inner.Flush();
    }
}
