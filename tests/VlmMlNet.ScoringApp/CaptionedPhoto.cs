namespace VlmMlNet.ScoringApp;

internal sealed class CaptionedPhoto
{
    public string Caption { get; set; } = "";
}
