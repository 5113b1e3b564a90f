namespace Beat.Messaging.Invites.Subscriptions;

/// <summary>
/// An invite is accepted once its invitee is in, with the role that they have; one that lets nobody in any more is revoked.
/// </summary>
internal sealed class OnEntryDecided(ModuleStore<InvitesContext> store) : IEventHandler<EntryDecided>
{
    public Task Handle(Envelope<EntryDecided> envelope, CancellationToken ct) => store.Write(async db =>
    {
        var decided = envelope.Payload;
        var invite = await db.Invites.ForUpdate().SingleOrDefaultAsync(i => i.Id == decided.InviteId, ct);
        if (invite is not { EnteringAuthId: not null })
            return;
        if (decided.Outcome == EntryOutcome.Refused)
            invite.Revoke(db);
        else
            invite.DecideEntry(db, decided.Role);
    }, ct);
}
