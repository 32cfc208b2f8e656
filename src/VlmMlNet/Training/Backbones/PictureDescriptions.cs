using VlmMlNet.Text;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Training.Backbones;

/// <summary>Words in place of pictures: a language model that has learned to tell of what it has read needs only be shown
/// pictures as if they were words, which is what the first two stages train the projector to do.</summary>
internal sealed class PictureDescriptions
{
    private readonly Dictionary<string, List<string>> _texts = [];

    /// <param name="pictures">Pictures with captions; the captions are held in memory.</param>
    public PictureDescriptions(TrainingSet pictures)
    {
        foreach (var example in pictures.Read())
        {
            if (example.Images.Count != 1)
                continue;
            string caption = string.Join(' ', example.Messages.Where(m => m.Role == "assistant").Select(m => m.Content));
            if (!_texts.TryGetValue(example.Images[0].Name, out var texts))
                _texts.Add(example.Images[0].Name, texts = []);
            texts.Add(caption);
        }
    }

    /// <summary>The conversation with a description where each picture was, or with nothing where there is none.</summary>
    /// <remarks>Where a picture has several captions it is not the one that is asked for: that would be copied, not understood.</remarks>
    public TrainingExample InPlaceOfPictures(TrainingExample example)
    {
        int next = 0;
        var messages = example.Messages.Select(message => message with { Content = Replace(message.Content) }).ToList();
        return example with { Messages = messages, Images = [] };

        string Replace(string content)
        {
            int at;
            while ((at = content.IndexOf(ImageToken.Text, StringComparison.Ordinal)) >= 0)
            {
                string description = next < example.Images.Count ? Choose(example, example.Images[next].Name) : "";
                next++;
                content = string.Concat(content.AsSpan(0, at), ImagePlaceholder.Remove(description), content.AsSpan(at + ImageToken.Text.Length));
            }
            return content.Trim();
        }
    }

    private string Choose(TrainingExample example, string picture)
    {
        if (!_texts.TryGetValue(picture, out var texts))
            return "";
        var others = texts.Where(text => !example.Messages.Any(message => message.Content == text)).ToList();
        if (others.Count == 0)
            return texts[0];
        return others[SeededRandom.For(example.Id, example.Messages[^1].Content).Next(others.Count)];
    }
}
