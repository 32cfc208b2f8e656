using VlmMlNet.Safetensors;
using VlmMlNet.Tests.Data;
using VlmMlNet.Tests.Files;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Safetensors;

/// <summary>Damaged weights give tensors or a MalformedInputException. VLM_FUZZ=N tries N files.</summary>
public sealed class SafetensorsFuzzTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Any_mutation_of_a_file_gives_tensors_or_one_error()
    {
        using var scope = NewDisposeScope();
        string path = Path.Combine(_folder.Path, "a.safetensors");
        var tensors = SafetensorsBytes.List(("model.weight", ones(3, 5)), ("bias", zeros(4, ScalarType.BFloat16)), ("steps", tensor(7L)), ("none", empty(0, 2)));
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { ["format"] = "pt" });
        byte[] file = File.ReadAllBytes(path);
        int readable = 0, refused = 0;
        for (int seed = 0; seed < Mutator.Count(800); seed++)
        {
            byte[] mutated = new Mutator(seed).Mutate(file);
            File.WriteAllBytes(path, mutated);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            TimeSpan start = Mutator.Clock;
            bool isGood = Read(seed, path, () =>
            {
                using var opened = SafetensorsFile.Open(path);
                foreach (string name in opened.Tensors.Keys)
                    opened.Read(name).Dispose();
            });
            Read(seed, "stream", () =>
            {
                using var stream = new ForwardOnlyStream(new MemoryStream(mutated), 100);
                SafetensorsReader.ReadInto(stream, tensors.ToDictionary(t => t.Key, t => t.Value), "stream");
            });
            readable += isGood ? 1 : 0;
            refused += isGood ? 0 : 1;
            Assert.True(Mutator.Clock - start < TimeSpan.FromSeconds(20), $"Seed {seed} took {Mutator.Clock - start}.");
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < 10_000_000, $"Seed {seed} allocated {allocated} bytes.");
        }
        Assert.True(readable > 0 && refused > 0, $"{readable} readable, {refused} refused: the mutations test nothing.");
    }

    private static bool Read(int seed, string source, Action read)
    {
        try
        {
            read();
            return true;
        }
        catch (MalformedInputException e)
        {
            Assert.StartsWith(source, e.Message, StringComparison.Ordinal);
            return false;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"Seed {seed}.", e);
        }
    }
}
