namespace Beat.Messaging.Messages.Tests.Events;

public sealed class MessageRelayTests
{
    [Fact]
    public void Batches_of_one_type_keep_the_order_of_the_events()
    {
        var (one, two) = (Some.Text(Guid.NewGuid(), 1), Some.Text(Guid.NewGuid(), 1));
        IIntegrationEvent[] events =
        [
            MessageEventFactory.Created(one), MessageEventFactory.Created(two),
            MessageEventFactory.Deleted(one.Deleted(), one.SenderId),
            MessageEventFactory.Edited(two.Edited("a")),
            MessageEventFactory.Deleted(two.Edited("a").Deleted(), two.SenderId),
        ];
        var runs = MessageRelay.GroupByType(events.Select(e => new PendingEvent(Guid.NewGuid(), Guid.Empty, Guid.Empty, 1, Some.Now, e))).ToList();
        Assert.Equal([2, 1, 1, 1], runs.Select(run => run.Count));
        Assert.Equal(events, runs.SelectMany(run => run).Select(e => e.Event));
        Assert.Empty(MessageRelay.GroupByType([]));
    }
}
