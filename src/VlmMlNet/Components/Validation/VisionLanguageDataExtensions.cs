using VlmMlNet.Components.Validation;
using VlmMlNet.Data;
using VlmMlNet.Data.Validation;

namespace Microsoft.ML;

/// <summary>What <c>mlContext.VisionLanguage().Data</c> does beside reading.</summary>
public static class VisionLanguageDataExtensions
{
    /// <summary>Looks for everything that is wrong with data before hours are spent on it: JSON is held to its schema
    /// (<see cref="DataSchemas"/>) and every format to the rules of its reader, row by row at constant memory; pictures have to
    /// exist and to decode. Bad rows do not end it; they are counted, and the first are listed with file and line.</summary>
    /// <param name="data">The readers.</param>
    /// <param name="path">Whatever <see cref="VisionLanguageDataCatalog.Load(string, string)"/> reads, a file of results (COCO's captions, VQA's
    /// answers), or a saved model (its folder or config.json).</param>
    /// <param name="options">How closely; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static DataValidation Validate(this VisionLanguageDataCatalog data, string path, DataValidationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new DataValidationOptions();
        options.Check();
        return new ValidationRun(data, path, options).Run();
    }
}
