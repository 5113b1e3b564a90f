using Beat.Messaging.Notifications.Digests;

namespace Beat.Messaging.Notifications.Tests.Digests;

/// <summary>Which messages a digest counts.</summary>
public sealed class SeqRangesTests
{
    [Fact]
    public void Ranges_of_seq_are_a_set()
    {
        var random = new Random(7);
        var (ranges, set, next) = ("", new SortedSet<long>(), 0L);
        for (var step = 0; step < 2000; step++)
        {
            if (random.Next(3) > 0)
            {
                next += random.Next(1, 3);
                (ranges, _) = (SeqRanges.Append(ranges, next), set.Add(next));
            }
            else
            {
                var seq = random.NextInt64(0, next + 2);
                (ranges, _) = (SeqRanges.Remove(ranges, seq), set.Remove(seq));
            }
            Assert.Equal(
                (set.Count, set.Min, set.Max),
                ((int)SeqRanges.Count(ranges), SeqRanges.Ends(ranges).First, SeqRanges.Ends(ranges).Last));
        }
        Assert.Equal("3-5,7", new[] { 3L, 4, 5, 7 }.Aggregate("", SeqRanges.Append));
    }
}
