using Microsoft.ML;
using VlmMlNet.Data.Formats.Coco;
using VlmMlNet.Data.Rows;

namespace VlmMlNet.Tests.Data;

public class CocoCaptionsTests : DataTest
{
    /// <summary>As captions_val2014.json is written.</summary>
    private const string Published = """
        {"info": {"description": "Invented", "url": "", "version": "1.0", "year": 2014, "contributor": "", "date_created": "2015-01-27"},
         "images": [{"license": 3, "file_name": "COCO_val2014_000000000042.jpg", "coco_url": "", "height": 360, "width": 640, "date_captured": "2013-11-14 11:18:45", "flickr_url": "", "id": 42},
                    {"license": 1, "file_name": "COCO_val2014_000000000007.jpg", "height": 500, "width": 400, "id": 7},
                    {"license": 1, "file_name": "COCO_val2014_000000000009.jpg", "height": 500, "width": 400, "id": 9}],
         "licenses": [{"url": "", "id": 1, "name": ""}],
         "annotations": [{"image_id": 7, "id": 38, "caption": "Two cats."}, {"image_id": 42, "id": 37, "caption": "A dog."}, {"image_id": 7, "id": 41, "caption": "Cats \u2014 two of them."}]}
        """;

    [Fact]
    public void One_row_per_image_with_all_its_captions()
    {
        IDataView data = Catalog.LoadCocoCaptions(Write("captions.json", Published), "val2014");
        Assert.Equal(["Id", "Image", "ImagePath", "Captions"], data.Schema.Select(c => c.Name));
        Assert.Null(data.GetRowCount());
        Assert.Equal(["42", "7", "9"], Text(data, "Id"));
        Assert.Equal(Path.Combine("val2014", "COCO_val2014_000000000042.jpg"), Text(data, "Image")[0]);
        Assert.Equal(Text(data, "Image"), Text(data, "ImagePath"));
        string[][] captions = Texts(data, "Captions");
        Assert.Equal(["A dog."], captions[0]);
        Assert.Equal(["Two cats.", "Cats — two of them."], captions[1]);
        Assert.Empty(captions[2]);
        Assert.Equal(3, data.GetRowCount());
    }

    [Fact]
    public void Annotations_may_come_before_images()
    {
        IDataView data = Catalog.LoadCocoCaptions(Write("a.json", """{"annotations":[{"image_id":1,"caption":"x"}],"images":[{"id":1,"file_name":"1.jpg"}]}"""));
        Assert.Equal(["x"], Assert.Single(Texts(data, "Captions")));
        Assert.Equal([InFolder("1.jpg")], Text(data, "Image"));
    }

    [Fact]
    public void A_test_set_without_annotations_gives_its_images()
    {
        Assert.Empty(Assert.Single(Texts(Catalog.LoadCocoCaptions(Write("a.json", """{"images":[{"id":1,"file_name":"1.jpg"}],"categories":[]}""")), "Captions")));
    }

    [Theory]
    [InlineData("[]", "this is not COCO's JSON, which is one object (line 1, byte 0). For LLaVA's JSON use LoadLlava.")]
    [InlineData("{}", "it has no list 'images'. COCO's captions have the lists 'images' and 'annotations'.")]
    [InlineData("""{"images":{}}""", "'images' is not a list")]
    [InlineData("""{"images":[],"images":[]}""", "it has two lists 'images'")]
    [InlineData("""{"images":[{"id":1}]}""", ", row 0: in 'images', 'file_name' is missing (line 1, byte 11).")]
    [InlineData("""{"images":[{"file_name":"x"}]}""", "in 'images', 'id' is missing")]
    [InlineData("""{"images":[{"id":"1","file_name":"x"}]}""", "'id' is a string where an integer is expected")]
    [InlineData("""{"images":[{"id":1.5,"file_name":"x"}]}""", "'id' is a number where an integer is expected")]
    [InlineData("""{"images":[{"id":1,"file_name":"x"},{"id":1,"file_name":"y"}]}""", ", row 1: in 'images', image id 1 is listed twice")]
    [InlineData("""{"images":[],"annotations":[{"image_id":1,"id":1}]}""", ", row 0: in 'annotations', 'caption' is missing (line 1, byte 28). Of COCO's files, those named captions_* have captions.")]
    [InlineData("""{"images":[],"annotations":[{"caption":"x"}]}""", "in 'annotations', 'image_id' is missing")]
    [InlineData("""{"images":[],"annotations":[{"image_id":5,"caption":"x"}]}""", ", row 0: in 'annotations', image_id 5 is not that of a listed image")]
    [InlineData("""{"images":[{"id":1,"file_name":"x"}],"annotations":[{"image_id":1,"id":2,"caption":"x"},{"image_id":1,"id":2,"caption":"y"}]}""", ", row 1: in 'annotations', annotation id 2 is used twice")]
    [InlineData("""{"info":{"a":[1,2""", "the file ends in the middle of its JSON")]
    [InlineData("""{"images":[{"id":1,"file_name":"x"}""", "the file ends in the middle of its JSON")]
    [InlineData("""{"images":[]} {}""", "not valid JSON")]
    public void A_bad_file_is_an_error_that_names_the_place(string json, string message)
    {
        string path = Write("bad.json", json);
        MalformedInputException e = Bad(Catalog.LoadCocoCaptions(path));
        Assert.StartsWith(path, e.Message, StringComparison.Ordinal);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_entries_of_both_lists_can_be_skipped()
    {
        string path = Write("mixed.json", """
            {"images":[{"id":1,"file_name":"1.jpg"},{"id":2},{"id":1,"file_name":"again.jpg"}],
             "annotations":[{"image_id":1,"id":1,"caption":"x"},{"image_id":1,"id":1,"caption":"twice"},{"image_id":2,"id":3,"caption":"of a bad image"},{"image_id":1,"id":4,"caption":5},{"image_id":1,"id":5,"caption":"y"}]}
            """);
        var bad = new List<BadRow>();
        IDataView data = Catalog.LoadCocoCaptions(path, new CocoCaptionsOptions { BadRows = BadRowHandling.Skip, OnBadRow = bad.Add });
        Assert.Equal(["x", "y"], Assert.Single(Texts(data, "Captions")));
        Assert.Equal(1, Count(data));
        Assert.Equal([1L, 2L, 1L, 3L, 2L], bad.Select(b => b.Row));
    }

    [Fact]
    public void Two_cursors_at_once_share_the_index()
    {
        IDataView data = Catalog.LoadCocoCaptions(Write("captions.json", Published));
        using DataViewRowCursor first = data.GetRowCursor(data.Schema);
        Assert.True(first.MoveNext());
        Assert.Equal(3, Count(data));
        Assert.True(first.MoveNext());
        Assert.Equal(1, first.Position);
    }

    [Fact]
    public void Skipped_properties_may_be_longer_than_the_buffer()
    {
        string path = Write("long.json", "{\"info\": [" + string.Join(",", Enumerable.Repeat("{\"a\": [1, 2, 3]}", 50_000)) + "], \"images\": [{\"id\":1,\"file_name\":\"1.jpg\"}], \"more\": \"text\", \"n\": 12345}");
        Assert.Equal(1, Count(Catalog.LoadCocoCaptions(path)));
    }
}
