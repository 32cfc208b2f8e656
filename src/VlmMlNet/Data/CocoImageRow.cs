namespace VlmMlNet.Data;

/// <summary>An image of COCO's captions with all its captions.</summary>
internal sealed record CocoImageRow(string Id, string Image, IReadOnlyList<string> Captions);
