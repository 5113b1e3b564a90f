using Beat.Messaging.Shared.Realtime;

namespace Beat.Messaging.Widgets.Pushes;

/// <summary>Shows a new widget to those who look at its group.</summary>
internal sealed class PushWidgetCreated(GroupFeed feed) : IEventHandler<WidgetCreated>
{
    public Task Handle(Envelope<WidgetCreated> envelope, CancellationToken ct)
    {
        var (id, groupId, creatorId, title, insertedAt) = envelope.Payload;
        feed.Push(groupId, "WidgetCreated", new WidgetResponse(id, groupId, creatorId, title, insertedAt));
        return Task.CompletedTask;
    }
}
