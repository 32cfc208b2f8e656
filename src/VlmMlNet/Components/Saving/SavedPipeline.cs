using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Files;

namespace VlmMlNet.Components.Saving;

/// <summary>Loads ML.NET's zips with errors that name the file.</summary>
internal static class SavedPipeline
{
    private const string Remedy = "The file is damaged, was not completely copied, or is no pipeline that mlContext.Model.Save saved.";

    /// <summary>See <see cref="VisionLanguageCatalog.LoadPipeline"/>.</summary>
    public static ITransformer Load(string file, IHostEnvironment environment, out DataViewSchema inputSchema)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        file = Path.GetFullPath(file);
        if (!File.Exists(file))
            throw new FileNotFoundException($"There is no file {file}.", file);
        RegularFile.Check(file);
        try
        {
            return (environment as MLContext ?? new MLContext()).Model.Load(file, out inputSchema);
        }
        catch (Exception e) when (Cause(e) is not (OutOfMemoryException or UnauthorizedAccessException or DllNotFoundException))
        {
            // ML.NET calls loaders by reflection, and meets damage to its own parts with exceptions of all kinds.
            throw Cause(e) is MalformedInputException known ? known : new MalformedInputException(file, $"it cannot be read ({Cause(e).Message.Split('\n')[0].Trim().TrimEnd('.')})", Remedy, innerException: e);
        }
    }

    private static Exception Cause(Exception e) => e is TargetInvocationException or AggregateException or TypeInitializationException && e.InnerException is { } inner ? Cause(inner)
        : e is not MalformedInputException && e.InnerException is MalformedInputException or TargetInvocationException ? Cause(e.InnerException)
        : e;
}
