using System.Globalization;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.VqaV2;

/// <summary>The questions of VQAv2 by their ids, held compactly.</summary>
internal sealed class VqaV2Questions
{
    private readonly Dictionary<long, int> _places = [];
    private readonly List<long> _ids = [];
    private readonly List<long> _images = [];
    private readonly TextPool _texts = new();

    /// <summary>What the pictures are, such as <c>mscoco</c>; null where the file does not say it.</summary>
    public string? DataType { get; set; }

    /// <summary>The part of COCO that the pictures are from, such as <c>val2014</c>; null where the file does not say it.</summary>
    public string? Subtype { get; set; }

    /// <summary>How many bad rows were met when they were read.</summary>
    public long BadRows { get; set; }

    public int Count => _ids.Count;

    /// <exception cref="RowProblemException">The id is another question's.</exception>
    public void Add(long id, long image, string text)
    {
        if (!_places.TryAdd(id, _ids.Count))
            throw new RowProblemException(string.Create(CultureInfo.InvariantCulture, $"question_id {id} is used twice"));
        _ids.Add(id);
        _images.Add(image);
        _texts.Add(text);
    }

    /// <summary>The place of a question; -1 where there is no such id.</summary>
    public int Find(long id) => _places.TryGetValue(id, out int place) ? place : -1;

    public (long Id, long Image, string Text) this[int place] => (_ids[place], _images[place], _texts[place]);
}
