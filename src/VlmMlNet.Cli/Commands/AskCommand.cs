using System.CommandLine;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Generation;
using VlmMlNet.Imaging;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm ask IMAGE QUESTION --model DIR</c>.</summary>
internal static class AskCommand
{
    public static Command Create(Shell shell)
    {
        var image = new Argument<string>("IMAGE") { Description = "A picture." };
        var question = new Argument<string>("QUESTION") { Description = "A question about it." };
        var model = CommonOptions.Model();
        var maxTokens = CommonOptions.MaxTokens();
        var precision = CommonOptions.Precision();
        var device = CommonOptions.Device();
        var threads = CommonOptions.Threads();
        var command = new DocumentedCommand("ask", "Answer a question about a picture.", "Example:\n  vlm ask photo.jpg \"What colour is the car?\" --model model")
        { image, question, model, maxTokens, precision, device, threads };
        command.SetAction(result =>
        {
            string path = result.GetValue(image)!;
            CaptionCommand.CheckExists(path);
            var context = shell.CreateContext(CommonOptions.Choose(result, device, threads), seed: 0, result.GetValue(CommonOptions.Verbose));
            using var loaded = context.VisionLanguage().LoadModel(result.GetValue(model)!, result.GetValue(precision));
            var options = new GenerationOptions { MaxTokens = result.GetValue(maxTokens) };
            shell.Output.WriteLine(AnswerGenerator.Answer(loaded, [ImageDecoder.Decode(path)], [result.GetValue(question)!], options, shell.CancellationToken)[0]);
            return VlmCommand.Ok;
        });
        return command;
    }
}
