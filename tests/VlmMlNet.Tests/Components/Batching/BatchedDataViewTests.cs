using Microsoft.ML;
using Microsoft.ML.Data;

namespace VlmMlNet.Tests.Components.Batching;

public sealed class BatchedDataViewTests
{
    private readonly MLContext _context = new(seed: 1);

    private sealed class Input
    {
        public float X { get; set; }
        public string Name { get; set; } = "";
    }

    private sealed class Output
    {
        public float Square { get; set; }

        [ColumnName("Square.Both")]
        public float[] Both { get; set; } = [];
    }

    private IDataView Numbers(int count) =>
        _context.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(i => new Input { X = i, Name = $"n{i}" }).ToList());

    private static float[] Read(IDataView view, string column, Func<long, bool>? wanted = null)
    {
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var get = cursor.GetGetter<float>(view.Schema[column]);
        var values = new List<float>();
        while (cursor.MoveNext())
        {
            if (wanted?.Invoke(cursor.Position) == false)
                continue;
            float value = 0;
            get(ref value);
            get(ref value); // a second call of one row gives the same
            values.Add(value);
        }
        return [.. values];
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(10)]
    public void Rows_are_computed_in_batches_and_come_out_in_order(int count)
    {
        var squares = new SquaresTransformer(_context, "X", "Square", batchSize: 4);
        Assert.Equal(Enumerable.Range(0, count).Select(i => (float)(i * i)), Read(squares.Transform(Numbers(count)), "Square"));
        Assert.Equal((count + 3) / 4, squares.Computed.Count);
        Assert.All(squares.Computed.SkipLast(1), batch => Assert.Equal(4, batch.Inputs.Length));
        Assert.All(squares.Computed, batch => Assert.Equal(0, batch.Column)); // the other added column was not asked for
    }

    [Fact]
    public void Nothing_is_computed_before_a_getter_is_called()
    {
        var squares = new SquaresTransformer(_context, "X", "Square");
        var view = squares.Transform(Numbers(10));
        Assert.Equal(10, view.GetRowCount());
        using (var cursor = view.GetRowCursor(view.Schema))
        {
            cursor.GetGetter<float>(view.Schema["Square"]);
            var name = cursor.GetGetter<ReadOnlyMemory<char>>(view.Schema["Name"]);
            var id = cursor.GetIdGetter();
            var rows = new List<string>();
            while (cursor.MoveNext())
            {
                ReadOnlyMemory<char> text = default;
                DataViewRowId rowId = default;
                name(ref text);
                id(ref rowId);
                rows.Add($"{text} {rowId.Low}");
            }
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"n{i} {i}"), rows);
        }
        Assert.Empty(squares.Computed);
    }

    [Fact]
    public void Columns_that_are_not_asked_for_are_not_active_and_have_no_getter()
    {
        var squares = new SquaresTransformer(_context, "X", "Square");
        var view = squares.Transform(Numbers(3));
        using var cursor = view.GetRowCursor([view.Schema["Name"]]);
        Assert.False(cursor.IsColumnActive(view.Schema["Square"]));
        Assert.True(cursor.IsColumnActive(view.Schema["Name"]));
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => cursor.GetGetter<float>(view.Schema["Square"]));
        Assert.StartsWith("Column 'Square' is not active.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_getter_of_the_wrong_type_is_an_error_that_names_both_types()
    {
        var view = new SquaresTransformer(_context, "X", "Square").Transform(Numbers(3));
        using var cursor = view.GetRowCursor(view.Schema);
        var error = Assert.Throws<InvalidOperationException>(() => cursor.GetGetter<int>(view.Schema["Square"]));
        Assert.Equal("Invalid TValue 'System.Int32' for column 'Square' of type 'Single'.", error.Message);
    }

    [Fact]
    public void Batches_start_where_a_getter_is_called_and_rows_before_are_skipped()
    {
        var squares = new SquaresTransformer(_context, "X", "Square", batchSize: 3);
        Assert.Equal([49f, 81f, 100f], Read(squares.Transform(Numbers(12)), "Square", row => row is 7 or 9 or 10));
        Assert.Equal([7f, 8f, 9f], squares.Computed[0].Inputs);
        Assert.Equal([10f, 11f], squares.Computed[1].Inputs);
    }

    [Fact]
    public void Several_cursors_and_threads_may_read_one_view()
    {
        var squares = new SquaresTransformer(_context, "X", "Square", batchSize: 3);
        var view = squares.Transform(Numbers(50));
        var expected = Enumerable.Range(0, 50).Select(i => (float)(i * i)).ToArray();
        using var first = view.GetRowCursor([view.Schema["Square"]]);
        Assert.True(first.MoveNext() && first.MoveNext());
        Parallel.For(0, 8, _ => Assert.Equal(expected, Read(view, "Square")));
        float value = 0;
        first.GetGetter<float>(view.Schema["Square"])(ref value);
        Assert.Equal(1, value);
        Assert.Single(view.GetRowCursorSet([view.Schema["Square"]], 4)); // ids and batches stay in order
    }

    [Fact]
    public void A_column_that_an_earlier_transformer_computes_is_computed_once_however_many_read_it()
    {
        var first = new SquaresTransformer(_context, "X", "A", batchSize: 4);
        var second = new SquaresTransformer(_context, "A", "B", batchSize: 2);
        var third = new SquaresTransformer(_context, "B", "C", batchSize: 3);
        var view = third.Transform(second.Transform(first.Transform(Numbers(12))));
        using (var cursor = view.GetRowCursor(view.Schema))
        {
            var getters = "ABC".Select(name => cursor.GetGetter<float>(view.Schema[name.ToString()])).ToArray();
            var both = cursor.GetGetter<VBuffer<float>>(view.Schema["A.Both"]);
            while (cursor.MoveNext())
            {
                var values = getters.Select(get => { float value = 0; get(ref value); return value; }).ToArray();
                double x = cursor.Position;
                Assert.Equal([(float)(x * x), (float)Math.Pow(x, 4), (float)Math.Pow(x, 8)], values);
                VBuffer<float> pair = default;
                both(ref pair);
                Assert.Equal([(float)x, (float)(x * x)], pair.DenseValues());
            }
        }
        Assert.Equal(12, first.Computed.Where(c => c.Column == 0).Sum(c => c.Inputs.Length));
        Assert.Equal(12, first.Computed.Where(c => c.Column == 1).Sum(c => c.Inputs.Length));
        Assert.Equal(12, second.Computed.Where(c => c.Column == 0).Sum(c => c.Inputs.Length));
        Assert.Equal(12, third.Computed.Where(c => c.Column == 0).Sum(c => c.Inputs.Length));
    }

    [Fact]
    public void Data_that_is_not_the_same_when_read_again_is_an_error_instead_of_another_rows_values()
    {
        int pass = 0;
        IEnumerable<Input> Shrinking()
        {
            for (int i = 0; i < 6 - 3 * pass; i++)
                yield return new Input { X = i };
            pass++;
        }
        var view = new SquaresTransformer(_context, "X", "Square").Transform(_context.Data.LoadFromEnumerable(Shrinking()));
        _ = Read(view, "Square"); // the first pass of the iterator ends when both cursors ended
        var error = Assert.Throws<InvalidOperationException>(() =>
        {
            pass = 0;
            using var cursor = view.GetRowCursor([view.Schema["Square"]]);
            var get = cursor.GetGetter<float>(view.Schema["Square"]);
            for (int row = 0; row < 5; row++)
                Assert.True(cursor.MoveNext());
            pass = 1; // the cursor that reads ahead starts now and finds three rows
            float value = 0;
            get(ref value);
        });
        Assert.Contains("Row 4 of the data is another one when the data is read a second time.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_names_the_row_and_stays()
    {
        var data = _context.Data.LoadFromEnumerable(new List<Input> { new() { X = 1 }, new() { X = 2 }, new() { X = 3 }, new() { X = -4 }, new() { X = 5 } });
        var view = new SquaresTransformer(_context, "X", "Square", batchSize: 2).Transform(data);
        using var cursor = view.GetRowCursor([view.Schema["Square"]]);
        var get = cursor.GetGetter<float>(view.Schema["Square"]);
        float value = 0;
        Assert.True(cursor.MoveNext() && cursor.MoveNext());
        get(ref value);
        Assert.Equal(4, value);
        Assert.True(cursor.MoveNext());
        get(ref value);
        Assert.Equal(9, value); // of the batch that began at row 1
        while (cursor.MoveNext())
        {
            var error = Assert.Throws<MalformedInputException>(() => get(ref value));
            Assert.Equal("squares, row 3: the value is negative.", error.Message);
        }
    }

    [Fact]
    public void CancelExecution_ends_the_work_before_the_next_batch()
    {
        var squares = new SquaresTransformer(_context, "X", "Square", batchSize: 2);
        var view = squares.Transform(Numbers(10));
        using var cursor = view.GetRowCursor([view.Schema["Square"]]);
        var get = cursor.GetGetter<float>(view.Schema["Square"]);
        float value = 0;
        Assert.True(cursor.MoveNext());
        get(ref value);
        _context.CancelExecution();
        Assert.True(cursor.MoveNext() && cursor.MoveNext());
        Assert.Throws<OperationCanceledException>(() => get(ref value));
        Assert.Single(squares.Computed);
    }

    [Fact]
    public void PredictionEngine_computes_each_row_once_and_only_the_columns_that_it_reads()
    {
        var squares = new SquaresTransformer(_context, "X", "Square");
        using var engine = _context.Model.CreatePredictionEngine<Input, Output>(squares);
        Assert.Equal(9, engine.Predict(new Input { X = 3 }).Square);
        Assert.Equal([4f, 16f], engine.Predict(new Input { X = 4 }).Both);
        Assert.Throws<MalformedInputException>(() => engine.Predict(new Input { X = -1 }));
        Assert.Equal(25, engine.Predict(new Input { X = 5 }).Square);
        Assert.Equal([3f, 3f, 4f, 4f, 5f, 5f], squares.Computed.Select(c => Assert.Single(c.Inputs)));
    }

    [Fact]
    public void A_mapper_tells_which_input_columns_its_outputs_need()
    {
        var squares = new SquaresTransformer(_context, "X", "Square");
        var mapper = squares.GetRowToRowMapper(Numbers(1).Schema);
        Assert.Equal(["X"], mapper.GetDependencies([mapper.OutputSchema["Square"]]).Select(c => c.Name));
        Assert.Equal(["Name"], mapper.GetDependencies([mapper.OutputSchema["Name"]]).Select(c => c.Name));
        Assert.Equal(["X", "Name"], mapper.GetDependencies(mapper.OutputSchema).Select(c => c.Name));
        using var row = squares.Transform(Numbers(1)).GetRowCursor([]);
        Assert.Throws<ArgumentException>(() => mapper.GetRow(row, mapper.OutputSchema));
    }
}
