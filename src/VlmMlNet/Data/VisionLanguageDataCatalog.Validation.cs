using VlmMlNet.Data.Validation;

namespace VlmMlNet.Data;

/// <content>Validation.</content>
public sealed partial class VisionLanguageDataCatalog
{
    /// <summary>Looks for everything that is wrong with data before hours are spent on it: JSON is held to its schema
    /// (<see cref="DataSchemas"/>) and every format to the rules of its reader, row by row at constant memory; pictures have to
    /// exist and to decode. Bad rows do not end it; they are counted, and the first are listed with file and line.</summary>
    /// <param name="path">Whatever <see cref="Load(string, string)"/> reads, a file of results (COCO's captions, VQA's answers), or a
    /// saved model (its folder or config.json).</param>
    /// <param name="options">How closely; null for the defaults.</param>
    /// <exception cref="FileNotFoundException">There is no such file or folder.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public DataValidation Validate(string path, DataValidationOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new DataValidationOptions();
        options.Check();
        return new ValidationRun(this, path, options).Run();
    }
}
