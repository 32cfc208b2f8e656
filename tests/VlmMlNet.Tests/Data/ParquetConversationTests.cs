using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

/// <summary>Conversations in the ways in which parquet files have them.</summary>
public class ParquetConversationTests : CaptionParquetFiles
{
    private static readonly string[][] s_expected = [["<image>\nq", "a"]];

    [Fact]
    public void Texts_of_user_and_assistant_are_turns_with_the_picture_first()
    {
        string path = WriteParquet("cauldron.parquet", [new Cauldron
        {
            images = [new() { bytes = [1] }],
            texts = [new() { user = "q", assistant = "a", source = "s" }, new() { user = "q2", assistant = "a2", source = "s" }],
        }]);
        IDataView data = Catalog.Load(path, out DataFormat format);
        Assert.Equal(DataFormat.LlavaParquet, format);
        Assert.Equal([["<image>\nq", "a", "q2", "a2"]], Texts(data, "Conversation"));
    }

    [Fact]
    public void Messages_with_texts_are_turns()
    {
        string path = WriteParquet("m.parquet", [new Messages { image = new() { bytes = [1] }, messages = [new() { role = "user", content = "q" }, new() { role = "assistant", content = "a" }] }]);
        Assert.Equal(s_expected, Texts(Catalog.Load(path), "Conversation"));
        string placed = WriteParquet("p.parquet", [new Messages { image = new() { bytes = [1] }, messages = [new() { role = "user", content = "q <image>" }, new() { role = "assistant", content = "a" }] }]);
        Assert.Equal([["q <image>", "a"]], Texts(Catalog.Load(placed), "Conversation"));
    }

    [Fact]
    public void Messages_with_parts_are_turns_with_the_pictures_at_their_places()
    {
        string path = WriteParquet("m.parquet", [
            new PartMessages
            {
                images = [new() { bytes = [1] }],
                messages = [new() { role = "user", content = [new() { type = "image" }, new() { type = "text", text = "q" }] }, new() { role = "assistant", content = [new() { type = "text", text = "a" }] }],
            },
            new PartMessages { images = [], messages = [new() { role = "user", content = [new() { type = "text", text = "x" }, new() { type = "text", text = "y" }] }, new() { role = "assistant", content = [new() { type = "text", text = "z" }] }] },
            new PartMessages { images = [], messages = [] },
            new PartMessages { images = [], messages = [new() { role = "user", content = [new() { type = "video" }] }, new() { role = "assistant", content = [] }] }]);
        var bad = new BadRowList();
        IDataView data = Catalog.Load(path, new DataLoadOptions { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add });
        Assert.Equal([["<image>\nq", "a"], ["xy", "z"]], Texts(data, "Conversation"));
        Assert.Equal([(2L, "the conversation is empty"), (3L, "a message has a part of type 'video'")], bad.First.Select(row => (row.Row, row.Problem)));
    }

    [Fact]
    public void Structs_of_lists_are_turns()
    {
        string path = WriteParquet("c.parquet", [new Sequence { image = new() { bytes = [1] }, conversations = new() { from = ["human", "gpt"], value = ["<image>\nq", "a"] } }]);
        Assert.Equal(s_expected, Texts(Catalog.Load(path), "Conversation"));
        string torn = WriteParquet("t.parquet", [new Sequence { image = new() { bytes = [1] }, conversations = new() { from = ["human", "gpt"], value = ["<image>\nq"] } }]);
        Assert.Contains("the conversation has 2 speakers and 1 texts", Bad(Catalog.Load(torn)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_pictures_beside_conversations_is_read()
    {
        string path = WriteParquet("c.parquet", [new Many { images = [new() { bytes = [1] }], conversations = [new() { from = "human", value = "<image>\nq" }, new() { from = "gpt", value = "a" }] }]);
        Assert.Equal(s_expected, Texts(Catalog.Load(path), "Conversation"));
        Assert.Equal([1], Assert.Single(Bytes(Catalog.Load(path), "Image")));
    }

    [Fact]
    public void Peoples_answers_as_structs_as_lists_and_as_texts_are_ten_answers()
    {
        string[] ten = ["down", "down", "at table", "down", "table", "down", "down", "at table", "down", "skateboard"];
        string structs = WriteParquet("v2.parquet", [new VqaV2Row { image = new() { bytes = [1] }, question = "q", question_id = 5, multiple_choice_answer = "best", answer_type = "other", answers = [.. ten.Select((a, i) => new PersonsAnswer { answer = a, answer_confidence = "yes", answer_id = i + 1 })] }]);
        string texts = WriteParquet("text.parquet", [new TextVqaRow { image = new() { bytes = [1] }, question = "q", question_id = 5, answers = [.. ten] }]);
        string lists = WriteParquet("lists.parquet", [new ListVqaRow { image = new() { bytes = [1] }, question = "q", question_id = 5, answers = new() { answer = [.. ten] } }]);
        foreach (string path in new[] { structs, texts, lists })
        {
            IDataView data = Catalog.Load(path, out DataFormat format);
            Assert.Equal(DataFormat.VqaParquet, format);
            Assert.Equal(ten, Assert.Single(Texts(data, "Answers")));
            Assert.Equal(["5"], Text(data, "Id"));
            Assert.Equal(["<image>\nq", path == structs ? "best" : "down"], Assert.Single(Texts(data, "Conversation")));
        }
    }

    [Fact]
    public void Questions_whose_answers_are_kept_back_are_rows()
    {
        string nulls = WriteParquet("n.parquet", [new TextVqaRow { image = new() { bytes = [1] }, question = "q", question_id = 5 }]);
        string without = WriteParquet("w.parquet", [new Asked { image = new() { bytes = [1] }, question = "q" }]);
        foreach (string path in new[] { nulls, without })
        {
            Assert.Empty(Assert.Single(Texts(Catalog.Load(path), "Answers")));
            Assert.Equal(["<image>\nq"], Assert.Single(Texts(Catalog.Load(path), "Conversation")));
        }
    }

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    public sealed class Cauldron
    {
        public List<ImageStruct>? images { get; set; }

        public List<ParquetPictureTests.Pair>? texts { get; set; }
    }

    public sealed class Messages
    {
        public ImageStruct? image { get; set; }

        public List<ParquetPictureTests.Message>? messages { get; set; }
    }

    public sealed class Part
    {
        public string? type { get; set; }

        public string? text { get; set; }
    }

    public sealed class PartMessage
    {
        public string? role { get; set; }

        public List<Part>? content { get; set; }
    }

    public sealed class PartMessages
    {
        public List<ImageStruct>? images { get; set; }

        public List<PartMessage>? messages { get; set; }
    }

    public sealed class Turns
    {
        public List<string>? from { get; set; }

        public List<string>? value { get; set; }
    }

    public sealed class Sequence
    {
        public ImageStruct? image { get; set; }

        public Turns? conversations { get; set; }
    }

    public sealed class Many
    {
        public List<ImageStruct>? images { get; set; }

        public List<LlavaParquetTests.Turn>? conversations { get; set; }
    }

    public sealed class PersonsAnswer
    {
        public string? answer { get; set; }

        public string? answer_confidence { get; set; }

        public long answer_id { get; set; }
    }

    public sealed class VqaV2Row
    {
        public string? multiple_choice_answer { get; set; }

        public List<PersonsAnswer>? answers { get; set; }

        public string? answer_type { get; set; }

        public long question_id { get; set; }

        public string? question { get; set; }

        public ImageStruct? image { get; set; }
    }

    public sealed class TextVqaRow
    {
        public long question_id { get; set; }

        public string? question { get; set; }

        public ImageStruct? image { get; set; }

        public List<string>? answers { get; set; }
    }

    public sealed class AnswerLists
    {
        public List<string>? answer { get; set; }
    }

    public sealed class ListVqaRow
    {
        public long question_id { get; set; }

        public string? question { get; set; }

        public ImageStruct? image { get; set; }

        public AnswerLists? answers { get; set; }
    }

    public sealed class Asked
    {
        public ImageStruct? image { get; set; }

        public string? question { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
