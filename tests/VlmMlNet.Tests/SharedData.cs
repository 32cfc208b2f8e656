namespace VlmMlNet.Tests;

/// <summary>Reference data that lies in a folder named shared beside the checkout, where there is one.</summary>
internal static class SharedData
{
    /// <summary>The path of a file or folder in shared/; the calling test is skipped where it is absent.</summary>
    public static string Path(params string[] parts)
    {
        string relative = System.IO.Path.Combine(parts);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = System.IO.Path.Combine(folder.FullName, "shared", relative);
            if (File.Exists(path) || Directory.Exists(path))
                return path;
        }
        Assert.Skip($"shared/{relative} is not beside this checkout.");
        return "";
    }
}
