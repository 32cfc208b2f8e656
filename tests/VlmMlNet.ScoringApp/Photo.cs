namespace VlmMlNet.ScoringApp;

internal sealed class Photo
{
    public string ImagePath { get; set; } = "";
}
