namespace VlmMlNet.Imaging;

/// <summary>How far a picture has been worked on before training sees it.</summary>
internal enum PictureForm
{
    /// <summary>Not at all.</summary>
    Pixels,

    /// <summary>The image encoder has run, which is therefore frozen.</summary>
    Patches,

    /// <summary>Image encoder and projector have run, which are therefore frozen.</summary>
    VisualTokens,
}
