using Microsoft.ML;
using Microsoft.ML.Runtime;
using VlmMlNet.Components.Preview;

namespace VlmMlNet;

/// <content>A look at data.</content>
public sealed partial class VisionLanguageCatalog
{
    /// <summary>Shows the first rows of data as a model learns from them: pictures after preprocessing, text with the chat template,
    /// which tokens are scored, and the attention mask as a picture. An example that training would fail on, such as one with a
    /// damaged picture, says so in <see cref="PreviewExample.Problem"/>.</summary>
    /// <param name="data">Pictures with captions, questions or conversations, as the library's readers give them.</param>
    /// <param name="model">The model whose tokenizer and sizes are used; null for stand-ins (<see cref="DataPreview.IsOfModel"/>).</param>
    /// <param name="options">How many rows, which stage; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is absent or of another type.</exception>
    /// <exception cref="MalformedInputException">A row cannot be read.</exception>
    public DataPreview Preview(IDataView data, VisionLanguageModel? model = null, PreviewOptions? options = null)
    {
        Contracts.CheckValue(data, nameof(data));
        options ??= new PreviewOptions();
        options.Check();
        return new DataPreviewer(_environment.Register(nameof(Preview)), options).Show(data, model);
    }
}
