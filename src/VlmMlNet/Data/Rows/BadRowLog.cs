using System.Globalization;
using Microsoft.ML.Runtime;

namespace VlmMlNet.Data.Rows;

/// <summary>Fails at a bad row, or counts it and tells the log and the user's collector: each row once, however many
/// passes meet it.</summary>
internal sealed class BadRowLog(IHostEnvironment environment, string source, DataReaderOptions options)
{
    /// <summary>What is said where bad rows are left out and none is good.</summary>
    public const string NoGoodRow = "not one row can be used";

    private const int LoggedRows = 10;
    private readonly Lock _lock = new();
    private BadRow? _first;
    private long _count;
    private bool _summarised;

    /// <summary>Starts one pass over the file.</summary>
    public Pass Start() => new(this, isKnown: false);

    /// <summary>Starts a pass over a part of a file whose bad rows were all reported before.</summary>
    public Pass StartAgain() => new(this, isKnown: true);

    private void Add(long ordinal, string path, long row, string problem, string? remedy, Exception? cause, (long Line, long? Offset)? place, bool isIncomplete)
    {
        if (options.BadRows == BadRowHandling.Fail && !(isIncomplete && options.SkipsIncompleteRows))
            throw new MalformedInputException(path, problem, remedy, row, cause);
        lock (_lock)
        {
            if (ordinal <= _count)
                return;
            var bad = new BadRow(path, row, problem) { Line = place?.Line, Offset = place?.Offset };
            _first ??= bad;
            _count++;
            if (_count <= LoggedRows)
                Warn($"{path}, row {row}: {problem}. The row is left out.");
            options.OnBadRow?.Invoke(bad);
        }
    }

    private void Complete(long goodRows)
    {
        lock (_lock)
        {
            if (_first is null)
                return;
            if (goodRows == 0)
                throw new MalformedInputException(_first.Source, string.Create(CultureInfo.InvariantCulture, $"{NoGoodRow}, {_count} are bad; the first: {_first.Problem}"),
                    "Is this the format that the reader expects?", _first.Row);
            if (_summarised)
                return;
            _summarised = true;
            Warn(string.Create(CultureInfo.InvariantCulture, $"{source}: {_count} bad rows were left out, {goodRows} rows are good."));
        }
    }

    private void Warn(string message)
    {
        IHost host = environment.Register("VlmMlNet.Data");
        using IChannel channel = host.Start("Reading");
        channel.Warning(message);
    }

    /// <summary>The bad rows of one pass. Every pass meets the same ones in the same order, so that the place in this
    /// order tells which ones were reported before.</summary>
    internal sealed class Pass(BadRowLog log, bool isKnown)
    {
        private long _met;

        /// <summary>Reports a bad row of a file.</summary>
        /// <exception cref="MalformedInputException">Bad rows are not to be skipped.</exception>
        public void Add(string path, long row, string problem, string? remedy = null, Exception? cause = null, (long Line, long? Offset)? place = null, bool isIncomplete = false) =>
            log.Add(isKnown ? 0 : ++_met, path, row, problem, remedy, cause, place, isIncomplete);

        /// <summary>How many bad rows the pass has met.</summary>
        public long Met => _met;

        /// <summary>Counts bad rows that an earlier pass met in a part of the file that is not read again.</summary>
        public void Repeat(long count) => _met += count;

        /// <summary>Reports that the pass has reached the end of the file.</summary>
        /// <exception cref="MalformedInputException">There were rows, but not one was good.</exception>
        public void Complete(long goodRows) => log.Complete(goodRows);
    }
}
