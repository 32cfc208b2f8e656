using VlmMlNet.Runtime;

namespace VlmMlNet.Tests.Runtime;

[Collection(nameof(MutedConsoleTests))]
public sealed class MutedConsoleTests
{
    [Fact]
    public void What_this_thread_writes_is_left_out_and_what_others_write_passes()
    {
        var before = Console.Out;
        using var written = new StringWriter();
        try
        {
            Console.SetOut(written);
            var set = Console.Out;
            using (new MutedConsole())
            {
                Console.WriteLine("a page");
                Console.Write('x');
                var other = new Thread(() => Console.WriteLine("of another thread"));
                other.Start();
                other.Join();
            }
            Assert.Same(set, Console.Out);
            Console.Write("after");
        }
        finally
        {
            Console.SetOut(before);
        }
        Assert.Equal("of another thread\nafter", written.ToString());
    }
}
