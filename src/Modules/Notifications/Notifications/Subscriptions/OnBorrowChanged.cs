using Beat.Messaging.Messages.Contracts;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>What the parties of a loan are to know: that they are asked, each move of the other one, and what is due.</summary>
internal sealed class OnBorrowChanged(NotificationSender notifications, ModuleStore<NotificationsContext> store) :
    IEventHandler<BorrowMessageSent>, IEventHandler<BorrowChanged>, IEventHandler<BorrowDue>
{
    /// <summary>A request tells the lender whom it names; one that names nobody is for the group to read.</summary>
    public async Task Handle(Envelope<BorrowMessageSent> envelope, CancellationToken ct)
    {
        var sent = envelope.Payload;
        if (sent.Borrow.OwnerId is not { } lender)
            return;
        var (group, person) = await Names(sent.GroupId, sent.SenderId, ct);
        // Not the event's own id: what else the message has to tell goes by that.
        await NotifyParties(
            [lender], sent.SenderId, NotificationTypes.Borrow, $"{person} asks to borrow a garment of yours",
            " Accept or decline it.", group, sent.GroupId, sent.Id, sent.GarmentId, BorrowState.Open, sent.Borrow.DueAt,
            RequestOf(sent.Id), ct);
    }

    public async Task Handle(Envelope<BorrowChanged> envelope, CancellationToken ct)
    {
        var changed = envelope.Payload;
        Guid[] parties = [.. new[] { changed.LenderId, changed.BorrowerId }.OfType<Guid>()];
        // Whatever the move is, the request is not open any more; and what is back is not due.
        await notifications.Withdraw(
            parties, changed.State is BorrowState.Returned or BorrowState.Disputed
                ? [RequestOf(changed.MessageId), DueOf(changed.MessageId, isPast: false), DueOf(changed.MessageId, isPast: true)]
                : [RequestOf(changed.MessageId)], ct);
        var (group, person) = await Names(changed.GroupId, changed.ActorId, ct);
        var title = changed.State switch
        {
            BorrowState.Accepted => $"{person} accepted the loan",
            BorrowState.Declined => $"{person} declined your request",
            BorrowState.Withdrawn when changed.ActorId is not null => $"{person} withdrew the loan",
            BorrowState.Withdrawn => "A loan was withdrawn",
            BorrowState.Expired => "Nobody answered in time",
            BorrowState.HandedOver => $"{person} handed the garment over",
            BorrowState.Cancelled => $"{person} cancelled the loan",
            BorrowState.Returned => $"{person} has the garment back",
            BorrowState.Disputed => $"{person} disputes the loan",
            _ => "A loan has changed",
        };
        await NotifyParties(
            [changed.LenderId, changed.BorrowerId], changed.ActorId, NotificationTypes.Borrow, title, "",
            group, changed.GroupId, changed.MessageId, changed.GarmentId, changed.State, changed.DueAt, $"{envelope.EventId}",
            ct);
    }

    public async Task Handle(Envelope<BorrowDue> envelope, CancellationToken ct)
    {
        var due = envelope.Payload;
        var (group, _) = await Names(due.GroupId, null, ct);
        await NotifyParties(
            due.IsPast ? [due.BorrowerId, due.LenderId] : [due.BorrowerId], actorId: null, NotificationTypes.BorrowReminder,
            due.IsPast ? "A garment is overdue" : "A garment is due within a day",
            due.IsPast ? " It was to be back by now." : " It is to go back.", group, due.GroupId, due.MessageId, due.GarmentId,
            BorrowState.HandedOver, due.DueAt, DueOf(due.MessageId, due.IsPast), ct);
    }

    private static string RequestOf(Guid messageId) => $"borrow:{messageId}";

    private static string DueOf(Guid messageId, bool isPast) => $"due:{messageId}:{(isPast ? "past" : "ahead")}";

    /// <summary>A party who is out of the group goes on to hear of the loan, and not what the group is called by now.</summary>
    private async Task NotifyParties(
        IEnumerable<Guid?> recipients, Guid? actorId, string type, string title, string rest, string group, Guid groupId,
        Guid messageId, Guid garmentId, BorrowState state, DateTimeOffset? dueAt, string sourceId, CancellationToken ct)
    {
        var parties = recipients.OfType<Guid>().ToList();
        var members = await store.Read(
            db => db.MembersOf(groupId).Where(m => parties.Contains(m.ProfileId)).Select(m => m.ProfileId).ToListAsync(ct));
        await To(members, $"In {group}.", group);
        await To([.. parties.Except(members)], "In a group that you are not in any more.", null);

        Task To(IReadOnlyList<Guid> some, string where, string? name) => notifications.Send(
            some, actorId, type, title, $"{where}{rest}",
            new
            {
                GroupId = groupId,
                GroupName = name,
                MessageId = messageId,
                GarmentId = garmentId,
                State = state,
                DueAt = dueAt
            },
            messageId, "message", sourceId, ct);
    }

    private async Task<(string Group, string Person)> Names(Guid groupId, Guid? profileId, CancellationToken ct) =>
        await store.Read(async db => (
        await db.Groups.Where(g => g.GroupId == groupId).Select(g => g.Name).SingleOrDefaultAsync(ct) ?? "a group",
        await db.Users.Where(u => u.ProfileId == profileId).Select(u => u.DisplayName).SingleOrDefaultAsync(ct) ?? "Somebody"));
}
