using Microsoft.ML;

namespace VlmMlNet.Data.Formats.VqaV2;

/// <summary>VQAv2's questions and answers, either file of which finds the other beside it.</summary>
internal sealed class VqaV2Format() : FormatDescriptor(DataFormat.VqaV2)
{
    public override string Description => "a file of VQAv2";

    public override string Listing => "VQAv2";

    public override string Reader => nameof(VisionLanguageDataCatalog.LoadVqaV2);

    public override bool IsRowByRow => false;

    public override bool Recognizes(FileHead head) => head switch
    {
        PropertyHead { Name: "questions" } => true,
        PropertyHead { Name: "annotations" } annotations => annotations.FirstElement.Contains("answers"),
        _ => false,
    };

    public override IReadOnlyList<(string File, string Schema)> SchemaFiles(string path, IReadOnlyList<string> files, DataColumns columns)
    {
        (string? questions, string? annotations) = VqaV2Pair.Find(path);
        return [.. new[] { (File: questions, Schema: "vqav2-questions"), (File: annotations, Schema: "vqav2-annotations") }.Where(f => f.File is not null).Select(f => (f.File!, f.Schema))];
    }

    public override IDataView Open(FormatRequest request)
    {
        var options = request.For(new VqaV2Options { ImageFolder = request.ImageFolder });
        (string? questions, string? annotations) = VqaV2Pair.Find(request.Path);
        return questions is not null ? request.Catalog.LoadVqaV2(questions, annotations, options) : request.Catalog.View(new VqaV2AnswersSource(annotations!, options));
    }
}
