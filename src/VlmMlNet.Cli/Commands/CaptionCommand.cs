using System.CommandLine;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm caption IMAGE... --model DIR</c>.</summary>
internal static class CaptionCommand
{
    private const int PicturesAtATime = 8;

    public static Command Create(Shell shell)
    {
        var images = new Argument<string[]>("IMAGE") { Description = "Pictures: png, jpeg, webp, gif, bmp.", Arity = ArgumentArity.OneOrMore };
        var model = CommonOptions.Model();
        var prompt = CommonOptions.Prompt("What to ask. Default: the prompt that the model learned captions under.");
        var maxTokens = CommonOptions.MaxTokens();
        var precision = CommonOptions.Precision();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("caption", "Describe pictures.",
            "One caption is a line of its own; of several, each follows its picture's path and a tab.\n\nExamples:\n  vlm caption photo.jpg --model model\n  vlm caption photos/*.jpg --model model > captions.tsv")
        { images, model, prompt, maxTokens, precision, device, threads };
        command.SetAction(result =>
        {
            string[] paths = result.GetValue(images)!;
            foreach (string path in paths)
                CheckExists(path);
            var context = shell.CreateContext(CommonOptions.Choose(result, device, threads), seed: 0, result.GetValue(CommonOptions.Verbose));
            using var loaded = context.VisionLanguage().LoadModel(result.GetValue(model)!, result.GetValue(precision));
            var options = new GenerationOptions { MaxTokens = result.GetValue(maxTokens), BatchSize = PicturesAtATime };
            foreach (string[] some in paths.Chunk(PicturesAtATime))
            {
                var captions = AnswerGenerator.Answer(loaded, Array.ConvertAll(some, p => ImageDecoder.Decode(p)), [.. some.Select(_ => result.GetValue(prompt) ?? loaded.CaptionPrompt)], options, shell.CancellationToken);
                for (int i = 0; i < some.Length; i++)
                    shell.Output.WriteLine(paths.Length == 1 ? captions[i] : $"{some[i]}\t{captions[i]}");
            }
            return VlmCommand.Ok;
        });
        return command;
    }

    // Before the model is loaded, which takes longer.
    internal static void CheckExists(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no picture {Path.GetFullPath(path)}.", path);
    }
}
