using System.Security.Cryptography;
using System.Text;
using VlmMlNet.Training.Examples;

namespace VlmMlNet.Components.Recipes;

/// <summary>Tells data sets apart by what they begin with: wherever the files lie, the same examples give the same.</summary>
internal static class DataFingerprint
{
    private const int Examples = 64, Length = 16;

    /// <summary>Of the texts and the names of the pictures of the first examples.</summary>
    public static string Of(TrainingSet data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in data.Read().Take(Examples))
        {
            foreach (var message in example.Messages)
                Add(message.Role, message.Content);
            foreach (var image in example.Images)
                Add(image.IsFile ? Path.GetFileName(image.Name) : "");
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Length];

        void Add(params ReadOnlySpan<string> texts)
        {
            foreach (string text in texts)
                hash.AppendData(Encoding.UTF8.GetBytes(text + "\0"));
        }
    }
}
