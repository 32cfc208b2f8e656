using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Data.Rows;

/// <summary>A column of a <see cref="RowSource{TRow}"/>: its name, its type and how its values are taken from rows.</summary>
internal sealed class RowColumn<TRow>
{
    private readonly Func<Func<TRow>, Delegate> _createGetter;

    private RowColumn(string name, DataViewType type, Func<Func<TRow>, Delegate> createGetter)
    {
        Name = name;
        Type = type;
        _createGetter = createGetter;
    }

    public string Name { get; }

    public DataViewType Type { get; }

    /// <summary>A ValueGetter of the column's raw type over the row that <paramref name="current"/> gives.</summary>
    public Delegate CreateGetter(Func<TRow> current) => _createGetter(current);

    public static RowColumn<TRow> Text(string name, Func<TRow, string> select)
    {
        return new(name, TextDataViewType.Instance, current =>
        {
            void Get(ref ReadOnlyMemory<char> value) => value = select(current()).AsMemory();
            return (ValueGetter<ReadOnlyMemory<char>>)Get;
        });
    }

    public static RowColumn<TRow> Texts(string name, Func<TRow, IReadOnlyList<string>> select)
    {
        return new(name, new VectorDataViewType(TextDataViewType.Instance), current =>
        {
            void Get(ref VBuffer<ReadOnlyMemory<char>> value)
            {
                IReadOnlyList<string> texts = select(current());
                var editor = VBufferEditor.Create(ref value, texts.Count);
                for (int i = 0; i < texts.Count; i++)
                    editor.Values[i] = texts[i].AsMemory();
                value = editor.Commit();
            }
            return (ValueGetter<VBuffer<ReadOnlyMemory<char>>>)Get;
        });
    }

    /// <summary>Encoded pictures: a row's bytes, or those of the file that it names, which is read when it is asked for.</summary>
    public static RowColumn<TRow> Picture(string name, Func<TRow, (ReadOnlyMemory<byte> Bytes, string? File)> select)
    {
        return new(name, new VectorDataViewType(NumberDataViewType.Byte), current =>
        {
            void Get(ref VBuffer<byte> value)
            {
                (ReadOnlyMemory<byte> bytes, string? file) = select(current());
                if (file is null)
                {
                    Fill(ref value, bytes.Span);
                    return;
                }
                using var read = EncodedBytes.FromFile(file, ImageDecoderOptions.Default.MaxBytes);
                Fill(ref value, read.Memory.Span);
            }
            return (ValueGetter<VBuffer<byte>>)Get;
        });

        static void Fill(ref VBuffer<byte> value, ReadOnlySpan<byte> bytes)
        {
            var editor = VBufferEditor.Create(ref value, bytes.Length);
            bytes.CopyTo(editor.Values);
            value = editor.Commit();
        }
    }
}
