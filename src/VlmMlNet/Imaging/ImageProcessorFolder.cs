namespace VlmMlNet.Imaging;

/// <summary>The image processor's configuration in a Hugging Face folder.</summary>
internal static class ImageProcessorFolder
{
    /// <summary>Where this library and transformers before version 5 keep it.</summary>
    public const string FileName = "preprocessor_config.json";

    /// <summary>Where transformers keep it from version 5 on; read first.</summary>
    public const string JointName = "processor_config.json";

    /// <summary>Reads the object <c>image_processor</c> of processor_config.json, or else preprocessor_config.json: the order of
    /// transformers. Null where the folder has neither.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="MalformedInputException">The file is no such configuration, or asks for what is not supported.</exception>
    public static ImageProcessorConfig? Find(string folder)
    {
        string joint = Path.Combine(folder, JointName), own = Path.Combine(folder, FileName);
        if (File.Exists(joint) && ImageProcessorConfig.FromProcessorJson(joint) is { } config)
            return config;
        return File.Exists(own) ? ImageProcessorConfig.FromJson(own) : null;
    }

    /// <summary>The file that <see cref="Find"/> reads.</summary>
    public static string SourceIn(string folder) => Path.Combine(folder, JointName) is var joint && File.Exists(joint) && ImageProcessorConfig.FromProcessorJson(joint) is not null
        ? joint : Path.Combine(folder, FileName);

    /// <summary>The same; that the folder has neither is an error.</summary>
    /// <exception cref="FileNotFoundException">It has neither.</exception>
    /// <inheritdoc cref="Find" path="/exception"/>
    public static ImageProcessorConfig Read(string folder) => Find(folder) ?? ImageProcessorConfig.FromJson(Path.Combine(folder, FileName));
}
