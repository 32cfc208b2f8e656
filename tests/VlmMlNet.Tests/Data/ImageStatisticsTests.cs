using VlmMlNet.Data.Validation;

namespace VlmMlNet.Tests.Data;

public class ImageStatisticsTests
{
    private static readonly ImageStatistics s_few = new(4, 1, 1, (10, 10), (20, 20), 10, 20);   // two good ones
    private static readonly ImageStatistics s_many = new(6, 0, 0, (5, 8), (30, 30), 50, 60);

    [Fact]
    public void Means_of_two_data_sets_count_as_many_pictures_as_are_good()
    {
        Assert.Equal(new ImageStatistics(10, 1, 1, (5, 8), (30, 30), 40, 50), s_few.Add(s_many));
        Assert.Equal(s_few.Add(s_many), s_many.Add(s_few));
    }

    [Fact]
    public void A_data_set_without_a_good_picture_changes_no_mean()
    {
        var none = new ImageStatistics(3, 3, 0, null, null, double.NaN, double.NaN);
        Assert.Equal(s_few with { Count = 7, Missing = 4 }, s_few.Add(none));
        Assert.Equal(s_few with { Count = 7, Missing = 4 }, none.Add(s_few));
    }
}
