using System.Numerics.Tensors;
using VlmMlNet.Imaging;

namespace VlmMlNet.Components.Recipes;

/// <summary>Captions a picture with the caption of the known picture that looks most like it, pixel by pixel. What a trained
/// model has to beat: it knows the training data by heart and understands nothing.</summary>
/// <remarks>Pictures are compared as 16x16 RGB by their squared distance; of equal distances the first added wins.</remarks>
public sealed class NearestNeighbourBaseline
{
    /// <summary>Side of the compared pictures in pixels.</summary>
    public const int Side = 16;

    private readonly ImageProcessor _processor = new(new ImageProcessorConfig { Width = Side, Height = Side });
    private readonly List<float[]> _pixels = [];
    private readonly List<string> _captions = [];

    /// <summary>How many pictures are known.</summary>
    public int Count => _pixels.Count;

    /// <summary>Adds a known picture.</summary>
    /// <param name="image">The picture, of any size.</param>
    /// <param name="caption">Its caption.</param>
    public void Add(RgbImage image, string caption)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(caption);
        _pixels.Add(_processor.Process(image));
        _captions.Add(caption);
    }

    /// <summary>The caption of the nearest known picture.</summary>
    /// <param name="image">A picture, of any size.</param>
    /// <exception cref="InvalidOperationException">No picture was added.</exception>
    public string Caption(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (Count == 0)
            throw new InvalidOperationException("The nearest-neighbour baseline knows no picture: add the training data first.");
        float[] pixels = _processor.Process(image);
        int nearest = 0;
        float least = float.PositiveInfinity;
        for (int i = 0; i < _pixels.Count; i++)
        {
            float distance = TensorPrimitives.Distance<float>(pixels, _pixels[i]);
            if (distance < least)
                (least, nearest) = (distance, i);
        }
        return _captions[nearest];
    }
}
