using VlmMlNet.Cli;

using var cancellation = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    // The first Ctrl+C lets the command finish its step and save; the second ends the process.
    e.Cancel = !cancellation.IsCancellationRequested;
    cancellation.Cancel();
};
return VlmCommand.Run(args, Console.Out, Console.Error, cancellation.Token);
