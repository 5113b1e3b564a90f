using Beat.Messaging.Messages.Loans;
using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Messages.Subscriptions;

/// <summary>
/// Makes the row of a loan where the send could not, so that it is listed and its timer runs; its first move may have been
/// sooner.
/// </summary>
internal sealed class OnBorrowMessageSent(ModuleStore<MessagesContext> store, LoanSettings settings, TimeProvider time)
    : IEventHandler<BorrowMessageSent>
{
    public Task Handle(Envelope<BorrowMessageSent> envelope, CancellationToken ct) =>
        store.Write(db => db.EnsureLoan(envelope.Payload, settings.ExpiresIn, time.Now(), ct), ct);
}
