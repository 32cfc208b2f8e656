namespace VlmMlNet.Tests.Data;

/// <summary>Damages bytes, the same way for the same seed.</summary>
internal sealed class Mutator(int seed)
{
    private static readonly byte[] s_telling = [0, 1, 0x7F, 0x80, 0xFF, (byte)'"', (byte)'{', (byte)'}', (byte)'[', (byte)']', (byte)',', (byte)'\\', (byte)'\n', (byte)'9', (byte)'-'];
    private readonly Random _random = new(seed);

    /// <summary>How many files a test damages: as many as the environment variable VLM_FUZZ says, or a few hundred.</summary>
    public static int Count(int few) => int.TryParse(Environment.GetEnvironmentVariable("VLM_FUZZ"), out int many) ? many : few;

    /// <summary>A clock that stands still while the machine does other work, which an ordinary one would count as a hang.</summary>
    public static TimeSpan Clock => Environment.CpuUsage.TotalTime;

    public byte[] Mutate(byte[] original)
    {
        var bytes = new List<byte>(original);
        for (int count = 1 + _random.Next(3); count > 0 && bytes.Count > 0; count--)
        {
            int at = _random.Next(4) == 0 ? bytes.Count - 1 - _random.Next(Math.Min(bytes.Count, 600)) : _random.Next(bytes.Count);
            int length = Math.Min(1 + _random.Next(_random.Next(2) == 0 ? 4 : 60), bytes.Count - at);
            switch (_random.Next(7))
            {
                case 0: bytes[at] ^= (byte)(1 << _random.Next(8)); break;
                case 1: bytes[at] = s_telling[_random.Next(s_telling.Length)]; break;
                case 2: bytes[at] = (byte)_random.Next(256); break;
                case 3: bytes.RemoveRange(at, length); break;
                case 4: bytes.InsertRange(at, bytes.GetRange(at, length)); break;
                case 5: bytes.Insert(at, s_telling[_random.Next(s_telling.Length)]); break;
                default: if (_random.Next(4) == 0) bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }
        return [.. bytes];
    }
}
