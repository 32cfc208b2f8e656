using System.CommandLine;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm caption IMAGE... --model DIR</c>.</summary>
internal static class CaptionCommand
{
    public static Command Create(Shell shell)
    {
        var images = new Argument<string[]>("IMAGE") { Description = "Pictures: png, jpeg, webp, gif, bmp.", Arity = ArgumentArity.OneOrMore };
        var model = CommonOptions.Model();
        var prompt = CommonOptions.Prompt("What to ask. Default: the prompt that the model learned captions under.");
        var stream = CommonOptions.Stream(" Pictures come one after another then.");
        var precision = CommonOptions.Precision();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("caption", "Describe pictures.",
            "One caption is a line of its own; of several, each follows its picture's path and a tab.\n\nExamples:\n  vlm caption photo.jpg --model model\n  vlm caption photos/*.jpg --model model > captions.tsv\n  vlm caption photo.jpg --model model --beams 5 --stop .")
        { images, model, prompt };
        var generation = new GenerationChoice(command);
        foreach (var option in (Option[])[stream, precision, device, threads])
            command.Add(option);
        command.SetAction(result =>
        {
            var options = generation.Read(result, new GenerationOptions());
            bool streams = result.GetValue(stream) ?? false;
            if (streams)
                GenerationChoice.Explain(options.CheckStreaming);
            string[] paths = result.GetValue(images)!;
            foreach (string path in paths)
                CheckExists(path);
            var context = shell.CreateContext(CommonOptions.Choose(result, device, threads), seed: 0, result.GetValue(CommonOptions.Verbose));
            using var loaded = context.VisionLanguage().LoadModel(result.GetValue(model)!, result.GetValue(precision));
            string? asked = result.GetValue(prompt);
            var lines = new AnswerLines(shell, paths.Length > 1);
            if (streams)
            {
                foreach (string path in paths)
                    lines.Write(path, AnswerGenerator.StreamAsync(loaded, ImageDecoder.Decode(path), asked, options, shell.CancellationToken));
                return VlmCommand.Ok;
            }
            var answers = AnswerGenerator.GenerateLazily(loaded, paths.Select(path => (ImageDecoder.Decode(path), asked)), options, shell.CancellationToken);
            foreach (var (path, captions) in paths.Zip(answers))
                lines.Write(path, captions);
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
