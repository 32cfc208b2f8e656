using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Components.Batching;

/// <summary>Copies of a source column's values for the rows of a batch.</summary>
internal abstract class KeptColumn
{
    /// <summary>Whether values of the type can be copied: texts and numbers as this library's transformers make them. Pictures cannot.</summary>
    public static bool CanKeep(DataViewType type) =>
        type.RawType == typeof(VBuffer<float>) || type.RawType == typeof(ReadOnlyMemory<char>) || type.RawType == typeof(float) || type.RawType == typeof(int);

    public static KeptColumn Create(DataViewRow source, DataViewSchema.Column column) =>
        column.Type.RawType == typeof(VBuffer<float>) ? new Vectors(source.GetGetter<VBuffer<float>>(column))
        : column.Type.RawType == typeof(float) ? new Values<float>(source.GetGetter<float>(column))
        : column.Type.RawType == typeof(int) ? new Values<int>(source.GetGetter<int>(column))
        : new Values<ReadOnlyMemory<char>>(source.GetGetter<ReadOnlyMemory<char>>(column));

    public abstract void Clear();

    /// <summary>Forgets the first row.</summary>
    public abstract void RemoveFirst();

    /// <summary>Reads the row that the source stands on.</summary>
    public abstract void Add();

    /// <summary>A ValueGetter of the column's raw type.</summary>
    public abstract Delegate CreateGetter(Func<int> current);

    private sealed class Values<T>(ValueGetter<T> get) : KeptColumn where T : struct
    {
        private readonly List<T> _values = [];

        public override void Clear() => _values.Clear();

        public override void RemoveFirst() => _values.RemoveAt(0);

        public override void Add()
        {
            T value = default;
            get(ref value);
            _values.Add(value);
        }

        public override Delegate CreateGetter(Func<int> current)
        {
            void Get(ref T value) => value = _values[current()];
            return (ValueGetter<T>)Get;
        }
    }

    private sealed class Vectors(ValueGetter<VBuffer<float>> get) : KeptColumn
    {
        private readonly List<VBuffer<float>> _buffers = []; // refilled from batch to batch
        private int _count;

        public override void Clear() => _count = 0;

        public override void RemoveFirst()
        {
            _buffers.Add(_buffers[0]);
            _buffers.RemoveAt(0);
            _count--;
        }

        public override void Add()
        {
            if (_count == _buffers.Count)
                _buffers.Add(default);
            var buffer = _buffers[_count];
            get(ref buffer);
            _buffers[_count++] = buffer;
        }

        public override Delegate CreateGetter(Func<int> current)
        {
            void Get(ref VBuffer<float> value) => _buffers[current()].CopyTo(ref value);
            return (ValueGetter<VBuffer<float>>)Get;
        }
    }
}
