using System.Buffers.Binary;
using System.Numerics;

namespace VlmMlNet.Data.Parquet;

/// <summary>The values of one data page, decoded as they are asked for.</summary>
internal sealed class ParquetPage
{
    private readonly ParquetNode _leaf;
    private readonly ValueReader _values;
    private RleReader _repetitions;
    private RleReader _definitions;

    /// <param name="leaf">The column.</param>
    /// <param name="header">The page's header.</param>
    /// <param name="levels">Of version 2: the levels. Otherwise empty: they precede the values.</param>
    /// <param name="values">The unpacked values.</param>
    /// <param name="dictionary">The column's distinct values, where it has a dictionary.</param>
    public ParquetPage(ParquetNode leaf, ParquetPageHeader header, ReadOnlyMemory<byte> levels, ReadOnlyMemory<byte> values, ReadOnlyMemory<byte>[]? dictionary)
    {
        _leaf = leaf;
        ValuesLeft = header.Values;
        if (header.Type == ParquetPageHeader.DataPageV2)
        {
            _repetitions = new RleReader(levels[..header.RepetitionBytes], Width(leaf.Repetition));
            _definitions = new RleReader(levels[header.RepetitionBytes..], Width(leaf.Definition));
        }
        else
        {
            _repetitions = Levels(ref values, leaf.Repetition, header.RepetitionEncoding);
            _definitions = Levels(ref values, leaf.Definition, header.DefinitionEncoding);
        }
        _values = ValueReader.Create(leaf, header.Encoding, values, dictionary);
    }

    /// <summary>How many values, nulls and empty lists included, are yet to be read.</summary>
    public int ValuesLeft { get; private set; }

    /// <summary>The next value's repetition level: 0 where a row starts. To be read once, before the value.</summary>
    public int NextRepetition() => (int)_repetitions.Next();

    public ParquetValue Next()
    {
        ValuesLeft--;
        int definition = _leaf.Definition == 0 ? 0 : (int)_definitions.Next();
        return new ParquetValue(definition < _leaf.Definition ? default : _values.Next(), definition);
    }

    /// <summary>The levels of version 1 at the start of the values, which are moved behind them.</summary>
    private static RleReader Levels(ref ReadOnlyMemory<byte> values, int highest, int encoding)
    {
        if (highest == 0)
            return new RleReader(default, 0);
        if (encoding != ParquetEncoding.Rle)
            throw new ParquetFormatException($"the levels of a page are written in encoding {encoding}, which is not read here") { Remedy = "Write the file again with the usual options." };
        int length = values.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(values.Span);
        if (length < 0 || length > values.Length - 4)
            throw new ParquetFormatException("the levels of a page reach beyond it");
        var levels = new RleReader(values.Slice(4, length), Width(highest));
        values = values[(4 + length)..];
        return levels;
    }

    private static int Width(int highest) => 32 - BitOperations.LeadingZeroCount((uint)highest);
}
