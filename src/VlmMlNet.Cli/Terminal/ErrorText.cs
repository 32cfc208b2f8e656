using System.Reflection;
using System.Text.RegularExpressions;
using VlmMlNet.Cli.Commands;
using VlmMlNet.Components.Recipes;
using VlmMlNet.Generation;

namespace VlmMlNet.Cli.Terminal;

/// <summary>Errors of the library in the words of the command line, which has options of other names and no objects.</summary>
internal static partial class ErrorText
{
    private static readonly (string Library, string Command)[] s_sentences =
    [
        ("Reference the package TorchSharp-cuda of your platform and check the driver", "Build the command with -p:TorchBackend=cuda and check the driver"),
        (", set MLContext.FallbackToCpu to true, or leave GpuDeviceId null to use the CPU", ", or use the CPU: --device cpu"),
        ("GpuDeviceId is ", "--device is cuda:"),
        ("Raise ImageDecoderOptions.MaxBytes if it really is an image.", "Replace the file with a smaller one."),
        ("Leave such rows out, by skipping bad rows or in the file.", "Leave such rows out, with --bad-rows skip or in the file."),
        ("Leave others out, by skipping bad rows or in the file.", "Leave others out, with --bad-rows skip or in the file."),
        ("DataReaderOptions.AllowOutsideImages reads", "--allow-outside-images reads"),
        ("Continue the run first (StagedTraining.Resume).", "Continue the run first: the command that began it goes on with --resume."),
        ("(StagedTraining.Resume goes on with the run)", "(the command that began it goes on with --resume)"),
        (", or raise ImageDecoderOptions.MaxPixels if the file can be trusted", ""),
        (", or raise ImageDecoderOptions.MaxSide if the file can be trusted", ""),
    ];

    private static readonly (string Library, string Command)[] s_options =
    [
        (nameof(GenerationOptions.MaxTokens), "--max-tokens"), (nameof(GenerationOptions.MinTokens), "--min-tokens"), (nameof(GenerationOptions.Temperature), "--temperature"),
        (nameof(GenerationOptions.TopK), "--top-k"), (nameof(GenerationOptions.TopP), "--top-p"), (nameof(GenerationOptions.RepetitionPenalty), "--repetition-penalty"),
        (nameof(GenerationOptions.NumBeams), "--beams"), (nameof(GenerationOptions.LengthPenalty), "--length-penalty"), (nameof(GenerationOptions.StopSequences), "--stop texts"),
        (nameof(GenerationOptions.NumAnswers), "--answers"), (nameof(GenerationOptions.BatchSize), "--batch-size"), (nameof(GenerationOptions.MaxThreads), "--threads"),
    ];

    /// <summary>What users can act on says enough by itself; what they cannot is named, so that it can be reported.</summary>
    public static string Of(Exception e) => e switch
    {
        AggregateException { InnerExceptions: [var inner] } => Of(inner),
        TargetInvocationException { InnerException: { } inner } => Of(inner),
        OutOfMemoryException => "There is not enough memory. Smaller values of --max-tokens, --beams, --answers and --batch-size need less, and so do models that 'vlm quantize' makes.",
        MalformedInputException or IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException or DllNotFoundException or NotSupportedException => Of(e.Message),
        _ => $"{e.GetType().Name}: {e.Message}",
    };

    /// <summary>A message of the library in the command line's words.</summary>
    public static string Of(string message)
    {
        message = ColumnChoice.InOptions(Parameter().Replace(message, ""));
        foreach (var (library, command) in s_sentences)
            message = message.Replace(library, command, StringComparison.Ordinal);
        // Only where options are spoken of: elsewhere these words may stand in a file's name.
        foreach (string options in (string[])[$"{nameof(GenerationOptions)}: ", $"{nameof(ModelEvaluationOptions)}: ", $"{nameof(PrecisionComparisonOptions)}: "])
        {
            if (message.StartsWith(options, StringComparison.Ordinal))
                return s_options.Aggregate(message[options.Length..], (text, name) => text.Replace(name.Library, name.Command, StringComparison.Ordinal));
        }
        return message;
    }

    [GeneratedRegex(@"\s*\(Parameter '[^']*'\)")]
    private static partial Regex Parameter();
}
