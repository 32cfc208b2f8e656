using Microsoft.ML;
using VlmMlNet.Data;
using VlmMlNet.Data.Formats.Slake;
using VlmMlNet.Data.Formats.VqaParquet;
using VlmMlNet.Data.Formats.VqaRad;
using VlmMlNet.Data.Formats.VqaV2;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

public class VqaTests : CaptionParquetFiles
{
    private static readonly string[] s_columns = ["Id", "Image", "ImagePath", "Question", "Answers", "AnswerType", "QuestionType", "Conversation"];

    private const string VqaRad = """
        [{"qid": 0, "phrase_type": "freeform", "qid_linked_id": "03f451ca", "image_case_url": "x", "image_name": "synpic54610.jpg", "image_organ": "HEAD", "evaluation": "not evaluated", "question": "Are regions of the brain infarcted?", "question_rephrase": "NULL", "question_relation": "NULL", "question_frame": "NULL", "question_type": "PRES", "answer": "Yes", "answer_type": "CLOSED "},
         {"qid": "1", "phrase_type": "test_freeform", "image_name": "synpic1.jpg", "question": "How many lesions?", "question_type": "COUNT", "answer": 3, "answer_type": "OPEN"},
         {"qid": "2", "phrase_type": "test_para", "image_name": "synpic2.jpg", "question": "q", "question_type": "PRES, POS", "answer": 0.5, "answer_type": " OPEN"}]
        """;

    private const string Slake = """
        [{"img_id": 1, "img_name": "xmlab1/source.jpg", "question": "What modality is used?", "answer": "MRI", "q_lang": "en", "location": "Abdomen", "modality": "MRI", "answer_type": "OPEN", "base_type": "vqa", "content_type": "Modality", "triple": ["vhead", "_", "_"], "qid": 0},
         {"img_id": 1, "img_name": "xmlab1/source.jpg", "question": "\u56fe\u50cf?", "answer": "\u662f", "q_lang": "zh", "answer_type": "CLOSED", "content_type": "Organ", "qid": 1}]
        """;

    private const string Questions = """
        {"info": {}, "task_type": "Open-Ended", "data_type": "mscoco", "license": {}, "data_subtype": "val2014",
         "questions": [{"image_id": 262148, "question": "Where is he looking?", "question_id": 262148000}, {"image_id": 42, "question": "How many?", "question_id": 42001}]}
        """;

    private const string Annotations = """
        {"info": {}, "license": {}, "data_subtype": "val2014", "annotations": [
         {"question_type": "how many", "multiple_choice_answer": "2", "answers": [{"answer": "2", "answer_confidence": "yes", "answer_id": 1}, {"answer": "two", "answer_confidence": "maybe", "answer_id": 2}], "image_id": 42, "answer_type": "number", "question_id": 42001},
         {"question_type": "none of the above", "multiple_choice_answer": "down", "answers": [{"answer": "down", "answer_confidence": "yes", "answer_id": 1}], "image_id": 262148, "answer_type": "other", "question_id": 262148000}], "data_type": "mscoco"}
        """;

    [Fact]
    public void Vqa_rad_is_read_with_its_test_part()
    {
        string path = Write("VQA_RAD Dataset Public.json", VqaRad);
        IDataView data = Catalog.LoadVqaRad(path);
        Assert.Equal(s_columns, data.Schema.Select(c => c.Name));
        Assert.Equal(["0", "1", "2"], Text(data, "Id"));
        Assert.Equal(InFolder("synpic54610.jpg"), Text(data, "Image")[0]);
        Assert.Equal([["Yes"], ["3"], ["0.5"]], Texts(data, "Answers"));
        Assert.Equal(["CLOSED", "OPEN", "OPEN"], Text(data, "AnswerType"));
        Assert.Equal(["PRES", "COUNT", "PRES, POS"], Text(data, "QuestionType"));
        Assert.Equal(["<image>\nHow many lesions?", "3"], Texts(data, "Conversation")[1]);
        Assert.Equal(["1", "2"], Text(Catalog.LoadVqaRad(path, new VqaRadOptions { Split = DataSplit.Test }), "Id"));
        Assert.Equal(["0"], Text(Catalog.LoadVqaRad(path, new VqaRadOptions { Split = DataSplit.Train }), "Id"));
        Assert.Throws<ArgumentOutOfRangeException>(() => Catalog.LoadVqaRad(path, new VqaRadOptions { Split = DataSplit.Validation }));
        Directory.CreateDirectory(InFolder("VQA_RAD Image Folder"));
        Assert.Equal(Path.Combine(InFolder("VQA_RAD Image Folder"), "synpic54610.jpg"), Text(Catalog.LoadVqaRad(path), "Image")[0]);
    }

    [Theory]
    [InlineData("""[{"image_name": "a", "question": "q", "answer": "a"}]""", "'qid' is missing")]
    [InlineData("""[{"qid": 1, "question": "q", "answer": "a"}]""", "'image_name' is missing")]
    [InlineData("""[{"qid": 1, "image_name": "a", "answer": "a"}]""", "'question' is missing")]
    [InlineData("""[{"qid": 1, "image_name": "a", "question": "q", "answer": null}]""", "'answer' is null where a string is expected")]
    [InlineData("7", "this is not VQA-RAD's JSON")]
    public void A_bad_row_of_vqa_rad_is_named(string json, string message) =>
        Assert.Contains(message, Bad(Catalog.LoadVqaRad(Write("a.json", json))).Message, StringComparison.Ordinal);

    [Fact]
    public void Slake_is_read_with_its_languages()
    {
        string path = Write("train.json", Slake);
        IDataView data = Catalog.LoadSlake(path);
        Assert.Equal(s_columns, data.Schema.Select(c => c.Name));
        Assert.Equal([InFolder("xmlab1/source.jpg"), InFolder("xmlab1/source.jpg")], Text(data, "ImagePath"));
        Assert.Equal(["Modality", "Organ"], Text(data, "QuestionType"));
        Assert.Equal(["OPEN", "CLOSED"], Text(data, "AnswerType"));
        Assert.Equal([["MRI"]], Texts(Catalog.LoadSlake(path, new SlakeOptions { Language = "en" }), "Answers"));
        Assert.Equal(["图像?"], Text(Catalog.LoadSlake(path, new SlakeOptions { Language = "zh" }), "Question"));
        Assert.Contains("'img_name' is missing", Bad(Catalog.LoadSlake(Write("rad.json", VqaRad))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vqa_v2_joins_questions_and_answers()
    {
        string questions = Write("v2_OpenEnded_mscoco_val2014_questions.json", Questions), annotations = Write("v2_mscoco_val2014_annotations.json", Annotations);
        IDataView data = Catalog.LoadVqaV2(questions, annotations, "val2014");
        Assert.Equal(s_columns, data.Schema.Select(c => c.Name));
        Assert.Equal(["42001", "262148000"], Text(data, "Id"));
        Assert.Equal(Path.Combine("val2014", "COCO_val2014_000000000042.jpg"), Text(data, "Image")[0]);
        Assert.Equal(["How many?", "Where is he looking?"], Text(data, "Question"));
        Assert.Equal([["2", "two"], ["down"]], Texts(data, "Answers"));
        Assert.Equal(["number", "other"], Text(data, "AnswerType"));
        Assert.Equal(["how many", "none of the above"], Text(data, "QuestionType"));
        Assert.Equal(["<image>\nHow many?", "2"], Texts(data, "Conversation")[0]);

        IDataView test = Catalog.LoadVqaV2(questions, null, new VqaV2Options { ImageName = id => $"{id}.png" });
        Assert.Equal(["262148000", "42001"], Text(test, "Id"));
        Assert.Equal(InFolder("262148.png"), Text(test, "Image")[0]);
        Assert.Equal([[], []], Texts(test, "Answers"));
        Assert.Equal(["<image>\nHow many?"], Texts(test, "Conversation")[1]);
    }

    [Theory]
    [InlineData("""{"questions": [{"image_id": 1, "question": "q"}]}""", "{}", "row 0: 'question_id' is missing")]
    [InlineData("""{"questions": [{"image_id": 1, "question": "q", "question_id": 1}, {"image_id": 1, "question": "q", "question_id": 1}]}""", "{}", "row 1: question_id 1 is used twice")]
    [InlineData("{}", "{}", "it has no list 'questions'. Its questions are in files named *_questions.json.")]
    [InlineData("[]", "{}", "this is not VQAv2's JSON")]
    [InlineData("""{"questions": []}""", "{}", "it has no 'data_subtype', which picture names are made of. Set VqaV2Options.ImageName.")]
    [InlineData("""{"data_subtype": "x", "questions": []}""", "{}", "it has no list 'annotations'")]
    [InlineData("""{"data_subtype": "x", "questions": []}""", """{"annotations": [{"question_id": 5, "answers": [{"answer": "a"}]}]}""", "row 0: question_id 5 is not that of a question in ")]
    [InlineData("""{"data_subtype": "x", "questions": [{"image_id": 1, "question": "q", "question_id": 1}]}""", """{"annotations": [{"question_id": 1, "answers": []}]}""", "row 0: 'answers' is missing or empty")]
    [InlineData("""{"data_subtype": "x", "questions": [{"image_id": 1, "question": "q", "question_id": 1}]}""", """{"annotations": [{"question_id": 1, "answers": [{"answer": "a"}]}, {"question_id": 1, "answers": [{"answer": "a"}]}]}""", "row 1: question_id 1 is answered twice")]
    public void A_bad_row_of_vqa_v2_is_named(string questions, string annotations, string message) =>
        Assert.Contains(message, Bad(Catalog.LoadVqaV2(Write("q.json", questions), Write("a.json", annotations))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("mscoco", "val2014", "COCO_val2014_000000000016.jpg")]
    [InlineData("mscoco", "test2015", "COCO_test2015_000000000016.jpg")]
    [InlineData("mscoco", "test-dev2015", "COCO_test2015_000000000016.jpg")]
    [InlineData("mscoco", "test-standard2015", "COCO_test2015_000000000016.jpg")]
    [InlineData("mscoco", "val2017", "000000000016.jpg")]
    [InlineData("abstract_v002", "val2015", "abstract_v002_val2015_000000000016.png")]
    [InlineData("abstract_v002", "test-dev2015", "abstract_v002_test2015_000000000016.png")]
    public void Pictures_of_vqa_have_the_names_of_their_data_set(string type, string subtype, string name)
    {
        string path = Write("questions.json", $$"""{"questions": [{"image_id": 16, "question": "q", "question_id": 1}], "data_type": "{{type}}", "data_subtype": "{{subtype}}"}""");
        Assert.Equal([InFolder(name)], Text(Catalog.Load(path), "Image"));
    }

    [Fact]
    public void Pictures_whose_names_are_not_known_are_an_error()
    {
        string path = Write("questions.json", """{"data_type": "satellite", "data_subtype": "x", "questions": [{"image_id": 16, "question": "q", "question_id": 1}]}""");
        Assert.Contains("how pictures of 'data_type' 'satellite' are named is not known", Bad(Catalog.Load(path)).Message, StringComparison.Ordinal);
        Assert.Equal([InFolder("16.tif")], Text(Catalog.LoadVqaV2(path, null, new VqaV2Options { ImageName = id => $"{id}.tif" }), "Image"));
    }

    [Fact]
    public void Without_a_chosen_answer_the_commonest_is_trained_on()
    {
        string questions = Write("OpenEnded_mscoco_val2014_questions.json", Questions);
        Write("mscoco_val2014_annotations.json", """{"annotations": [{"question_id": 42001, "answers": [{"answer": "race", "raw_answer": "racing"}, {"answer": "motocross"}, {"answer": "motocross"}, {"answer": "race"}, {"answer": "motocross"}]}]}""");
        Assert.Equal("motocross", Assert.Single(Texts(Catalog.Load(questions), "Conversation"))[1]);
    }

    [Fact]
    public void Bad_questions_and_answers_are_told_once_however_often_the_data_is_read()
    {
        string questions = Write("q.json", """{"data_subtype": "x", "questions": [{"image_id": 1}, {"image_id": 1, "question": "q", "question_id": 1}, {"image_id": 1, "question": "r", "question_id": 2}]}""");
        string annotations = Write("a.json", """{"annotations": [{"question_id": 1, "answers": [{"answer": "a"}]}, {"question_id": 9}, {"question_id": 2, "answers": [{"answer": "b"}]}, {"question_id": 8}]}""");
        var bad = new List<BadRow>();
        IDataView data = Catalog.LoadVqaV2(questions, annotations, new VqaV2Options { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add });
        using (DataViewRowCursor cursor = data.GetRowCursor([]))
        {
            Assert.True(cursor.MoveNext());
            Assert.True(cursor.MoveNext());
        }
        Assert.Equal([(questions, 0L), (annotations, 1L)], bad.Select(b => (b.Source, b.Row)));
        Assert.Equal(2, Count(data));
        Assert.Equal(2, Count(data));
        Assert.Equal([(questions, 0L), (annotations, 1L), (annotations, 3L)], bad.Select(b => (b.Source, b.Row)));
    }

    [Fact]
    public void Path_vqa_is_read()
    {
        string path = WriteParquet("train.parquet", [
            new VqaFile { image = new() { bytes = [1, 2] }, question = "where are liver stem cells located?", answer = "in the canals of hering" },
            new VqaFile { image = new() { bytes = [3] }, question = "are bile duct cells shown?", answer = "yes" }]);
        IDataView data = Catalog.LoadVqaParquet(path);
        Assert.Equal(s_columns, data.Schema.Select(c => c.Name));
        Assert.Equal([[1, 2], [3]], Bytes(data, "Image"));
        Assert.Equal(["0", "1"], Text(data, "Id"));
        Assert.Equal([["in the canals of hering"], ["yes"]], Texts(data, "Answers"));
        Assert.Equal(["OPEN", "CLOSED"], Text(data, "AnswerType"));
        Assert.Equal(["<image>\nare bile duct cells shown?", "yes"], Texts(data, "Conversation")[1]);
        Assert.Equal(2, data.GetRowCount());
    }

    [Theory]
    [InlineData("No", "CLOSED")]
    [InlineData(" YES ", "CLOSED")]
    [InlineData("no tumor", "OPEN")]
    public void Answers_of_one_yes_or_no_are_closed_however_they_are_written(string answer, string type) =>
        Assert.Equal([type], Text(Catalog.LoadVqaParquet(WriteParquet("a.parquet", [new VqaFile { image = new() { bytes = [1] }, question = "q", answer = answer }])), "AnswerType"));

    [Fact]
    public void An_empty_answer_is_open_and_its_row_a_bad_one()
    {
        Assert.Equal("OPEN", VqaParquetSource.ClosedOrOpen([""]));
        string path = WriteParquet("a.parquet", [new VqaFile { image = new() { bytes = [1] }, question = "q", answer = "" }]);
        Assert.Contains("row 0: the row has no answer", Bad(Catalog.LoadVqaParquet(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_null_question_is_a_bad_row()
    {
        string path = WriteParquet("a.parquet", [new VqaFile { answer = "a" }]);
        Assert.Equal($"{path}, row 0: column 'question' is null.", Bad(Catalog.LoadVqaParquet(path)).Message);
    }

#pragma warning disable IDE1006, CA1034 // columns of the file
    public sealed class VqaFile
    {
        public ImageStruct? image { get; set; }

        public string? question { get; set; }

        public string? answer { get; set; }
    }
#pragma warning restore IDE1006, CA1034
}
