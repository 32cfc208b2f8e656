using VlmMlNet.Cli;
using VlmMlNet.Cli.Terminal;

using var signals = new StopSignals();
return signals.ExitCode(VlmCommand.Run(args, Console.Out, Console.Error, signals.Token));
