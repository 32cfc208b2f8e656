using System.CommandLine;
using System.Globalization;
using VlmMlNet.Cli.Commands;
using VlmMlNet.Cli.Terminal;

namespace VlmMlNet.Cli.Quickstart;

/// <summary><c>vlm quickstart [--out DIR]</c>.</summary>
internal static class QuickstartCommand
{
    private const int FewestScenes = 128, MostScenes = 10_000_000;

    public static Command Create(Shell shell)
    {
        var folder = new Option<string>("--out") { Description = "Folder for the data, the model and the report.", HelpName = "DIR", DefaultValueFactory = _ => "quickstart" };
        var seed = NumberOption.Whole("--seed", "N", "Equal seeds give equal numbers on one machine.", () => 1);
        var scenes = NumberOption.Whole("--scenes", "N", "Training scenes to draw. Fewer are faster and worse.", () => new QuickstartSettings().Scenes, most: MostScenes);
        scenes.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && int.TryParse(text, CultureInfo.InvariantCulture, out int number) && number < FewestScenes)
                result.AddError($"--scenes is {number}; at least {FewestScenes} are needed.");
        });
        var threads = CommonOptions.Threads();
        var force = OutputChoice.Force();
        var command = new DocumentedCommand("quickstart", "Draw scenes, train a small model through the four stages on them, and caption held-out scenes.",
            "Needs no data and no downloads. Writes the scenes in the published formats, the model and a report.\n\nExamples:\n  vlm quickstart\n  vlm quickstart --out try --scenes 1000")
        { folder, seed, scenes, threads, force };
        command.SetAction(result =>
        {
            using var output = OutputChoice.Folder(result.GetValue(folder)!, result.GetValue(force));
            var context = shell.CreateContext(new DeviceChoice(null, result.GetValue(threads)), result.GetValue(seed), result.GetValue(CommonOptions.Verbose));
            var settings = new QuickstartSettings { Seed = result.GetValue(seed), Scenes = result.GetValue(scenes) };
            try
            {
                return new QuickstartRun(shell, context, settings, output.Name).Run();
            }
            catch (OperationCanceledException e) when (shell.CancellationToken.IsCancellationRequested)
            {
                throw new StoppedException($"stopped. A quickstart keeps nothing to go on from: begin again with --force, or remove {output.Name}.", e);
            }
        });
        return command;
    }
}
