using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Notifications.Data;
using Beat.Messaging.Notifications.Folds;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Notifications.Subscriptions;

/// <summary>Tells those whom a message is for: who is mentioned, whom it answers, and who wants all messages of the group.</summary>
internal sealed class OnMessages(Notify notify, FoldMessages fold, IMessageAuthors authors, ModuleStore<NotificationsContext> store) :
    IBatchEventHandler<TextMessageSent>, IBatchEventHandler<BorrowMessageSent>, IBatchEventHandler<MessageEdited>
{
    public Task Handle(IReadOnlyList<Envelope<TextMessageSent>> envelopes, CancellationToken ct) =>
        Sent([.. envelopes.Select(e => e.Payload).Select(m => new Said(m.Id, m.Seq, m.GroupId, m.SenderId, m.ReplyTo, m.Mentions, null))], ct);

    public Task Handle(IReadOnlyList<Envelope<BorrowMessageSent>> envelopes, CancellationToken ct) =>
        Sent([.. envelopes.Select(e => e.Payload).Select(m => new Said(m.Id, m.Seq, m.GroupId, m.SenderId, m.ReplyTo, m.Mentions, m.Borrow.OwnerId))], ct);

    /// <summary>Who was mentioned before was told, or silenced, before.</summary>
    public async Task Handle(IReadOnlyList<Envelope<MessageEdited>> envelopes, CancellationToken ct)
    {
        foreach (var m in envelopes.Select(e => e.Payload).Where(m => m.Mentions.Count > 0))
            await Tell(new Said(m.Id, m.Seq, m.GroupId, m.SenderId, null, m.Mentions, null), null, ct);
    }

    private async Task Sent(IReadOnlyList<Said> all, CancellationToken ct)
    {
        var wanted = await fold.Wanted([.. all.Select(said => said.GroupId).Distinct()], ct);
        foreach (var group in all.GroupBy(said => said.GroupId))
        {
            var folded = new List<FoldedMessage>();
            foreach (var said in group)
            {
                var author = said.ReplyTo is { } replyTo ? await authors.AuthorOf(said.GroupId, replyTo) : null;
                if (said.Mentions.Count > 0 || author is not null)
                    await Tell(said, author, ct);
                folded.Add(new FoldedMessage(said.Seq, [said.SenderId, .. said.Mentions, .. new[] { author, said.Lender }.OfType<Guid>()]));
            }
            if (wanted.Contains(group.Key))
                await fold.Add(group.Key, folded, ct);
        }
    }

    /// <summary>One of the two to each, by the message: someone who is mentioned in an answer to them is told that they are mentioned.</summary>
    private async Task Tell(Said said, Guid? author, CancellationToken ct)
    {
        Guid[] concerned = [.. said.Mentions, .. new[] { author }.OfType<Guid>()];
        var (group, sender, members) = await store.Read(async db => (
            await db.Groups.Where(g => g.GroupId == said.GroupId && !g.IsDeleted).Select(g => g.Name).SingleOrDefaultAsync(ct),
            await db.Users.Where(u => u.ProfileId == said.SenderId).Select(u => u.DisplayName).SingleOrDefaultAsync(ct) ?? "Somebody",
            await db.MembersOf(said.GroupId).Where(m => concerned.Contains(m.ProfileId)).Select(m => m.ProfileId).ToListAsync(ct)));
        if (group is null)
            return;
        var data = new { said.GroupId, GroupName = group, MessageId = said.Id, said.Seq };
        await notify.Run(
            [.. members.Intersect(said.Mentions)], said.SenderId, NotificationTypes.Mention, $"{sender} mentioned you in {group}", "Open the group to read it.",
            data, said.Id, "message", SourceOf(said), ct);
        await notify.Run(
            [.. members.Except(said.Mentions)], said.SenderId, NotificationTypes.Reply, $"{sender} answered you in {group}", "Open the group to read it.",
            data, said.Id, "message", SourceOf(said), ct);
    }

    private static string SourceOf(Said said) => $"message:{said.Id}";

    /// <param name="Lender">Whom a request to borrow names: they are told of that.</param>
    private sealed record Said(Guid Id, long Seq, Guid GroupId, Guid SenderId, Guid? ReplyTo, IReadOnlyList<Guid> Mentions, Guid? Lender);
}
