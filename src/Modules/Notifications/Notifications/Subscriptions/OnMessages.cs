using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Notifications.Digests;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>
/// Tells those whom a message is for: who is mentioned, whom it answers, and who wants all messages of the group; and takes back what
/// an edit or a deletion made untrue. Events only say that there is something to look at: what is told is what the message is now, so
/// it makes no difference in which order they come, and how often.
/// </summary>
internal sealed class OnMessages(NotificationSender notifications, MessageDigests digests, IMessageFacts facts, ModuleStore<NotificationsContext> store) :
    IBatchEventHandler<TextMessageSent>, IBatchEventHandler<BorrowMessageSent>, IBatchEventHandler<MessageEdited>, IBatchEventHandler<MessageDeleted>
{
    public Task Handle(IReadOnlyList<Envelope<TextMessageSent>> envelopes, CancellationToken ct) =>
        Sent([.. envelopes.Select(e => e.Payload).Select(m => new SentMessage(m.Id, m.Seq, m.GroupId, m.Mentions.Count > 0 || m.ReplyTo is not null, null))], ct);

    public Task Handle(IReadOnlyList<Envelope<BorrowMessageSent>> envelopes, CancellationToken ct) => Sent(
        [.. envelopes.Select(e => e.Payload).Select(m => new SentMessage(m.Id, m.Seq, m.GroupId, m.Mentions.Count > 0 || m.ReplyTo is not null, m.Borrow.OwnerId))], ct);

    public Task Handle(IReadOnlyList<Envelope<MessageEdited>> envelopes, CancellationToken ct) =>
        Follow([.. envelopes.Select(e => e.Payload.GroupId).Distinct()], [.. envelopes.Select(e => e.Payload.Id).Distinct()], ct);

    public async Task Handle(IReadOnlyList<Envelope<MessageDeleted>> envelopes, CancellationToken ct)
    {
        await Follow([.. envelopes.Select(e => e.Payload.GroupId).Distinct()], [.. envelopes.Select(e => e.Payload.Id).Distinct()], ct);
        foreach (var group in envelopes.Select(e => e.Payload).GroupBy(m => m.GroupId, m => m.Seq))
            await digests.Remove(group.Key, [.. group], ct);
    }

    private async Task Sent(IReadOnlyList<SentMessage> all, CancellationToken ct)
    {
        List<Guid> groups = [.. all.Select(said => said.GroupId).Distinct()];
        await Follow(groups, [.. all.Where(said => said.IsForSomebody).Select(said => said.Id)], ct);
        var wanted = await digests.ReadGroupsWithDigests(groups, ct);
        var digested = all.Where(said => wanted.Contains(said.GroupId)).ToList();
        var now = await facts.Of(wanted, [.. digested.Select(said => said.Id)]);
        foreach (var group in digested.GroupBy(said => said.GroupId))
        {
            await digests.Add(group.Key, [.. group.OrderBy(said => said.Seq).Select(said => new DigestedMessage(
                said.Seq,
                now.GetValueOrDefault(said.Id) is { IsDeleted: false } m
                    ? [m.SenderId, .. m.Mentions, .. new[] { m.AnsweredId, said.Lender }.OfType<Guid>()]
                    : null))], ct);
        }
    }

    private async Task Follow(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds, CancellationToken ct)
    {
        while (messageIds.Count > 0)
        {
            var told = await facts.Of(groupIds, messageIds);
            foreach (var message in told.Values)
                await NotifyConcerned(message, ct);
            // What changed meanwhile another node may have told already, and this one after it what was before.
            var now = await facts.Of(groupIds, messageIds);
            messageIds = [.. now.Values.Where(m => m.Revision != told.GetValueOrDefault(m.Id)?.Revision).Select(m => m.Id)];
        }
    }

    /// <summary>One of the two to each, by the message: someone who is mentioned in an answer to them is told that they are mentioned.</summary>
    private async Task NotifyConcerned(MessageFacts message, CancellationToken ct)
    {
        var source = $"message:{message.Id}";
        List<Guid> concerned = message.IsDeleted ? [] : [.. message.Mentions.Append(message.AnsweredId ?? message.SenderId).Where(id => id != message.SenderId)];
        var (group, sender, members, isTold) = await store.Read(async db => (
            await db.Groups.Where(g => g.GroupId == message.GroupId && !g.IsDeleted).Select(g => g.Name).SingleOrDefaultAsync(ct),
            await db.Users.Where(u => u.ProfileId == message.SenderId).Select(u => u.DisplayName).SingleOrDefaultAsync(ct) ?? "Somebody",
            await db.MembersOf(message.GroupId).Where(m => concerned.Contains(m.ProfileId)).Select(m => m.ProfileId).ToListAsync(ct),
            await db.Notifications.AnyAsync(n => n.SourceId == source, ct)));
        var wanted = group is null ? [] : members.ToDictionary(id => id, id => message.Mentions.Contains(id)
            ? (NotificationTypes.Mention, $"{sender} mentioned you in {group}")
            : (NotificationTypes.Reply, $"{sender} answered you in {group}"));
        if (wanted.Count == 0 && !isTold)
            return;
        await notifications.Follow(
            source, wanted, message.SenderId, "Open the group to read it.",
            new { message.GroupId, GroupName = group, MessageId = message.Id, message.Seq }, message.GroupId, message.Id, ct);
    }

    /// <param name="IsForSomebody">It mentions or answers somebody.</param>
    /// <param name="Lender">Whom a request to borrow names: they are told of that.</param>
    private sealed record SentMessage(Guid Id, long Seq, Guid GroupId, bool IsForSomebody, Guid? Lender);
}
