namespace VlmMlNet.Tests;

/// <summary>Numbers of the reference implementations: those of tests/golden, which every checkout has, and what is not there,
/// as photographs are not, from shared/golden where there is one.</summary>
internal static class GoldenData
{
    /// <summary>The path of a file or folder of reference data; the calling test is skipped where it is absent.</summary>
    public static string Path(params string[] parts) => OwnPath(parts) ?? SharedData.Path(["golden", .. parts]);

    /// <summary>The paths of every copy of a file or folder, for those that the repository has a part of and shared/ the whole;
    /// the calling test is skipped where there is none.</summary>
    public static IReadOnlyList<string> Copies(params string[] parts)
    {
        string nearest = Path(parts);
        string? whole = SharedData.Find(["golden", .. parts]);
        return whole is null || whole == nearest ? [nearest] : [nearest, whole];
    }

    private static string? OwnPath(string[] parts) => Ancestor.Find(System.IO.Path.Combine(["tests", "golden", .. parts]));
}
