using System.Text;
using VlmMlNet.Files;

namespace VlmMlNet.Training.Watching;

/// <summary>metrics.jsonl: one line for each step and validation of a run. A run that is continued takes back the lines behind its
/// checkpoint first, so that each step is there once.</summary>
internal sealed class MetricsFile : IDisposable
{
    /// <summary>Its name in a run's folder.</summary>
    public const string Name = "metrics.jsonl";

    private readonly StreamWriter _writer;

    private MetricsFile(string path) =>
        _writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete), new UTF8Encoding(false)) { AutoFlush = true, NewLine = "\n" };

    /// <summary>Opens the file to add a stage's lines.</summary>
    /// <param name="path">The file; it and its folder are made.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="history">What it has done until now; steps that the file lacks are added.</param>
    public static MetricsFile Open(string path, string stage, TrainingHistory history)
    {
        path = Path.GetFullPath(path);
        RegularFile.Check(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var present = TakeBack(path, stage, history.Points.Count);
        var file = new MetricsFile(path);
        foreach (var point in history.Points.Where(p => !present.Contains(p.Step)))
            file.Add(Of(stage, point));
        return file;
    }

    /// <summary>A step's line.</summary>
    public static MetricsLine Of(string stage, TrainingHistory.Point point) => new()
    {
        Stage = stage,
        Step = point.Step,
        Loss = MetricsLine.Finite(point.Loss),
        RateFactor = point.RateFactor,
        GradientNorm = MetricsLine.Finite(point.GradientNorm),
        Skipped = point.IsSkipped ? true : null,
    };

    /// <summary>All lines; none where there is no file.</summary>
    public static IEnumerable<MetricsLine> Read(string path) => File.Exists(path) ? File.ReadLines(path).Select(MetricsLine.Parse).OfType<MetricsLine>() : [];

    /// <summary>Adds a line to a file that no stage has open.</summary>
    public static void Append(string path, MetricsLine line)
    {
        using var file = new MetricsFile(path);
        file.Add(line);
    }

    public void Add(MetricsLine line) => _writer.WriteLine(line.ToJson());

    public void Dispose() => _writer.Dispose();

    private static HashSet<long> TakeBack(string path, string stage, long reached)
    {
        var present = new HashSet<long>();
        if (!File.Exists(path))
            return present;
        PendingFile.RemoveLeftovers(path);
        bool isChanged = !EndsWithLine(path);
        using var file = new PendingFile(path);
        using (var writer = new StreamWriter(file.Stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" })
        {
            foreach (string text in File.ReadLines(path))
            {
                // A stage's first step has none before it: what there is of the stage is of another run.
                if (MetricsLine.Parse(text) is not { } line || (line.Stage == stage && (line.Step > reached || reached == 0)) || (line.Stage == stage && line.IsStep && !present.Add(line.Step)))
                    isChanged = true;
                else
                    writer.WriteLine(text);
            }
        }
        if (isChanged)
            file.Commit();
        return present;
    }

    private static bool EndsWithLine(string path)
    {
        using var stream = File.OpenRead(path);
        if (stream.Length == 0)
            return true;
        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() == '\n';
    }
}
