using System.Runtime.CompilerServices;
using Beat.Messaging.Members.Replica;
using Beat.Messaging.Messages.Loans;

namespace Beat.Messaging.Messages;

/// <summary>
/// What a person wrote, in every group that they are or were in, and the messages of others that mention them; what those say
/// only where the person may read it still. And what they have read, and the loans that they are a party of.
/// </summary>
internal sealed class MessagesExport(ModuleStore<MessagesContext> tables, IMessageHistory store, TimeProvider time)
    : IExportSource
{
    private const int PageSize = 500;

    public async IAsyncEnumerable<ExportLine> Of(Guid profileId, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var member in tables.Stream(
            db => db.Set<MemberReplica>().Where(m => m.ProfileId == profileId), m => m.GroupId, ct))
        {
            var mayRead = await tables.Read(async db => await db.RankOf(member.GroupId, profileId, ct)) is not null;
            IReadOnlyList<Message> page = [];
            do
            {
                ct.ThrowIfCancellationRequested();
                page = await store.Read(
                    new MessageQuery(member.GroupId, PageSize) { After = page.Count == 0 ? 0 : page[^1].Seq });
                foreach (var message in page)
                {
                    if (message.SenderId == profileId)
                        yield return new ExportLine("message", ReadAll(message, message.Content));
                    else if (message.Mentions.Contains(profileId))
                        yield return new ExportLine("mention", mayRead ? ReadAll(message, message.Content) : WhereOnly(message));
                    foreach (var reaction in message.Reactions.Where(r => r.ProfileIds.Contains(profileId)))
                        yield return new ExportLine(
                            "reaction", new { message.GroupId, MessageId = message.Id, message.Seq, reaction.Emoji });
                }
            }
            while (page.Count == PageSize);
        }
        await foreach (var mark in tables.Stream(db => db.ReadMarks.Where(r => r.ProfileId == profileId), r => r.GroupId, ct))
            yield return new ExportLine("read_mark", new { mark.GroupId, mark.Seq });
        await foreach (var loan in tables.Stream(
            db => db.Loans.Include(l => l.Moves).Where(l => l.LenderId == profileId || l.BorrowerId == profileId), l => l.Id, ct))
            yield return new ExportLine("loan", LoanResponse.Of(loan, time.GetUtcNow()));
    }

    /// <summary>
    /// Of a message of somebody else in a group that the person is out of: that it named them, and nothing that came later.
    /// </summary>
    private static object WhereOnly(Message message) =>
        new { message.Id, message.GroupId, message.Seq, message.SenderId, message.InsertedAt };

    private static object ReadAll(Message message, string? content) => new
    {
        message.Id,
        message.GroupId,
        message.Seq,
        message.Type,
        message.SenderId,
        content,
        message.Mentions,
        message.ReplyTo,
        message.GarmentId,
        message.Borrow,
        message.InsertedAt,
        message.EditedAt,
        message.DeletedAt,
    };
}
