using System.Buffers;
using System.Text;

namespace VlmMlNet.Data.Formats;

/// <summary>Many short texts held as UTF-8 in one piece of memory: four bytes beside each instead of an object.</summary>
internal sealed class TextPool
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly List<int> _ends = [];

    public int Count => _ends.Count;

    public void Add(string text)
    {
        Encoding.UTF8.GetBytes(text, _bytes);
        _ends.Add(_bytes.WrittenCount);
    }

    public string this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : _ends[index - 1];
            return Encoding.UTF8.GetString(_bytes.WrittenSpan[start.._ends[index]]);
        }
    }
}
