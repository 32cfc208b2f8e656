using System.CommandLine;
using System.Globalization;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Files;
using VlmMlNet.ModelFolders;
using static TorchSharp.torch;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm quantize MODEL --weights int8 --out DIR</c>.</summary>
internal static class QuantizeCommand
{
    public static Command Create(Shell shell)
    {
        var model = new Argument<string>("MODEL") { Description = "Folder of a saved model (what train and quickstart write)." };
        var weights = CommonOptions.Precision("--weights", "Precision of the language model: int8, int4, bfloat16, or float32 (no smaller, but mapped from its file instead of read).");
        weights.Required = true;
        var encoder = CommonOptions.Precision("--encoder", "Precision of image encoder and projector: int8, bfloat16 (fast where the processor multiplies it) or float32. Default: int8 beside int8 and int4, otherwise as --weights.");
        encoder.Validators.Add(r => { if (r.GetValueOrDefault<WeightPrecision?>() == WeightPrecision.Int4) r.AddError("--encoder is int8, bfloat16 or float32."); });
        var output = new Option<string>("--out") { Description = "Folder of the smaller model.", HelpName = "DIR", Required = true };
        var force = OutputChoice.Force();
        var command = new DocumentedCommand("quantize", "Save a model with smaller weights, for generating faster on a CPU.",
            "All commands that generate take the folder. Its language model is mapped from its file and needs no loading. It cannot be trained: keep the original.\n\nExample:\n  vlm quantize model --weights int8 --out model-int8\n  vlm caption photo.jpg --model model-int8")
        { model, weights, encoder, output, force };
        command.SetAction(result =>
        {
            string target = Path.GetFullPath(result.GetValue(output)!);
            if (ResolvedPath.AreSame(target, result.GetValue(model)!))
                throw new UsageException("--out is the model itself. A quantized model cannot be trained any more: give another folder.");
            var precision = result.GetValue(weights)!.Value;
            var encoding = result.GetValue(encoder) ?? (precision == WeightPrecision.Int4 ? WeightPrecision.Int8 : precision);
            if (encoding == WeightPrecision.Int8 && precision is not (WeightPrecision.Int8 or WeightPrecision.Int4))
                throw new UsageException("--encoder int8 goes with --weights int8 or int4.");
            ScalarType? type = encoding switch { WeightPrecision.Float32 => ScalarType.Float32, WeightPrecision.BFloat16 => ScalarType.BFloat16, _ => null };
            using var folder = OutputChoice.Folder(target, result.GetValue(force));
            using (var loaded = ModelFolder.Load(result.GetValue(model)!, type, precision: precision))
            {
                shell.CancellationToken.ThrowIfCancellationRequested();
                ModelFolder.Save(loaded, folder, _ => { });
            }
            long bytes = new DirectoryInfo(target).EnumerateFiles("*.safetensors").Sum(f => f.Length);
            shell.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target}: {bytes / 1e6:N1} MB of weights"));
            return VlmCommand.Ok;
        });
        return command;
    }
}
