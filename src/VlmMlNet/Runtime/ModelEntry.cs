using System.IO.Compression;
using System.Runtime.CompilerServices;
using Microsoft.ML;

namespace VlmMlNet.Runtime;

/// <summary>Named streams of a saved ML.NET model beside its own small one: weights, tokenizers.</summary>
/// <remarks>
/// ML.NET's <c>SaveBinaryStream</c> goes through a temporary file and deflates, which for weights costs minutes and saves
/// nothing. Here the bytes go straight into the model's zip, stored. Should a later ML.NET 5 lack the two private members
/// that this needs, its own way is taken; both are read back.
/// </remarks>
internal static class ModelEntry
{
    /// <summary>Writes an entry. The stream cannot seek and is closed afterwards.</summary>
    public static void Write(ModelSaveContext context, string name, Action<Stream> write)
    {
        if (context.Repository is not { } repository)
            throw new NotSupportedException("A vision-language component is saved as a zip, by mlContext.Model.Save: it does not fit into a single binary stream.");
        if (TryCreate(repository, EntryName(context.Directory, name)) is not { } entry)
        {
            context.SaveBinaryStream(name, writer => write(writer.BaseStream));
            return;
        }
        using var stream = entry.Open();
        write(stream);
    }

    /// <summary>Reads an entry; the stream cannot seek and is closed afterwards.</summary>
    /// <exception cref="MalformedInputException">There is no such entry.</exception>
    public static void Read(ModelLoadContext context, string name, Action<Stream> read)
    {
        if (context.Repository is not null && TryFind(context.Repository, EntryName(context.Directory, name)) is { } entry)
        {
            using var stream = entry.Open();
            read(stream);
        }
        else if (!context.TryLoadBinaryStream(name, reader => read(reader.BaseStream)))
        {
            throw new MalformedInputException(DisplayName(context, name), "the saved model has no such entry", "The file is damaged or was changed: save the model again.");
        }
    }

    /// <summary>What errors call an entry.</summary>
    public static string DisplayName(ModelLoadContext context, string name) => $"{SourceName(context)}, entry {EntryName(context.Directory, name)}";

    /// <summary>What errors call the whole: its file, where it is read from one.</summary>
    public static string SourceName(ModelLoadContext context)
    {
        try
        {
            if (context.Repository is { } repository && Archive(repository) is { } archive && Source(archive) is FileStream file)
                return $"{file.Name}, saved model";
        }
        catch (MissingMemberException)
        {
            // as if it were none
        }
        return "saved model";
    }

    private static string EntryName(string? directory, string name) => Path.Combine(directory ?? "", name).Replace('\\', '/');

    private static ZipArchiveEntry? TryCreate(RepositoryWriter repository, string name)
    {
        try
        {
            Flush(repository); // an archive that is being written has one open entry at a time
            return Archive(repository).CreateEntry(name, CompressionLevel.NoCompression);
        }
        catch (MissingMemberException)
        {
            return null;
        }
    }

    private static ZipArchiveEntry? TryFind(RepositoryReader repository, string name)
    {
        try
        {
            return Entries(repository).Values.FirstOrDefault(e => e.FullName.Replace('\\', '/') == name);
        }
        catch (MissingMemberException)
        {
            return null;
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_archive")]
    private static extern ref ZipArchive Archive(RepositoryWriter repository);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_archive")]
    private static extern ref ZipArchive Archive(RepositoryReader repository);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_archiveStream")]
    private static extern ref Stream Source(ZipArchive archive);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "Flush")]
    private static extern void Flush(RepositoryWriter repository);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_entries")]
    private static extern ref Dictionary<string, ZipArchiveEntry> Entries(RepositoryReader repository);
}
