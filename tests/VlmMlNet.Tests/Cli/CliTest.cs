using System.Text;
using System.Text.Json;
using VlmMlNet.Cli;
using VlmMlNet.ModelFolders;
using VlmMlNet.Tests.Components;

namespace VlmMlNet.Tests.Cli;

/// <summary>Runs command lines in this process, on a model, pictures and data files of its own.</summary>
public abstract class CliTest : IDisposable
{
    private readonly TinyPictures _pictures = new();

    protected string Folder => _pictures.Folder;

    protected string InFolder(string name) => Path.Combine(Folder, name);

    protected string Picture(int i) => _pictures.File(i);

    internal (int Code, string Output, string Error) Run(params string[] args) => Run(CancellationToken.None, args);

    internal static (int Code, string Output, string Error) Run(CancellationToken cancellationToken, params string[] args)
    {
        using StringWriter output = new(), error = new();
        int code = VlmCommand.Run(args, output, error, cancellationToken);
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>A folder with a saved model of random weights, large enough for every word to matter.</summary>
    protected string SavedModel(string name = "model")
    {
        using var model = TinyModel.Create(seed: 3);
        using var unrecorded = TorchSharp.torch.no_grad();
        // New weights repeat their last token; larger ones say something that depends on all they see.
        foreach (var weight in model.Network.Language.parameters().Concat(model.Network.Projector.parameters()))
            weight.mul_(20);
        ModelFolder.Save(model, InFolder(name));
        return InFolder(name);
    }

    /// <summary>COCO captions of so many pictures.</summary>
    protected string CocoFile(int count, string name = "coco.json")
    {
        var rows = Enumerable.Range(0, count).Select(i => (Id: i + 1, Path: Path.GetFileName(Picture(i)), Row: _pictures[i])).ToList();
        return Write(name, new
        {
            images = rows.Select(r => new { id = r.Id, file_name = r.Path, width = 24, height = 24 }),
            annotations = rows.SelectMany(r => r.Row.Captions.Select((c, k) => new { id = 10 * r.Id + k, image_id = r.Id, caption = c })),
        });
    }

    /// <summary>LLaVA conversations of so many pictures.</summary>
    protected string LlavaFile(int count, string name = "llava.json") => Write(name, Enumerable.Range(0, count).Select(i => new
    {
        id = $"id {i}",
        image = Path.GetFileName(Picture(i)),
        conversations = _pictures[i].Conversation.Select((t, turn) => new { from = turn % 2 == 0 ? "human" : "gpt", value = t }),
    }));

    protected string Write(string name, object content)
    {
        File.WriteAllText(InFolder(name), JsonSerializer.Serialize(content), Encoding.UTF8);
        return InFolder(name);
    }

    protected static void AssertOneLine(string expected, string error)
    {
        Assert.Equal("error: " + expected, error.TrimEnd('\n'));
        Assert.DoesNotContain('\n', error.TrimEnd('\n'));
    }

    public void Dispose()
    {
        _pictures.Dispose();
        GC.SuppressFinalize(this);
    }
}
