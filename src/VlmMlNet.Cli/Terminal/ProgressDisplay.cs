using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace VlmMlNet.Cli.Terminal;

/// <summary>Shows how far work is: bars on a terminal, now and then a line elsewhere. One bar per name.</summary>
internal sealed class ProgressDisplay
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(10);
    private readonly Shell _shell;
    private readonly IAnsiConsole? _console;
    private readonly ProgressContext? _bars;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private ProgressTask? _bar;
    private string? _name, _last, _written;

    private ProgressDisplay(Shell shell, IAnsiConsole? console, ProgressContext? bars) => (_shell, _console, _bars) = (shell, console, bars);

    /// <summary>Runs work that reports its progress, on this thread.</summary>
    public static T Run<T>(Shell shell, Func<ProgressDisplay, T> work)
    {
        if (!shell.IsInteractive)
        {
            var lines = new ProgressDisplay(shell, null, null);
            T done = work(lines);
            lines.Finish();
            return done;
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(shell.Error) }); // honours NO_COLOR
        return console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 30 }, new PercentageColumn())
            .Start(bars =>
            {
                var display = new ProgressDisplay(shell, console, bars);
                T done = work(display);
                display.Finish();
                return done;
            });
    }

    /// <summary>Where the work of this name is.</summary>
    /// <param name="name">A new name begins a new bar.</param>
    /// <param name="fraction">0 to 1.</param>
    /// <param name="details">What else to say.</param>
    public void Report(string name, double fraction, string details = "") => Show(name, fraction, details.Length == 0 ? name : $"{name}: {details}",
        string.Create(CultureInfo.InvariantCulture, $"{name}: {fraction:P0}{(details.Length == 0 ? "" : ", " + details)}"));

    /// <summary>How far work is whose end is not known.</summary>
    /// <param name="name">A new name begins a new bar.</param>
    /// <param name="done">What is done.</param>
    public void Count(string name, long done)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{name}: {done}");
        Show(name, null, text, text);
    }

    private void Show(string name, double? fraction, string description, string line)
    {
        bool isNew = name != _name;
        if (isNew)
        {
            Finish();
            _name = name;
            _bar = _bars?.AddTask(Markup.Escape(name), maxValue: 1);
        }
        if (_bar is not null)
        {
            _bar.Value = fraction ?? 0;
            _bar.IsIndeterminate = fraction is null;
            _bar.Description = Markup.Escape(description);
            return;
        }
        _last = line;
        if (!isNew && !(fraction >= 1) && _sinceLast.Elapsed < s_interval)
            return;
        _sinceLast.Restart();
        Flush();
    }

    /// <summary>A line of text between the bars.</summary>
    public void WriteLine(string text)
    {
        Finish();
        if (_console is not null)
            _console.WriteLine(text);
        else
            _shell.Error.WriteLine(text);
    }

    // The last state of a part is always shown.
    private void Finish()
    {
        if (_bar is not null)
            _bar.Value = 1;
        _bar?.StopTask();
        _bar = null;
        Flush();
        _name = null;
    }

    private void Flush()
    {
        // What is complete may be reported again when its end is.
        if (_last is not null && _last != _written)
            _shell.Error.WriteLine(_last);
        (_written, _last) = (_last ?? _written, null);
    }
}
