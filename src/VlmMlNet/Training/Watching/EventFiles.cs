using System.Buffers.Binary;
using System.Text.RegularExpressions;
using Tensorboard;
using static TorchSharp.torch.utils;

namespace VlmMlNet.Training.Watching;

/// <summary>A stage's curves for TensorBoard, in a folder of its own, by TorchSharp's writer. A run that is continued takes back what
/// lies behind its checkpoint first: the writer cannot tell TensorBoard to do so.</summary>
internal sealed partial class EventFiles
{
    private const string Suffix = "vlm", Pattern = "events.out.tfevents.*." + Suffix;
    private const int LengthBytes = 12, SumBytes = 4; // the length with its own checksum before a record, the record's behind it
    private readonly TorchSharp.Modules.SummaryWriter _writer;

    private EventFiles(string folder) => _writer = tensorboard.SummaryWriter(folder, Suffix);

    /// <summary>Opens a file for a stage's values.</summary>
    /// <param name="folder">The folder that TensorBoard is given; it is made.</param>
    /// <param name="stage">The stage: the name of a run in TensorBoard.</param>
    /// <param name="reached">Steps that the stage has taken already.</param>
    public static EventFiles Open(string folder, string stage, long reached)
    {
        folder = Path.Combine(folder, FolderOf(stage));
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(folder, Pattern))
            TakeBack(file, reached);
        return new EventFiles(folder);
    }

    /// <summary>Whether a folder has such files of a stage.</summary>
    public static bool Exist(string folder, string stage) => Path.Combine(folder, FolderOf(stage)) is var own && Directory.Exists(own) && Directory.EnumerateFiles(own, Pattern).Any();

    /// <summary>A stage's name as that of a folder.</summary>
    public static string FolderOf(string stage) => NoLetters().Replace(stage, "-").Trim('-') is { Length: > 0 } name ? name : "stage";

    /// <summary>Adds a value; one that is not finite is left out.</summary>
    public void Add(string tag, double value, long step)
    {
        if (double.IsFinite(value))
            _writer.add_scalar(tag, (float)value, (int)Math.Min(step, int.MaxValue), DateTimeOffset.UtcNow.ToUnixTimeSeconds());
    }

    /// <summary>The values of a file, as far as it is whole.</summary>
    public static IEnumerable<(string Tag, long Step, float Value)> Read(string path)
    {
        foreach (var (record, _) in Records(File.ReadAllBytes(path)))
            foreach (var value in record.Summary?.Value ?? [])
                yield return (value.Tag, record.Step, value.SimpleValue);
    }

    private static void TakeBack(string path, long reached)
    {
        if (reached == 0)
        {
            File.Delete(path);
            return;
        }
        byte[] bytes = File.ReadAllBytes(path);
        long end = 0;
        foreach (var (record, next) in Records(bytes))
        {
            if (record.Step > reached)
                break;
            end = next;
        }
        if (end == bytes.Length)
            return;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write);
        file.SetLength(end); // values come in the order of their steps
    }

    private static IEnumerable<(Event Record, long Next)> Records(byte[] bytes)
    {
        for (long at = 0; bytes.Length - at >= LengthBytes + SumBytes;)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan((int)at));
            if (length > (ulong)(bytes.Length - at - LengthBytes - SumBytes))
                yield break;
            Event record;
            try
            {
                record = Event.Parser.ParseFrom(bytes, (int)at + LengthBytes, (int)length);
            }
            catch (Google.Protobuf.InvalidProtocolBufferException)
            {
                yield break;
            }
            at += LengthBytes + (long)length + SumBytes;
            yield return (record, at);
        }
    }

    [GeneratedRegex(@"[^\p{L}\p{N}.]+")]
    private static partial Regex NoLetters();
}
