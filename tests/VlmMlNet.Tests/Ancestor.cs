namespace VlmMlNet.Tests;

/// <summary>What lies in one of the folders above the running tests.</summary>
internal static class Ancestor
{
    /// <summary>The nearest file or folder of this relative path; null where there is none.</summary>
    public static string? Find(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, relative);
            if (Path.Exists(path))
                return path;
        }
        return null;
    }
}
