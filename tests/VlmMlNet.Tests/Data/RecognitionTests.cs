using Microsoft.ML;
using VlmMlNet.Data;

namespace VlmMlNet.Tests.Data;

public class RecognitionTests : CaptionParquetFiles
{
    [Theory]
    [InlineData("""[{"id": 1, "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}]""", DataFormat.LlavaJson)]
    [InlineData("""  {"id": 1, "conversations": [{"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}""", DataFormat.LlavaJson)]
    [InlineData("""{"info": {}, "images": [{"id": 1, "file_name": "a.jpg"}], "annotations": []}""", DataFormat.CocoCaptions)]
    [InlineData("""{"annotations": [{"image_id": 1, "caption": "x"}], "images": [{"id": 1, "file_name": "a.jpg"}]}""", DataFormat.CocoCaptions)]
    [InlineData("""{"images": [{"filename": "a.jpg", "sentences": [], "split": "test"}], "dataset": "coco"}""", DataFormat.Karpathy)]
    [InlineData("""[{"qid": 1, "image_name": "a", "question": "q", "answer": "a"}]""", DataFormat.VqaRad)]
    [InlineData("""[{"img_name": "a", "question": "q", "answer": "a", "qid": 1}]""", DataFormat.Slake)]
    [InlineData("""{"data_subtype": "val2014", "questions": [{"image_id": 1, "question": "q", "question_id": 1}]}""", DataFormat.VqaV2)]
    [InlineData("a.jpg#0\tone\na.jpg#1\ttwo", DataFormat.Flickr30kTokens)]
    [InlineData("image,caption\na.jpg,one", DataFormat.CaptionCsv)]
    [InlineData("raw,sentids,split,filename,img_id\n[],[],test,a.jpg,1", DataFormat.CaptionCsv)]
    public void A_text_file_is_told_by_its_content(string content, DataFormat format)
    {
        var log = new List<string>();
        Context.Log += (_, e) => log.Add(e.RawMessage);
        string path = Write("data", content);
        IDataView data = Catalog.Load(path, out DataFormat found);
        Assert.Equal(format, found);
        Assert.Equal(1, Count(data));
        Assert.Contains($"{path}: recognised as {format}.", log);
    }

    [Fact]
    public void Parquet_files_are_told_by_their_columns()
    {
        Assert.Equal(7, Count(Catalog.Load(WriteParquet("c.parquet", Rows(7)), out DataFormat captions)));
        Assert.Equal(DataFormat.CaptionParquet, captions);
        Catalog.Load(WriteParquet("q.parquet", [new VqaTests.VqaFile { question = "q", answer = "a" }]), out DataFormat questions);
        Assert.Equal(DataFormat.VqaParquet, questions);
        Catalog.Load(WriteParquet("l.parquet", [new LlavaParquetTests.Row()]), out DataFormat llava);
        Assert.Equal(DataFormat.LlavaParquet, llava);
        string other = WriteParquet("o.parquet", [new LlavaParquetTests.Turn()]);
        Assert.Equal($"{other}: the format is not recognised: of its columns 'from', 'value' no format is known. Recognised are LLaVA (JSON, JSONL, parquet), COCO captions, Karpathy's splits, Flickr30k's .token, pictures with captions or with questions (parquet), captions as CSV, TSV or JSON (metadata.csv, metadata.jsonl), VQA-RAD, SLAKE, VQAv2, recipes, and folders of pictures, with or without texts beside them. Columns of other names are named by Columns.Image with Columns.Caption, Columns.Question and Columns.Answer, or Columns.Conversation.",
            Assert.Throws<MalformedInputException>(() => Catalog.Load(other)).Message);
    }

    [Fact]
    public void A_folder_is_read_as_shards_or_as_pictures()
    {
        Directory.CreateDirectory(InFolder("shards"));
        WriteParquet("shards/0.parquet", Rows(3));
        WriteParquet("shards/1.parquet", Rows(4));
        Assert.Equal(7, Count(Catalog.Load(InFolder("shards"), out DataFormat shards)));
        Assert.Equal(DataFormat.CaptionParquet, shards);
        Write("pictures/a.png", "");
        Assert.Equal(1, Count(Catalog.Load(InFolder("pictures"), out DataFormat pictures)));
        Assert.Equal(DataFormat.ImageFolder, pictures);
    }

    [Fact]
    public void A_folder_of_shards_gives_the_part_that_is_asked_for()
    {
        Directory.CreateDirectory(InFolder("set/data"));
        WriteParquet("set/data/train-00000-of-00002.parquet", Rows(3));
        WriteParquet("set/data/train-00001-of-00002.parquet", Rows(2));
        WriteParquet("set/data/validation-00000-of-00001.parquet", Rows(4));
        string set = InFolder("set");
        Assert.Equal(9, Count(Catalog.Load(set)));
        Assert.Equal(5, Count(Catalog.Load(set, new DataLoadOptions { Split = DataSplit.Train })));
        Assert.Equal(4, Count(Catalog.Load(set, new DataLoadOptions { Split = DataSplit.Validation })));
        Assert.Equal(4, Count(VlmMlNet.Components.Recipes.EvaluationProtocol.Coco2017Validation.Load(Catalog, set)));
        Assert.Equal($"{InFolder("set/data")}: the part Test is asked for, and no file is named test*.parquet. Give the files of the part, with * for several.",
            Assert.Throws<MalformedInputException>(() => Catalog.Load(set, new DataLoadOptions { Split = DataSplit.Test })).Message);
    }

    [Fact]
    public void Captions_in_a_column_of_answers_are_captions()
    {
        IDataView data = Catalog.Load(WriteParquet("val-00000-of-00001.parquet", [new LmmsCocoRow { id = 42, image = new() { bytes = [1], path = "000000000042.jpg" }, question_id = "000000000042.jpg", question = "Please carefully observe the image and come up with a caption for the image.", answer = ["A dog.", "One dog."], file_name = "000000000042.jpg", coco_url = "x" }]), out DataFormat format);
        Assert.Equal(DataFormat.CaptionParquet, format);
        Assert.Equal(["42"], Text(data, "Id"));
        Assert.Equal(["A dog.", "One dog."], Assert.Single(Texts(data, "Captions")));
    }

    [Theory]
    [InlineData("v2_OpenEnded_mscoco_val2014_questions.json", "v2_mscoco_val2014_annotations.json")]
    [InlineData("OpenEnded_mscoco_val2014_questions.json", "mscoco_val2014_annotations.json")]
    [InlineData("MultipleChoice_mscoco_train2014_questions.json", "mscoco_train2014_annotations.json")]
    [InlineData("OpenEnded_abstract_v002_val2015_questions.json", "abstract_v002_val2015_annotations.json")]
    [InlineData("v2_OpenEnded_abstract_v002_train2017_questions.json", "v2_abstract_v002_train2017_annotations.json")]
    public void Either_file_of_vqa_brings_the_other(string questionsName, string annotationsName)
    {
        string questions = Write(questionsName, """{"data_subtype": "val2014", "questions": [{"image_id": 1, "question": "q", "question_id": 1}]}""");
        Assert.Empty(Assert.Single(Texts(Catalog.Load(questions), "Answers")));
        string annotations = Write(annotationsName, """{"annotations": [{"question_id": 1, "answers": [{"answer": "a"}]}]}""");
        Assert.Equal(["a"], Assert.Single(Texts(Catalog.Load(questions), "Answers")));
        Assert.Equal(["a"], Assert.Single(Texts(Catalog.Load(annotations), "Answers")));
        Assert.Equal(["vqav2-questions", "vqav2-annotations"], Catalog.Validate(annotations).Schemas);
    }

    [Theory]
    [InlineData("v2_OpenEnded_mscoco_val2014_questions.json", "mscoco_val2014_annotations.json")]
    [InlineData("OpenEnded_mscoco_val2014_questions.json", "v2_mscoco_val2014_annotations.json")]
    [InlineData("OpenEnded_mscoco_val2014_questions.json", "mscoco_train2014_annotations.json")]
    public void Files_of_other_versions_or_parts_are_no_pair(string questionsName, string annotationsName)
    {
        string questions = Write(questionsName, """{"data_subtype": "val2014", "questions": [{"image_id": 1, "question": "q", "question_id": 1}]}""");
        string annotations = Write(annotationsName, """{"annotations": [{"question_id": 1, "answers": [{"answer": "a"}]}]}""");
        Assert.Empty(Assert.Single(Texts(Catalog.Load(questions), "Answers")));
        Assert.Null(Catalog.Load(annotations).Schema.GetColumnOrNull("Question"));
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("[]", "its list is empty")]
    [InlineData("[5]", "the first element of its list is no object")]
    [InlineData("""[{"image_id": 1, "caption": "x"}]""", "of the properties 'image_id', 'caption' of its first row no format is known")]
    [InlineData("""{"a": 1}""", "its object has none of the properties")]
    [InlineData("hello", "it is text, but its first line names no column of pictures and captions")]
    [InlineData("{", "the file ends in the middle of its JSON")]
    public void What_is_not_recognised_is_an_error(string content, string message)
    {
        string path = Write("data", content);
        Assert.Contains(message, Assert.Throws<MalformedInputException>(() => Catalog.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_is_an_error() =>
        Assert.Contains(InFolder("nope"), Assert.Throws<FileNotFoundException>(() => Catalog.Load(InFolder("nope"))).Message, StringComparison.Ordinal);

#pragma warning disable IDE1006, CA1034, CA2227 // columns of the file
    /// <summary>As lmms-lab publishes COCO-Caption2017.</summary>
    public sealed class LmmsCocoRow
    {
        public string? question_id { get; set; }

        public ImageStruct? image { get; set; }

        public string? question { get; set; }

        public List<string>? answer { get; set; }

        public long id { get; set; }

        public int license { get; set; }

        public string? file_name { get; set; }

        public string? coco_url { get; set; }

        public int height { get; set; }

        public int width { get; set; }

        public string? date_captured { get; set; }
    }
#pragma warning restore IDE1006, CA1034, CA2227
}
