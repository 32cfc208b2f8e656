using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Batching;

namespace VlmMlNet.Tests.Components.Batching;

/// <summary>Adds NAME (the input's square) and NAME.Both (input and square), and notes the batches that it computes.</summary>
internal sealed class SquaresTransformer(MLContext context, string input, string output, int batchSize = 4) : ITransformer
{
    private readonly IHost _host = ((IHostEnvironment)context).Register(nameof(SquaresTransformer));

    /// <summary>The inputs of each batch, with the index of the added column.</summary>
    public List<(int Column, float[] Inputs)> Computed { get; } = [];

    public bool IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => new Mapping(this, inputSchema).OutputSchema;

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => new BatchedRowToRowMapper(new Mapping(this, inputSchema));

    public IDataView Transform(IDataView input) => new BatchedDataView(input, new Mapping(this, input.Schema));

    void ICanSaveModel.Save(ModelSaveContext ctx) => throw new NotSupportedException();

    private sealed class Mapping : BatchMapping
    {
        private readonly SquaresTransformer _owner;
        private readonly DataViewSchema.Column _input;

        public Mapping(SquaresTransformer owner, DataViewSchema schema)
            : base(owner._host, schema, owner.BatchSize, (owner.Output, NumberDataViewType.Single), (owner.Output + ".Both", new VectorDataViewType(NumberDataViewType.Single, 2)))
        {
            _owner = owner;
            _input = schema[owner.Input];
        }

        public override IEnumerable<DataViewSchema.Column> InputsFor(Func<int, bool> isNeeded) => [_input];

        public override RowBatch CreateBatch(DataViewRow input, Func<int, bool> isNeeded) => new Batch(_owner, input.GetGetter<float>(input.Schema[_input.Index]));
    }

    private string Input => input;

    private string Output => output;

    private int BatchSize => batchSize;

    private sealed class Batch(SquaresTransformer owner, ValueGetter<float> get) : RowBatch(2)
    {
        private readonly List<float> _inputs = [];
        private float[] _squares = [], _both = [];

        protected override void ClearRows() => _inputs.Clear();

        protected override void AddRow(long row)
        {
            float value = 0;
            get(ref value);
            if (value < 0)
                throw new MalformedInputException("squares", "the value is negative", row: row);
            _inputs.Add(value);
        }

        protected override void Compute(int column)
        {
            lock (owner.Computed)
                owner.Computed.Add((column, _inputs.ToArray()));
            if (column == 0)
                _squares = _inputs.Select(v => v * v).ToArray();
            else
                _both = _inputs.SelectMany(v => new[] { v, v * v }).ToArray();
        }

        public override Delegate CreateGetter(int column, Func<int> current)
        {
            void Get(ref float value)
            {
                int row = current();
                value = _squares[row];
            }
            return column == 0 ? (ValueGetter<float>)Get : VectorGetter(current, () => _both, 2);
        }
    }
}
