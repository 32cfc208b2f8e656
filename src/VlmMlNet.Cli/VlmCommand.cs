using System.CommandLine;
using VlmMlNet.Cli.Commands;
using VlmMlNet.Cli.Quickstart;
using VlmMlNet.Cli.Terminal;

namespace VlmMlNet.Cli;

/// <summary>The command <c>vlm</c>: parses, runs one command, turns errors into one line and an exit code.</summary>
internal static class VlmCommand
{
    public const int Ok = 0, Failed = 1, Usage = 2, Cancelled = 130;

    /// <summary>Runs a command line in this process.</summary>
    /// <param name="args">The arguments, without the command's own name.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Progress, notes and errors.</param>
    /// <param name="cancellationToken">Ends the command between two steps.</param>
    /// <returns>0, 1 for an error, 2 for a wrong command line, 130 when cancelled.</returns>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var shell = new Shell(output, error, cancellationToken);
        var result = CreateRoot(shell).Parse(args);
        if (result.Errors.Count > 0 && CommandLineError.LacksCommand(result))
            result = CreateRoot(shell).Parse([.. args, "--help"]);
        if (result.Action is not DetailedHelp && CommandLineError.Find(result) is { } problem)
        {
            shell.WriteError(problem);
            return Usage;
        }
        try
        {
            return result.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            shell.WriteError(e is StoppedException ? e.Message : "cancelled.");
            return Cancelled;
        }
        catch (UsageException e)
        {
            shell.WriteError(e.Message);
            return Usage;
        }
        catch (Exception e)
        {
            shell.WriteError(result.GetValue(CommonOptions.Verbose) ? e.ToString() : ErrorText.Of(e), multiline: result.GetValue(CommonOptions.Verbose));
            return Failed;
        }
    }

    private static RootCommand CreateRoot(Shell shell)
    {
        var root = new RootCommand("Vision-language models: train the four stages, caption pictures, answer questions about them, score, shrink and look into models.");
        root.Options.Add(CommonOptions.Verbose);
        DetailedHelp.Install(root);
        root.Subcommands.Add(QuickstartCommand.Create(shell));
        root.Subcommands.Add(CaptionCommand.Create(shell));
        root.Subcommands.Add(AskCommand.Create(shell));
        root.Subcommands.Add(TrainCommand.Create(shell));
        root.Subcommands.Add(EvaluateCommand.Create(shell));
        root.Subcommands.Add(MergeCommand.Create(shell));
        root.Subcommands.Add(QuantizeCommand.Create(shell));
        root.Subcommands.Add(BenchCommand.Create(shell));
        root.Subcommands.Add(DataCommand.Create(shell));
        root.Subcommands.Add(ValidateCommand.Create(shell));
        root.Subcommands.Add(InspectCommand.Create(shell));
        return root;
    }
}
