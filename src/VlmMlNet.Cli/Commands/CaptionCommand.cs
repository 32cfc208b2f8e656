using System.CommandLine;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm caption IMAGE... --model DIR</c>.</summary>
internal static class CaptionCommand
{
    public static Command Create(Shell shell)
    {
        var images = new Argument<string[]>("IMAGE") { Description = "Pictures (png, jpeg, webp, gif, bmp), or folders of them.", Arity = ArgumentArity.OneOrMore };
        var model = CommonOptions.Model();
        var prompt = CommonOptions.Prompt("What to ask. Default: the prompt that the model learned captions under.");
        var stream = CommonOptions.Stream(" Pictures come one after another then.");
        var adapter = CommonOptions.Adapter();
        var precision = CommonOptions.Precision();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("caption", "Describe pictures.",
            """
            One caption is a line of its own, written as soon as it is made; of several, each follows its picture's path and a tab. A picture that cannot be read costs no other: it is named at the end.

            Exit codes: 0; 1 where a picture could not be read, or for another error; 2 for a wrong command line; 130 after Ctrl+C and 143 after SIGTERM, with the captions that were written.

            Examples:
              vlm caption photo.jpg --model model
              vlm caption photos/*.jpg --model model > captions.tsv
              vlm caption photos --model model > captions.tsv
              vlm caption photo.jpg --model model --beams 5 --stop .
            """)
        { images, model, prompt };
        var generation = new GenerationChoice(command);
        foreach (var option in (Option[])[stream, adapter, precision, device, threads])
            command.Add(option);
        command.SetAction(result =>
        {
            var options = generation.Read(result, new GenerationOptions());
            bool streams = result.GetValue(stream) ?? false;
            if (streams)
                GenerationChoice.Explain(options.CheckStreaming);
            var pictures = new PictureFiles(result.GetValue(images)!);
            pictures.CheckExist();
            var vlm = shell.CreateContext(CommonOptions.Choose(result, device, threads), seed: 0, result.GetValue(CommonOptions.Verbose)).VisionLanguage();
            using var loaded = AdaptedModels.Load(vlm, result.GetValue(model)!, result.GetValue(adapter), result.GetValue(precision));
            string? asked = result.GetValue(prompt);
            var lines = new AnswerLines(shell, pictures.AreSeveral);
            try
            {
                if (streams)
                {
                    foreach (var (path, picture) in pictures.Read(vlm.Data))
                        lines.Write(path, AnswerGenerator.StreamAsync(loaded, picture, asked, options, shell.CancellationToken));
                    return pictures.HaveFailed ? VlmCommand.Failed : VlmCommand.Ok;
                }
                var waiting = new Queue<string>();
                var given = pictures.Read(vlm.Data).Select(p =>
                {
                    waiting.Enqueue(p.Path);
                    return (p.Picture, asked);
                });
                foreach (var captions in AnswerGenerator.GenerateLazily(loaded, given, options, shell.CancellationToken))
                    lines.Write(waiting.Dequeue(), captions);
                return pictures.HaveFailed ? VlmCommand.Failed : VlmCommand.Ok;
            }
            finally
            {
                pictures.Report(shell);
            }
        });
        return command;
    }
}
