using VlmMlNet.Data.Rows;

namespace VlmMlNet.Data.Formats;

/// <summary>Joins neighbouring lines of one picture to one row with all its captions.</summary>
/// <param name="images">Where pictures lie.</param>
/// <param name="onceOnly">Whether it is an error that lines of a picture stand in two places.</param>
internal sealed class CaptionGroups(ImagePaths images, bool onceOnly)
{
    private readonly HashSet<string>? _seen = onceOnly ? new(StringComparer.Ordinal) : null;
    private string? _image;
    private string _path = "";
    private string _id = "";
    private RowPlace _place;
    private List<string> _captions = [];

    /// <summary>Where the lines of the picture start that was given last.</summary>
    public RowPlace Place { get; private set; }

    /// <summary>Takes a line; gives the picture that it ends, if it starts another one.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="id">Its id, if the line is its first.</param>
    /// <param name="captions">Its captions on the line.</param>
    /// <param name="place">Where the line starts.</param>
    /// <exception cref="RowProblemException">A caption is empty, the picture lies elsewhere, or it was ended before: its lines do not stand together.</exception>
    public CaptionRow? Add(string image, string id, IEnumerable<string> captions, RowPlace place)
    {
        // A caption among others is a line of its own: the others stay.
        if (captions.Any(string.IsNullOrWhiteSpace))
            throw RowRules.FindInCaptions([""])!;
        if (image == _image && !string.IsNullOrWhiteSpace(image))
        {
            _captions.AddRange(captions);
            return null;
        }
        if (!string.IsNullOrWhiteSpace(image) && _seen?.Add(image) == false)
            throw new RowProblemException($"picture '{image}' was there before, with other pictures between", "Lines of one picture stand together: sort the file.");
        string path = images.Resolve(image);
        CaptionRow? ended = End();
        _place = place;
        (_image, _path) = (image, path);
        _id = id;
        _captions = [.. captions];
        return ended;
    }

    /// <summary>Gives the last picture.</summary>
    public CaptionRow? End()
    {
        Place = _place;
        return _image is null ? null : new CaptionRow(_id, _path, _captions);
    }
}
