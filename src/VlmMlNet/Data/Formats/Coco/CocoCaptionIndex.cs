using System.Globalization;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats.Coco;

/// <summary>The join of COCO's two lists: which captions belong to which image. The lists may come in either order.</summary>
internal sealed class CocoCaptionIndex
{
    private readonly Dictionary<long, int> _rowOfImage = [];
    private readonly List<long> _imageIds = [];
    private readonly TextPool _fileNames = new();
    private readonly TextPool _captions = new();
    private List<(long Image, int Number, (long Line, long? Offset) Place)> _imageOfCaption = [];
    private int[] _captionsOfRow = [];
    private int[] _starts = [0];

    /// <summary>How many bad rows were met when it was made.</summary>
    public long BadRows { get; private set; }

    public int Count => _imageIds.Count;

    /// <exception cref="RowProblemException">The id is another image's.</exception>
    public void AddImage(long id, string fileName)
    {
        if (!_rowOfImage.TryAdd(id, _imageIds.Count))
            throw new RowProblemException(string.Create(CultureInfo.InvariantCulture, $"image id {id} is listed twice"));
        _imageIds.Add(id);
        _fileNames.Add(fileName);
    }

    /// <param name="imageId">The image; need not be known yet.</param>
    /// <param name="caption">Its caption.</param>
    /// <param name="number">Its number in the list of annotations, for messages.</param>
    /// <param name="place">Line and byte that it starts at.</param>
    public void AddCaption(long imageId, string caption, int number, (long Line, long? Offset) place)
    {
        _captions.Add(caption);
        _imageOfCaption.Add((imageId, number, place));
    }

    /// <summary>Joins the lists; to be called once, after all was added.</summary>
    public void Join(string source, BadRowLog.Pass badRows)
    {
        var starts = new int[Count + 1];
        var rows = new int[_imageOfCaption.Count];
        for (int caption = 0; caption < rows.Length; caption++)
        {
            (long image, int number, (long Line, long? Offset) place) = _imageOfCaption[caption];
            if (_rowOfImage.TryGetValue(image, out int row))
            {
                starts[row + 1]++;
                rows[caption] = row;
            }
            else
            {
                rows[caption] = -1;
                badRows.Add(source, number, string.Create(CultureInfo.InvariantCulture, $"in 'annotations', image_id {image} is not that of a listed image (line {place.Line}, byte {place.Offset})"), place: place);
            }
        }
        for (int row = 0; row < Count; row++)
            starts[row + 1] += starts[row];
        int[] next = starts[..^1];
        _captionsOfRow = new int[starts[^1]];
        for (int caption = 0; caption < rows.Length; caption++)
        {
            if (rows[caption] >= 0)
                _captionsOfRow[next[rows[caption]]++] = caption;
        }
        _starts = starts;
        BadRows = badRows.Met;
        _imageOfCaption = [];
        _rowOfImage.Clear();
        _rowOfImage.TrimExcess();
    }

    public CaptionRow Row(int row, ImagePaths images)
    {
        var captions = new string[_starts[row + 1] - _starts[row]];
        for (int i = 0; i < captions.Length; i++)
            captions[i] = _captions[_captionsOfRow[_starts[row] + i]];
        return new CaptionRow(_imageIds[row].ToString(CultureInfo.InvariantCulture), images.Resolve(_fileNames[row]), captions);
    }
}
