using System.CommandLine;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm ask IMAGE QUESTION... --model DIR</c>.</summary>
internal static class AskCommand
{
    public static Command Create(Shell shell)
    {
        var image = new Argument<string>("IMAGE") { Description = "A picture." };
        var questions = new Argument<string[]>("QUESTION") { Description = "Questions about it, each answered by itself.", Arity = ArgumentArity.OneOrMore };
        var model = CommonOptions.Model();
        var stream = CommonOptions.Stream(" Default on a terminal.");
        var adapter = CommonOptions.Adapter();
        var precision = CommonOptions.Precision();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("ask", "Answer questions about a picture.",
            """
            One answer is a line of its own; of several questions, each answer follows its question and a tab. The picture is encoded once. A question that begins with a dash comes after --.

            Exit codes: 0; 1 for an error; 2 for a wrong command line; 130 after Ctrl+C and 143 after SIGTERM, with the answers that were written.

            Examples:
              vlm ask photo.jpg "What colour is the car?" --model model
              vlm ask photo.jpg "Who is there?" "Where are they?" --model model --temperature 0.7 --answers 3
            """)
        { image, questions, model };
        var generation = new GenerationChoice(command);
        foreach (var option in (Option[])[stream, adapter, precision, device, threads])
            command.Add(option);
        command.SetAction(result =>
        {
            var options = generation.Read(result, new GenerationOptions());
            bool streams = result.GetValue(stream) ?? (shell.WritesToTerminal && options is { NumBeams: 1, NumAnswers: 1 });
            if (streams)
                GenerationChoice.Explain(options.CheckStreaming);
            string path = result.GetValue(image)!;
            if (Directory.Exists(path))
                throw new IOException($"{Path.GetFullPath(path)} is a folder. Name one picture.");
            new PictureFiles([path]).CheckExist();
            var context = shell.CreateContext(CommonOptions.Choose(result, device, threads), seed: 0, result.GetValue(CommonOptions.Verbose));
            using var loaded = AdaptedModels.Load(context.VisionLanguage(), result.GetValue(model)!, result.GetValue(adapter), result.GetValue(precision));
            using var session = loaded.OpenImage(ImageDecoder.Decode(path));
            string[] asked = result.GetValue(questions)!;
            var lines = new AnswerLines(shell, asked.Length > 1);
            foreach (string question in asked)
            {
                shell.CancellationToken.ThrowIfCancellationRequested();
                if (streams)
                    lines.Write(question, session.StreamAsync(question, options, shell.CancellationToken));
                else
                    lines.Write(question, session.Generate(question, options, shell.CancellationToken));
            }
            return VlmCommand.Ok;
        });
        return command;
    }
}
