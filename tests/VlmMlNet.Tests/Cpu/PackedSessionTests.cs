using VlmMlNet.Cpu.Kernels;
using VlmMlNet.Cpu.Language;
using VlmMlNet.Cpu.Packing;
using VlmMlNet.ModelFolders;
using VlmMlNet.Models;
using VlmMlNet.Models.Qwen2;
using VlmMlNet.Parts;
using VlmMlNet.Safetensors;
using VlmMlNet.Text;
using static TorchSharp.torch;

namespace VlmMlNet.Tests.Cpu;

public sealed class PackedSessionTests
{
    private static readonly WeightPrecision[] s_all = Enum.GetValues<WeightPrecision>();

    public static TheoryData<WeightPrecision> Precisions => new(s_all);

    private static int[] Prompt(VisionLanguageModel model, string text) =>
        model.ChatTemplate.Encode([new ChatMessage("user", $"<image>\n{text}")], addGenerationPrompt: true, model.ImageTokenCount).TokenIds;

    private static Tensor Picture(VisionLanguageModel model, long seed)
    {
        using var generator = new Generator((ulong)seed);
        return model.Network.VisualTokens(rand([1, 3, 16, 16], generator: generator) * 2 - 1);
    }

    private static int[] Greedy(DecodingSession session, int slot, int count)
    {
        var tokens = new int[count];
        for (int i = 0; i < count; i++)
        {
            tokens[i] = session.MostLikely(slot);
            if (i + 1 < count)
                session.Step([slot], [tokens[i]]);
        }
        return tokens;
    }

    private static void Near(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.InRange(actual[i], expected[i] - tolerance, expected[i] + tolerance);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Greedy_tokens_in_float32_equal_the_reference(int row)
    {
        using var scope = NewDisposeScope();
        using var expected = SafetensorsFile.Open(GoldenData.Path("qwen2-tiny", "tied", "expected_greedy16.safetensors"));
        using var model = HuggingFaceFolder.LoadQwen2(GoldenData.Path("qwen2-tiny", "tied"));
        using var decoder = new PackedDecoder(ModelPacker.Pack(model, WeightPrecision.Float32));
        using var session = decoder.OpenSession(1, 64);

        session.Append(0, [.. expected.Read($"row{row}.prompt").data<long>().Select(id => (int)id)], kind: AttentionMaskKind.Causal);
        var logits = expected.Read($"row{row}.step_logits");
        long[] tokens = expected.Read($"row{row}.tokens").data<long>().ToArray();
        for (int i = 0; i < 16; i++)
        {
            Near(logits[i].data<float>().ToArray(), session.Logits(0), 3e-4);
            Assert.Equal(tokens[i], session.MostLikely(0));
            session.Step([0], [(int)tokens[i]]);
        }
    }

    [Theory]
    [InlineData(WeightPrecision.Float32, ScalarType.Float32, 1e-5)]
    [InlineData(WeightPrecision.BFloat16, ScalarType.BFloat16, 0.02)] // libtorch rounds what lies between the layers too
    public void Logits_equal_those_of_libtorch_within_rounding(WeightPrecision precision, ScalarType type, double tolerance)
    {
        using var unrecorded = no_grad();
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var module = new Qwen2ForCausalLM(model.Network.Language.Config, type);
        foreach (var (mine, theirs) in module.parameters().Zip(model.Network.Language.parameters()))
            mine.copy_(theirs);
        using var decoder = new PackedDecoder(ModelPacker.Pack(module, precision));
        using var session = decoder.OpenSession(1, 64);
        using var reference = new TorchSession(new TorchLanguageModel(module), 1, 64);
        var picture = Picture(model, 1);
        foreach (var s in new DecodingSession[] { session, reference })
            s.Append(0, Prompt(model, "what colour is it"), picture);
        for (int i = 0; i < 8; i++)
        {
            Near(reference.Logits(0), session.Logits(0), tolerance);
            int token = reference.MostLikely(0);
            session.Step([0], [token]);
            reference.Step([0], [token]);
        }
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void Tokens_one_by_one_give_the_logits_of_tokens_together(WeightPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var decoder = new PackedDecoder(ModelPacker.Pack(model.Network.Language, precision));
        using var session = decoder.OpenSession(2, 64);
        var picture = Picture(model, 1);
        int[] prompt = Prompt(model, "what colour is it");

        session.Append(0, prompt, picture);
        int[] answer = Greedy(session, 0, 8);
        session.Append(1, [.. prompt, .. answer[..7]], picture);

        Assert.Equal(session.Logits(0).ToArray(), session.Logits(1).ToArray());
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void Sequences_side_by_side_that_join_and_leave_give_the_answers_of_each_alone(WeightPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create(3);
        using var decoder = new PackedDecoder(ModelPacker.Pack(model.Network.Language, precision));
        string[] texts = ["what colour is it", "red", "a green picture Describe the image. blue", "blue", "a red picture"];
        var alone = new int[texts.Length][];
        for (int i = 0; i < texts.Length; i++)
        {
            using var single = decoder.OpenSession(1, 80);
            single.Append(0, Prompt(model, texts[i]), Picture(model, i));
            alone[i] = Greedy(single, 0, 6 + i);
        }

        // Two slots; the next prompt takes the slot of an answer that is complete.
        using var session = decoder.OpenSession(2, 80);
        var answers = texts.Select(_ => new List<int>()).ToArray();
        int[] holder = [-1, -1];
        for (int next = 0; ;)
        {
            for (int slot = 0; slot < 2; slot++)
            {
                if (holder[slot] >= 0 && answers[holder[slot]].Count == 6 + holder[slot])
                {
                    session.Truncate(slot, 0);
                    holder[slot] = -1;
                }
                if (holder[slot] < 0 && next < texts.Length)
                {
                    holder[slot] = next++;
                    session.Append(slot, Prompt(model, texts[holder[slot]]), Picture(model, holder[slot]));
                    answers[holder[slot]].Add(session.MostLikely(slot));
                }
            }
            int[] active = [.. Enumerable.Range(0, 2).Where(s => holder[s] >= 0)];
            if (active.Length == 0)
                break;
            session.Step(active, [.. active.Select(s => answers[holder[s]][^1])]);
            foreach (int slot in active)
                answers[holder[slot]].Add(session.MostLikely(slot));
        }
        for (int i = 0; i < texts.Length; i++)
            Assert.Equal(alone[i], answers[i]);
    }

    [Theory]
    [MemberData(nameof(Precisions))]
    public void Every_vector_width_and_number_of_threads_gives_the_same_logits(WeightPrecision precision)
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        var picture = Picture(model, 2);
        float[]? expected = null;
        foreach (var kernels in KernelSet.Supported)
            foreach (int threads in new[] { 1, 2 })
            {
                using var decoder = new PackedDecoder(ModelPacker.Pack(model.Network.Language, precision), kernels);
                using var session = decoder.OpenSession(1, 64, threads);
                session.Append(0, Prompt(model, "a red picture"), picture);
                Greedy(session, 0, 4);
                expected ??= session.Logits(0).ToArray();
                Assert.Equal(expected, session.Logits(0).ToArray());
            }
    }

    [Fact]
    public void A_copied_slot_goes_on_by_itself_and_a_truncated_one_from_where_it_was_cut()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var decoder = new PackedDecoder(ModelPacker.Pack(model.Network.Language, WeightPrecision.Int8));
        using var session = decoder.OpenSession(2, 64);
        session.Append(0, Prompt(model, "red"), Picture(model, 3));
        int length = session.Length(0);
        session.Copy(0, 1);
        int[] answer = Greedy(session, 0, 8);
        Assert.Equal(length, session.Length(1));
        Assert.Equal(answer, Greedy(session, 1, 8));

        session.Truncate(0, length);
        session.Step([0], [answer[0]]);
        Assert.Equal(answer[1], session.MostLikely(0));
    }

    [Fact]
    public async Task Two_threads_that_use_one_model_get_the_answers_of_one()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var decoder = new PackedDecoder(ModelPacker.Pack(model.Network.Language, WeightPrecision.Int4));
        int[][] prompts = [Prompt(model, "red"), Prompt(model, "what colour is it")];
        Tensor[] pictures = [Picture(model, 1), Picture(model, 2)];
        int[] Answer(int i)
        {
            using var session = decoder.OpenSession(1, 64);
            session.Append(0, prompts[i], pictures[i]);
            return Greedy(session, 0, 10);
        }
        int[][] alone = [Answer(0), Answer(1)];

        var together = await Task.WhenAll(Enumerable.Range(0, 2).Select(i => Task.Run(() => Enumerable.Range(0, 10).Select(_ => Answer(i)).ToList())));

        Assert.All(together[0], a => Assert.Equal(alone[0], a));
        Assert.All(together[1], a => Assert.Equal(alone[1], a));
    }

    [Fact]
    public void A_step_allocates_nothing()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var decoder = new PackedDecoder(ModelPacker.Pack(model.Network.Language, WeightPrecision.Int8));
        using var session = decoder.OpenSession(1, 200);
        session.Append(0, Prompt(model, "red"), Picture(model, 1));
        int[] slots = [0], tokens = [1];
        session.Step(slots, tokens);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
        {
            tokens[0] = session.MostLikely(0);
            session.Step(slots, tokens);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Wrong_use_is_told_before_anything_is_computed()
    {
        using var scope = NewDisposeScope();
        using var model = TinyModel.Create();
        using var decoder = new PackedDecoder(ModelPacker.Pack(model.Network.Language, WeightPrecision.Int8));
        using var session = decoder.OpenSession(2, 12);
        void Fails(string message, Action action) => Assert.Contains(message, Assert.ThrowsAny<Exception>(action).Message, StringComparison.Ordinal);

        Fails("outside the vocabulary", () => session.Append(0, [100_000]));
        Fails("There is no token", () => session.Append(0, []));
        Fails("reserves 1 places", () => session.Append(0, [1, ImageToken.Id]));
        Fails("nothing can be decoded", () => session.Append(0, [1], kind: AttentionMaskKind.Bidirectional));
        Fails("fewer than 4 places", () => session.Append(0, [ImageToken.Id, 1, ImageToken.Id, ImageToken.Id, ImageToken.Id], Picture(model, 1)));
        Fails("Slot 0 is empty", () => session.Step([0], [1]));
        Fails("predicts nothing", () => session.Logits(0));
        session.Append(0, [1, 2, 3]);
        Fails("named twice", () => session.Step([0, 0], [1, 1]));
        Fails("holds 12 tokens; 13", () => session.Append(0, new int[10]));
        Assert.Equal(3, session.Length(0));
    }
}
