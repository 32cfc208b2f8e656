using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Files;
using VlmMlNet.Runtime;

namespace VlmMlNet.Components.Saving;

/// <summary>How the transformers lie in a saved ML.NET model: settings as JSON text, weights as safetensors (<see cref="EntryWeightTarget"/>).</summary>
internal static class SavedComponent
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        IgnoreReadOnlyProperties = true,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>The header. It names this assembly without its version, so that later versions load what earlier ones saved.</summary>
    /// <param name="modelSignature">Exactly 8 characters.</param>
    /// <param name="loaderSignature">At most 24 characters, as in the class's LoadableClass attribute.</param>
    public static VersionInfo Version(string modelSignature, string loaderSignature) => new(modelSignature,
        verWrittenCur: 0x00010001, verReadableCur: 0x00010001, verWeCanReadBack: 0x00010001,
        loaderAssemblyName: typeof(SavedComponent).Assembly.GetName().Name, loaderSignature: loaderSignature);

    public static void SaveSettings<T>(ModelSaveContext context, VersionInfo version, T settings)
    {
        context.CheckAtModel();
        context.SetVersionInfo(version);
        context.SaveNonEmptyString(JsonSerializer.Serialize(settings, s_json));
    }

    public static T LoadSettings<T>(IHostEnvironment environment, ModelLoadContext context, VersionInfo version)
    {
        Contracts.CheckValue(environment, nameof(environment));
        environment.CheckValue(context, nameof(context));
        TorchRuntime.EnsureLoaded(); // everything that is loaded by these settings needs it
        context.CheckAtModel(version);
        string json = context.LoadNonEmptyString();
        try
        {
            return JsonSerializer.Deserialize<T>(json, s_json) ?? throw new JsonException("it is null");
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or NotSupportedException or FormatException)
        {
            throw new MalformedInputException(ModelEntry.SourceName(context), $"the settings of {version.LoaderSignature} cannot be read ({ErrorMessage.Of(e)})",
                "The file is damaged, or was saved by a later version.", innerException: e);
        }
    }

    /// <summary>Runs what checks settings, so that its errors are the file's.</summary>
    public static T Checked<T>(ModelLoadContext context, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is ArgumentException or OverflowException)
        {
            throw new MalformedInputException(ModelEntry.SourceName(context), $"its settings cannot be used ({ErrorMessage.Of(e)})", "The file is damaged, or was saved by a later version.", innerException: e);
        }
    }
}
