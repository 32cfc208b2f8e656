namespace VlmMlNet.Tests.Data;

/// <summary>Files of the checkout that the tests are built from.</summary>
internal static class RepositoryFiles
{
    public static string Path(params string[] parts)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "VlmMlNet.sln")))
            folder = folder.Parent;
        Assert.NotNull(folder);
        return System.IO.Path.Combine([folder.FullName, .. parts]);
    }
}
