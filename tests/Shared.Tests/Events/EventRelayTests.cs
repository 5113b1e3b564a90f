using Beat.Messaging.Shared.Events;

namespace Beat.Messaging.Shared.Tests.Events;

public sealed class EventRelayTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("aa b a b bb", "aa b a bbb")]
    [InlineData("abab", "a b a b")]
    public void Batches_of_one_type_keep_the_order_of_the_events(string types, string runs)
    {
        var events = types.Replace(" ", "", StringComparison.Ordinal).Select(type => new PendingEvent(
            Guid.NewGuid(), $"{type}", "key", "aggregate", 1, null, DateTimeOffset.UnixEpoch, 0)
        {
            Read = () => throw new NotSupportedException(),
            ReadPayload = () => throw new NotSupportedException(),
        }).ToList();
        var grouped = EventRelay.GroupByType(events).ToList();
        Assert.Equal(runs, string.Join(' ', grouped.Select(run => string.Concat(run.Select(e => e.EventType)))));
        Assert.Equal(events, grouped.SelectMany(run => run));
    }
}
