using System.CommandLine;
using Microsoft.ML;
using VlmMlNet.Cli.Terminal;
using VlmMlNet.Files;
using VlmMlNet.ModelFolders;

namespace VlmMlNet.Cli.Commands;

/// <summary><c>vlm merge MODEL --adapter DIR --out DIR</c>.</summary>
internal static class MergeCommand
{
    public static Command Create(Shell shell)
    {
        var model = new Argument<string>("MODEL") { Description = "Folder of a saved model (what train and quickstart write)." };
        var adapter = CommonOptions.Adapter();
        adapter.Required = true;
        var output = new Option<string>("--out") { Description = "Folder of the merged model.", HelpName = "DIR", Required = true };
        var force = OutputChoice.Force();
        var command = new DocumentedCommand("merge", "Add an adapter (LoRA) to a model's weights, and save the model.",
            """
            Adapters of the language model and of the image encoder are told apart by the names of their tensors. The adapter is kept beside the merged weights, as language_adapter or vision_adapter.

            Example:
              vlm merge model --adapter qwen-lora --out merged
            """)
        { model, adapter, output, force };
        command.SetAction(result =>
        {
            string target = Path.GetFullPath(result.GetValue(output)!);
            if (ResolvedPath.AreSame(target, result.GetValue(model)!))
                throw new UsageException("--out is the model itself, which others may use without the adapter: give another folder.");
            using var folder = OutputChoice.Folder(target, result.GetValue(force));
            var vlm = shell.CreateContext(new DeviceChoice(null, null), seed: 0, result.GetValue(CommonOptions.Verbose)).VisionLanguage();
            using (var merged = AdaptedModels.Load(vlm, result.GetValue(model)!, result.GetValue(adapter)))
            {
                shell.CancellationToken.ThrowIfCancellationRequested();
                ModelFolder.Save(merged, folder, _ => { });
                shell.Output.WriteLine($"{merged.CountParameters()}, saved in {target}");
            }
            return VlmCommand.Ok;
        });
        return command;
    }
}
