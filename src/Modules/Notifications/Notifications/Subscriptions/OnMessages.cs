using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Notifications.Digests;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>
/// Tells those whom a message is for: who is mentioned, whom it answers, and who wants all messages of the group; and takes back
/// what an edit or a deletion made untrue. Each event is a whole revision of its message, and an older one than was told is
/// passed over, so it makes no difference in which order they come, and how often.
/// </summary>
internal sealed class OnMessages(
    NotificationSender notifications, MessageDigests digests, ModuleStore<NotificationsContext> store) :
    IBatchEventHandler<TextMessageSent>, IBatchEventHandler<BorrowMessageSent>, IBatchEventHandler<MessageEdited>, IBatchEventHandler<MessageDeleted>
{
    public Task Handle(IReadOnlyList<Envelope<TextMessageSent>> envelopes, CancellationToken ct) => Sent(
        [.. envelopes.Select(e => e.Payload).Select(m =>
            new MessageState(m.Id, m.Seq, m.GroupId, Revision: 1, m.SenderId, m.Mentions, m.ReplyTo, m.ReplyToSenderId))], ct);

    public Task Handle(IReadOnlyList<Envelope<BorrowMessageSent>> envelopes, CancellationToken ct) => Sent(
        [.. envelopes.Select(e => e.Payload).Select(m =>
            new MessageState(
                m.Id, m.Seq, m.GroupId, Revision: 1, m.SenderId, m.Mentions, m.ReplyTo,
                m.ReplyToSenderId) { Lender = m.Borrow.OwnerId })], ct);

    public async Task Handle(IReadOnlyList<Envelope<MessageEdited>> envelopes, CancellationToken ct)
    {
        foreach (var m in envelopes.Select(e => e.Payload))
            await Notify(
                new MessageState(m.Id, m.Seq, m.GroupId, m.Revision, m.SenderId, m.Mentions, m.ReplyTo, m.ReplyToSenderId), ct);
    }

    public async Task Handle(IReadOnlyList<Envelope<MessageDeleted>> envelopes, CancellationToken ct)
    {
        foreach (var deleted in envelopes.Select(e => e.Payload))
            await notifications.Withdraw(deleted.Id, deleted.Revision, ct);
        foreach (var group in envelopes.Select(e => e.Payload).GroupBy(m => m.GroupId, m => m.Seq))
            await digests.Remove(group.Key, [.. group], ct);
    }

    private async Task Sent(IReadOnlyList<MessageState> all, CancellationToken ct)
    {
        // Most messages are for nobody in particular, and cost nothing here.
        foreach (var message in all.Where(message => message.Concerned.Count > 0))
            await Notify(message, ct);
        var wanted = await digests.ReadGroupsWithDigests([.. all.Select(message => message.GroupId).Distinct()], ct);
        foreach (var group in all.Where(message => wanted.Contains(message.GroupId)).GroupBy(message => message.GroupId))
        {
            await digests.Add(group.Key, [.. group.OrderBy(message => message.Seq).Select(message =>
                new DigestedMessage(
                    message.Id, message.Seq,
                    [message.SenderId, .. message.Concerned, .. new[] { message.Lender }.OfType<Guid>()]))], ct);
        }
    }

    /// <summary>
    /// One of the two to each, by the message: someone who is mentioned in an answer to them is told that they are mentioned.
    /// </summary>
    private async Task Notify(MessageState message, CancellationToken ct)
    {
        var concerned = message.Concerned;
        var (group, sender, members) = await store.Read(async db => (
            await db.Groups.Where(g => g.GroupId == message.GroupId && !g.IsDeleted).Select(g => g.Name).SingleOrDefaultAsync(ct),
            await db.Users.Where(u => u.ProfileId == message.SenderId).Select(u => u.DisplayName).SingleOrDefaultAsync(ct)
                ?? "Somebody",
            await db.MembersOf(message.GroupId).Where(m => concerned.Contains(m.ProfileId)).Select(m => m.ProfileId)
                .ToListAsync(ct)));
        var wanted = group is null ? [] : members.ToDictionary(id => id, id => message.Mentions.Contains(id)
            ? (NotificationTypes.Mention, $"{sender} mentioned you in {group}")
            : (NotificationTypes.Reply, $"{sender} answered you in {group}"));
        await notifications.Follow(
            message.Id, message.Revision, wanted, message.SenderId, "Open the group to read it.",
            new { message.GroupId, GroupName = group, MessageId = message.Id, message.Seq }, message.GroupId,
            message.IsAnsweredUnknown, ct);
    }

    /// <summary>A revision of a message, as its event tells it.</summary>
    /// <param name="AnsweredId">Who sent the message that it answers.</param>
    private sealed record MessageState(
        Guid Id, long Seq, Guid GroupId, long Revision, Guid SenderId, IReadOnlyList<Guid> Mentions, Guid? ReplyTo,
        Guid? AnsweredId)
    {
        /// <summary>Whom a request to borrow names: they are told of that.</summary>
        public Guid? Lender { get; init; }

        /// <summary>Those who are mentioned or answered, but the sender.</summary>
        public IReadOnlyList<Guid> Concerned { get; } = [.. Mentions.Append(AnsweredId ?? SenderId).Where(id => id != SenderId)
            .Distinct()];

        /// <summary>The event was stored before events said whom a message answers.</summary>
        public bool IsAnsweredUnknown => ReplyTo is not null && AnsweredId is null;
    }
}
