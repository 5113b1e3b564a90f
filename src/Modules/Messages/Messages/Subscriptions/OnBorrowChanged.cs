using Beat.Messaging.Messages.Pushes;
using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Messages.Subscriptions;

/// <summary>
/// Has the message follow its loan, once per move: a higher revision for those who page, a push for those who listen.
/// </summary>
internal sealed class OnBorrowChanged(IMessageHistory messages, PushMessages push, TimeProvider time)
    : IEventHandler<BorrowChanged>
{
    public async Task Handle(Envelope<BorrowChanged> envelope, CancellationToken ct)
    {
        var changed = envelope.Payload;
        if (await messages.RecordMove(changed.GroupId, changed.MessageId, envelope.AggregateVersion, time.Now()) is { } message)
            await push.Changed("BorrowChanged", message);
    }
}
