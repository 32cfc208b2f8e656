namespace VlmMlNet.Tests;

/// <summary>Reference data that lies in a folder named shared beside the checkout, where there is one.</summary>
internal static class SharedData
{
    /// <summary>The path of a file or folder in shared/; the calling test is skipped where it is absent.</summary>
    public static string Path(params string[] parts)
    {
        string? path = Find(parts);
        if (path is null)
            Assert.Skip($"shared/{string.Join('/', parts)} is not beside this checkout.");
        return path;
    }

    /// <summary>The path of a file or folder in shared/; null where it is absent.</summary>
    public static string? Find(params string[] parts) => Ancestor.Find(System.IO.Path.Combine(["shared", .. parts]));
}
