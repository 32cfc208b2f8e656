using Microsoft.ML;
using Microsoft.ML.Data;
using VlmMlNet.Data.Mixtures;
using VlmMlNet.Data.Rows;
using VlmMlNet.Imaging;
using VlmMlNet.Imaging.Decoding;
using VlmMlNet.Runtime;

namespace VlmMlNet.Components.Columns;

/// <summary>Reads a column of pictures: paths, encoded files or decoded images.</summary>
internal static class ImageColumn
{
    /// <summary>A reader of the row that the cursor stands on. It copies what the next row would overwrite, decodes
    /// nothing, and gives null for a row without a picture: an empty path, no bytes, a null image.</summary>
    /// <param name="row">The row or cursor.</param>
    /// <param name="column">Its column, of <see cref="ColumnKind.Picture"/>.</param>
    public static Func<long, ImageSource?> CreateReader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            var getPath = row.GetGetter<ReadOnlyMemory<char>>(column);
            return number =>
            {
                ReadOnlyMemory<char> path = default;
                getPath(ref path);
                return path.Span.IsWhiteSpace() ? null : ImageSource.FromFile(path.ToString(), number);
            };
        }
        string name = $"column '{column.Name}'";
        if (row is MixtureCursor mixture)
            return OfMixture(mixture, column, name);
        if (column.Type is VectorDataViewType)
        {
            var getBytes = row.GetGetter<VBuffer<byte>>(column);
            VBuffer<byte> bytes = default;
            var cursor = row as ReadingCursor;
            return number =>
            {
                if (cursor?.PictureFile is { } file)
                    return ImageSource.FromFile(file, number);
                getBytes(ref bytes);
                return bytes.Length == 0 ? null : ImageSource.FromBytes(bytes.IsDense ? bytes.GetValues().ToArray() : bytes.DenseValues().ToArray(), name, number);
            };
        }
        var getImage = row.GetGetter<MLImage>(column);
        MLImage image = null!; // it may be the user's own object: copied, neither held nor disposed
        return number =>
        {
            getImage(ref image);
            return image is null ? null : ImageSource.FromImage(Copy(image), name);
        };
    }

    // Pictures in files stay there until they are decoded.
    private static Func<long, ImageSource?> OfMixture(MixtureCursor row, DataViewSchema.Column column, string name)
    {
        var getPath = row.GetFileGetter();
        var getBytes = row.GetGetter<VBuffer<byte>>(column);
        VBuffer<byte> bytes = default;
        return number =>
        {
            if (row.PictureFile is { } file)
                return ImageSource.FromFile(file, number);
            ReadOnlyMemory<char> path = default;
            if (!row.EmbedsPicture)
                getPath(ref path);
            else
                getBytes(ref bytes);
            return !row.EmbedsPicture ? path.Span.IsWhiteSpace() ? null : ImageSource.FromFile(path.ToString(), number)
                : bytes.Length == 0 ? null : ImageSource.FromBytes(bytes.GetValues().ToArray(), $"{row.DatasetName}, {name}", number);
        };
    }

    // Skia keeps colours multiplied by alpha.
    private static RgbImage Copy(MLImage image)
    {
        var pixels = ImagePixels.Of(image);
        byte[] rgb = GC.AllocateUninitializedArray<byte>(pixels.Length / 4 * 3);
        RgbPacker.Pack(pixels, rgb, swapRedAndBlue: image.PixelFormat == MLPixelFormat.Bgra32, AlphaEncoding.Premultiplied);
        GC.KeepAlive(image);
        return new RgbImage(image.Width, image.Height, rgb);
    }
}
