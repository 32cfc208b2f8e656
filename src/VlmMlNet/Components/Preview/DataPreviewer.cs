using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using VlmMlNet.Components.Stages;
using VlmMlNet.Data;
using VlmMlNet.Data.Rows;
using VlmMlNet.Imaging;
using VlmMlNet.Models.Siglip;
using VlmMlNet.Text;
using VlmMlNet.Training.Batches;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Components.Preview;

/// <summary>Makes a <see cref="DataPreview"/>: the steps of training's batches, with what they hide made visible.</summary>
/// <param name="host">The environment.</param>
/// <param name="options">What is shown.</param>
internal sealed class DataPreviewer(IHost host, PreviewOptions options)
{
    private const int StandInVocabulary = 2048;

    /// <summary>Shows data.</summary>
    /// <param name="data">Pictures with captions, questions or conversations.</param>
    /// <param name="model">The model; null for a stand-in.</param>
    public DataPreview Show(IDataView data, VisionLanguageModel? model)
    {
        var columns = options.Columns ?? new TrainingStageOptions();
        data = (data as IRowStream)?.ToLearnFrom() ?? data;
        var first = SkipTakeFilter.Create(host, new SkipTakeFilter.TakeOptions { Count = options.Rows }, data);
        string prompt = columns.CaptionPrompt ?? model?.CaptionPrompt ?? VisionLanguageModel.DefaultCaptionPrompt;
        var rows = StageData.Open(host, first, StageColumns.Of(host, SchemaShape.Create(data.Schema), columns), prompt, skipsBadRows: false).ReadRows(null, 0).ToList();
        var input = model is null ? StandIn(rows) : new ModelInput(model.ChatTemplate, model.Tokenizer, model.ImageProcessor, model.ImageTokenCount);
        string[] ids = data.Schema.GetColumnOrNull(VisionLanguageColumns.Id)?.Type is TextDataViewType ? [.. first.GetColumn<string>(VisionLanguageColumns.Id)] : [];
        var shown = new List<PreviewExample>();
        int number = 0;
        for (int r = 0; r < rows.Count; r++)
        {
            var row = rows[r];
            int count = Math.Min(row.Count, options.ExamplesPerRow);
            for (int i = 0; i < count; i++)
            {
                string name = row[i].Id + (r < ids.Length && ids[r].Length > 0 ? $" ({ids[r]})" : "");
                if (row.Count > 1)
                    name += string.Create(CultureInfo.InvariantCulture, $", example {i + 1} of {row.Count}");
                shown.Add(Show(row[i], name, input, number++, row.Count - count));
            }
        }
        return new DataPreview(shown, options.Stage, model is not null);
    }

    // Byte pairs of the rows themselves: tokens about as long as a trained model's.
    private static ModelInput StandIn(List<IReadOnlyList<TrainingExample>> rows)
    {
        var config = SiglipVisionConfig.So400mPatch14At224;
        // The parts of the template are words to it, as to the published tokenizers.
        IEnumerable<string> template = Enumerable.Repeat($"system\n{ChatTemplate.QwenSystemPrompt} user\nassistant\n", 2);
        var tokenizer = new BpeTrainer { VocabularySize = StandInVocabulary }
            .Train(rows.SelectMany(row => row).SelectMany(example => example.Messages).Select(message => message.Content).Concat(template));
        var processor = new ImageProcessor(new ImageProcessorConfig { Width = config.ImageSize, Height = config.ImageSize });
        return new ModelInput(new ChatTemplate(tokenizer), tokenizer, processor, config.PatchCount);
    }

    private PreviewExample Show(TrainingExample example, string name, ModelInput input, int number, int more)
    {
        string text = input.Template.Render(example.Messages, addGenerationPrompt: false);
        var pictures = new List<PreviewPicture>();
        string? problem = null;
        foreach (var image in example.Images)
            pictures.Add(Show(image, input.Processor, ref problem));
        try
        {
            var whole = input.Template.Encode(example.Messages, addGenerationPrompt: false, input.ImageTokens);
            if (whole.ImageCount != example.Images.Count)
                throw new MalformedInputException(example.Id, $"the conversation has {whole.ImageCount} {ImageToken.Text} placeholders for {example.Images.Count} pictures", "Put one placeholder per picture into the user's turns.");
            var kept = whole.Truncate(options.Stage.MaxLength);
            var hidden = options.Stage.TokenMasking == 0 ? kept
                : TokenMasking.Apply(kept, options.Stage.TokenMasking, input.Tokenizer.EndOfTextId, input.Tokenizer.ImEndId, SeededRandom.For(options.Seed, 1, number));
            // The first token of a row has no token before it that could predict it.
            if (!hidden.Labels.Skip(1).Any(label => label >= 0))
                problem ??= "nothing of it is scored: training leaves it out";
            var tokens = Tokens(kept, hidden, input);
            return new PreviewExample(name, text, tokens, pictures, Mask(tokens), problem, whole.TokenIds.Length - kept.TokenIds.Length, more);
        }
        catch (MalformedInputException e)
        {
            return new PreviewExample(name, text, [], pictures, null, problem ?? e.Message, 0, more);
        }
    }

    private static List<PreviewToken> Tokens(EncodedConversation shown, EncodedConversation learned, ModelInput input)
    {
        var tokens = new List<PreviewToken>();
        var decoder = new StreamingDecoder(input.Tokenizer, skipSpecialTokens: false);
        int picture = 0;
        for (int i = 0; i < shown.TokenIds.Length;)
        {
            int id = shown.TokenIds[i];
            bool isPicture = id == ImageToken.Id;
            tokens.Add(isPicture
                ? new PreviewToken(id, ImageToken.Text, input.ImageTokens, ++picture, false, false)
                : new PreviewToken(id, decoder.Append(id), 1, 0, i > 0 && learned.Labels[i] >= 0, learned.TokenIds[i] != id));
            i += isPicture ? input.ImageTokens : 1;
        }
        return tokens;
    }

    private RgbImage Mask(List<PreviewToken> tokens)
    {
        int[] blocks = [.. tokens.SelectMany(token => Enumerable.Repeat(token.Picture, token.Count))];
        bool[] scored = [.. tokens.SelectMany(token => Enumerable.Repeat(token.IsScored, token.Count))];
        bool[] hidden = [.. tokens.SelectMany(token => Enumerable.Repeat(token.IsHidden, token.Count))];
        return MaskPicture.Draw(options.Stage.Mask, blocks, scored, hidden, options.MaskSide);
    }

    private static PreviewPicture Show(ImageSource image, ImageProcessor processor, ref string? problem)
    {
        try
        {
            var decoded = image.Decode();
            return new PreviewPicture(image.Name, decoded.Width, decoded.Height, Visible(processor.Process(decoded), processor.Config));
        }
        catch (Exception e) when (e is MalformedInputException or IOException)
        {
            problem ??= e.Message;
            return new PreviewPicture(image.Name, 0, 0, null);
        }
    }

    // From the model's numbers back to levels, so that what is shown is what it sees.
    private static RgbImage Visible(float[] values, ImageProcessorConfig config)
    {
        int plane = config.Width * config.Height;
        byte[] pixels = new byte[3 * plane];
        for (int channel = 0; channel < 3; channel++)
        {
            for (int i = 0; i < plane; i++)
                pixels[3 * i + channel] = (byte)Math.Clamp(Math.Round((values[channel * plane + i] * config.Std[channel] + config.Mean[channel]) / config.RescaleFactor), 0, 255);
        }
        return new RgbImage(config.Width, config.Height, pixels);
    }

    private sealed record ModelInput(ChatTemplate Template, VlmTokenizer Tokenizer, ImageProcessor Processor, int ImageTokens);
}
