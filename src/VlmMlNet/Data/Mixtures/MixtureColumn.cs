using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Decoding;

namespace VlmMlNet.Data.Mixtures;

/// <summary>A column of a mixture: its name, its type and how its values are taken from the data sets' columns.</summary>
internal abstract class MixtureColumn(string name, DataViewType type)
{
    public string Name { get; } = name;

    public DataViewType Type { get; } = type;

    /// <summary>A ValueGetter of the column's raw type over the row that <paramref name="current"/> stands on.</summary>
    /// <param name="current">The data set that the cursor stands in.</param>
    /// <param name="sources">How many data sets there are.</param>
    public abstract Delegate CreateGetter(Func<SourceReading> current, int sources);

    /// <summary>Text of the same name.</summary>
    public static MixtureColumn Text(string name) => new Same<ReadOnlyMemory<char>>(name, TextDataViewType.Instance);

    /// <summary>A vector of texts of the same name; empty where a data set has none.</summary>
    public static MixtureColumn Texts(string name) => new Same<VBuffer<ReadOnlyMemory<char>>>(name, new VectorDataViewType(TextDataViewType.Instance));

    /// <summary>Image as bytes: those of the column of the same name, or of the file that it names.</summary>
    public static MixtureColumn EncodedPicture() => new Picture();

    /// <summary>The data set's name.</summary>
    public static MixtureColumn Dataset() => new DatasetName();

    /// <summary>A column that the data sets have too, or miss: it is empty then.</summary>
    private sealed class Same<T>(string name, DataViewType type) : MixtureColumn(name, type)
    {
        public override Delegate CreateGetter(Func<SourceReading> current, int sources)
        {
            var getters = new SourceGetters<T>(Name, sources);
            void Get(ref T value)
            {
                if (getters.Of(current()) is { } get)
                    get(ref value);
                else
                    value = default!;
            }
            return (ValueGetter<T>)Get;
        }
    }

    private sealed class Picture() : MixtureColumn(VisionLanguageColumns.Image, new VectorDataViewType(NumberDataViewType.Byte))
    {
        private static readonly long s_maxBytes = new ImageDecoderOptions().MaxBytes;

        public override Delegate CreateGetter(Func<SourceReading> current, int sources)
        {
            var embedded = new SourceGetters<VBuffer<byte>>(Name, sources);
            var files = new SourceGetters<ReadOnlyMemory<char>>(Name, sources);
            void Get(ref VBuffer<byte> value)
            {
                SourceReading reading = current();
                if (reading.Source.EmbedsPictures)
                {
                    embedded.Of(reading)!(ref value);
                    return;
                }
                ReadOnlyMemory<char> path = default;
                files.Of(reading)!(ref path);
                if (path.IsEmpty)
                {
                    value = VBufferEditor.Create(ref value, 0).Commit();
                    return;
                }
                using var bytes = EncodedBytes.FromFile(path.ToString(), s_maxBytes);
                var editor = VBufferEditor.Create(ref value, bytes.Memory.Length);
                bytes.Memory.Span.CopyTo(editor.Values);
                value = editor.Commit();
            }
            return (ValueGetter<VBuffer<byte>>)Get;
        }
    }

    private sealed class DatasetName() : MixtureColumn(VisionLanguageColumns.Dataset, TextDataViewType.Instance)
    {
        public override Delegate CreateGetter(Func<SourceReading> current, int sources)
        {
            void Get(ref ReadOnlyMemory<char> value) => value = current().Source.Name.AsMemory();
            return (ValueGetter<ReadOnlyMemory<char>>)Get;
        }
    }
}
