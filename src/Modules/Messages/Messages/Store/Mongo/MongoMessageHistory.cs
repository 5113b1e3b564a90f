using Beat.Messaging.Messages.Events;
using Beat.Messaging.Shared.Hosting.Text;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Beat.Messaging.Messages.Store.Mongo;

/// <summary>
/// Messages in MongoDB, one document each. The document is its own outbox: it is stored with the names of the consumers that it
/// is owed to and, once it was changed, with the events that they have not had.
/// </summary>
internal sealed class MongoMessageHistory(MongoMessageDatabase database) : IMessageHistory
{
    private const int HeadsAtOnce = 32;

    private static readonly FilterDefinitionBuilder<MessageDocument> Where = Builders<MessageDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<MessageDocument> Update = Builders<MessageDocument>.Update;
    private static readonly SortDefinitionBuilder<MessageDocument> Sort = Builders<MessageDocument>.Sort;

    private IMongoCollection<MessageDocument> Messages => database.Messages;

    public ValueTask<int> Append(IReadOnlyList<Message> batch) => Run(async () =>
    {
        try
        {
            await Messages.InsertManyAsync(
                batch.Select(
                    message => MessageDocument.Of(message, database.Wanting(MessageEventFactory.CreationOf(message.Type)))),
                new InsertManyOptions { IsOrdered = true });
            return batch.Count;
        }
        catch (MongoBulkWriteException<MessageDocument> taken) when (
            taken.WriteConcernError is null && taken.WriteErrors is [{ Category: ServerErrorCategory.DuplicateKey } first])
        {
            return first.Index;
        }
    });

    public ValueTask<IReadOnlyList<Message>> FindSent(IEnumerable<SendKey> keys) => Run<IReadOnlyList<Message>>(async () =>
    {
        var sent = keys.Select(key => Where.And(
            Where.Eq(d => d.GroupId, key.GroupId), Where.Eq(d => d.SenderId, key.SenderId),
            Where.Eq(d => d.ClientMessageId, key.ClientMessageId))).ToList();
        return sent.Count == 0 ? [] : await Find(Where.Or(sent), sort: null, limit: null);
    });

    public ValueTask<IReadOnlyDictionary<Guid, GroupHead>> Heads(IEnumerable<Guid> groupIds) =>
        Run<IReadOnlyDictionary<Guid, GroupHead>>(async () =>
    {
        var heads = new Dictionary<Guid, GroupHead>();
        foreach (var some in groupIds.Chunk(HeadsAtOnce))
        {
            foreach (var (groupId, seq, changed) in await Task.WhenAll(some.Select(async groupId =>
                (groupId, await LargestSeq(groupId), await LargestChanged(groupId)))))
            {
                if (seq > 0)
                    heads[groupId] = new GroupHead(seq, changed);
            }
        }
        return heads;
    });

    public ValueTask<Message?> Get(Guid groupId, Guid messageId) => Run(async () =>
        (await Messages.Find(One(groupId, messageId)).Project(MongoMessageDatabase.WithoutTerms)
            .FirstOrDefaultAsync())?.ToMessage());

    public ValueTask<IReadOnlyList<Message>> GetMany(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds) =>
        Run<IReadOnlyList<Message>>(async () =>
        messageIds.Count == 0 ? [] : await Find(
            Where.And(Where.In(d => d.Id, messageIds), Where.In(d => d.GroupId, groupIds)), sort: null, limit: null));

    public ValueTask<IReadOnlyList<Message>> Read(MessageQuery query) => Run<IReadOnlyList<Message>>(async () =>
    {
        List<FilterDefinition<MessageDocument>> filters = [Where.Eq(d => d.GroupId, query.GroupId)];
        if (query.Type is { } type)
            filters.Add(Where.Eq(d => d.Type, type));
        if (query.GarmentId is { } garment)
            filters.Add(Where.Eq(d => d.GarmentId, garment));
        // Anchored, so that the index bounds it; terms are letters and digits. Not $all, which on FerretDB finds nothing.
        filters.AddRange(query.Terms.Select(BeginsWithOne));
        var sort = query is { After: null } ? Sort.Descending(d => d.Seq) : Sort.Ascending(d => d.Seq);
        if (query.ChangedAfter is var (changed, seq))
        {
            // The first condition bounds the scan of the index, the second settles ties.
            filters.Add(Where.Gte(d => d.Changed, changed));
            filters.Add(Where.Or(Where.Gt(d => d.Changed, changed), Where.Gt(d => d.Seq, seq)));
            sort = Sort.Ascending(d => d.Changed).Ascending(d => d.Seq);
        }
        else if (query.After is { } after)
        {
            filters.Add(Where.Gt(d => d.Seq, after));
        }
        else if (query.Before is { } before)
        {
            filters.Add(Where.Lt(d => d.Seq, before));
        }
        return await Find(Where.And(filters), sort, query.Limit);
    });

    public ValueTask<Message?> Change(Message next, IIntegrationEvent happened, DateTimeOffset now) =>
        Run(() => database.OneByOne<Message?>(async () =>
    {
        var before = Where.And(One(next.GroupId, next.Id), Where.Eq(d => d.Revision, next.Revision - 1));
        if (await Messages.Find(before).Project(MongoMessageDatabase.WithoutTerms).FirstOrDefaultAsync() is not { } document)
            return null;
        var stored = next with { Changed = Math.Max(ChangeCursor.At(now), await LargestChanged(next.GroupId) + 1) };
        var update = MessageDocument.ChangeTo(stored);
        var owed = document.Owed ?? [];
        var settled = database.Wanting(happened.GetType()).Except(owed).ToList();
        if (owed.Count + settled.Count > 0)
        {
            var events = owed.Count > 0 ? document.PendingForSomebody() : [];
            events.Add(
                EventDocument.Of(
                    new MessageEvent(Guid.CreateVersion7(now), next.GroupId, next.Id, next.Revision, now, happened)));
            update = update.Set(d => d.Owed, [.. owed, .. settled]).Set(d => d.Events, events);
            foreach (var consumer in settled)
                update = update.Set(MessageDocument.HadBy(consumer), document.Revision);
        }
        return (await Messages.UpdateOneAsync(before, update)).ModifiedCount == 1 ? stored : null;
    }));

    public ValueTask<Message?> RecordMove(Guid groupId, Guid messageId, long move, DateTimeOffset now) =>
        Run(() => database.OneByOne<Message?>(async () =>
    {
        while (await Messages.Find(One(groupId, messageId)).Project(MongoMessageDatabase.WithoutTerms)
            .FirstOrDefaultAsync() is { } document
            && (document.BorrowMove ?? 0) < move)
        {
            var message = document.ToMessage();
            var noted = message with
            {
                Revision = message.Revision + 1,
                Changed = Math.Max(ChangeCursor.At(now), await LargestChanged(groupId) + 1)
            };
            // A move that is noted raises the revision, so the revision guards the number, too.
            var updated = await Messages.UpdateOneAsync(
                Where.And(One(groupId, messageId), Where.Eq(d => d.Revision, message.Revision)),
                Update.Set(d => d.Revision, noted.Revision).Set(d => d.Changed, noted.Changed).Set(d => d.BorrowMove, move));
            if (updated.ModifiedCount == 1)
                return noted;
        }
        return null;
    }));

    public ValueTask<Guid> Epoch() => Run(async () =>
        (await database.State.Find(s => s.Id == "epoch").FirstOrDefaultAsync())?.Value
            ?? throw new InvalidOperationException("The store has no epoch."));

    public ValueTask<Guid> Renew() => Run(async () =>
    {
        var renewed = Guid.NewGuid();
        await UpsertState("epoch", Builders<StateDocument>.Update.Set(s => s.Value, renewed));
        return renewed;
    });

    public async ValueTask Reset() => await Run(async () =>
    {
        await database.Reset();
        return true;
    });

    public ValueTask<bool> FillTerms(int limit) => Run(async () =>
    {
        var done = await database.State.Find(s => s.Id == "terms").FirstOrDefaultAsync();
        var isBegun = done?.Version == SearchText.Version;
        if (isBegun && done!.More == false)
            return false;
        var next = Where.Exists(d => d.Content);
        if (isBegun && done!.After is { } after)
            next &= Where.Gt(d => d.Id, after);
        var some = await Messages.Find(next).Sort(Sort.Ascending(d => d.Id)).Limit(limit).ToListAsync();
        // A message that is changed meanwhile gets its terms by that.
        var updates = some.Select(document => (Document: document, Terms: MessageDocument.TermsOf(document.ToMessage())))
            .Where(one => !(one.Terms ?? []).SequenceEqual(one.Document.Terms ?? []))
            .Select(one => new UpdateOneModel<MessageDocument>(
                Where.And(Where.Eq(d => d.Id, one.Document.Id), Where.Eq(d => d.Revision, one.Document.Revision)),
                one.Terms is null ? Update.Unset(d => d.Terms) : Update.Set(d => d.Terms, one.Terms))).ToList();
        if (updates.Count > 0)
            await Messages.BulkWriteAsync(updates);
        var more = some.Count == limit;
        var mark = Builders<StateDocument>.Update.Set(s => s.More, more).Set(s => s.Version, SearchText.Version);
        await UpsertState("terms", more ? mark.Set(s => s.After, some[^1].Id) : mark);
        return more;
    });

    public async ValueTask Ping() => await Run(async () =>
    {
        await database.Ping();
        return true;
    });

    private static FilterDefinition<MessageDocument> BeginsWithOne(IReadOnlyList<string> alternatives)
    {
        var one = alternatives.Select(term => Where.Regex("terms", new BsonRegularExpression($"^{term}"))).ToList();
        return one is [var only] ? only : Where.Or(one);
    }

    private ValueTask<T> Run<T>(Func<Task<T>> work) => new(database.Run(work));

    private static FilterDefinition<MessageDocument> One(Guid groupId, Guid messageId) =>
        Where.And(Where.Eq(d => d.Id, messageId), Where.Eq(d => d.GroupId, groupId));

    private async Task<List<Message>> Find(
        FilterDefinition<MessageDocument> filter, SortDefinition<MessageDocument>? sort, int? limit) =>
        (await Messages.Find(filter).Sort(sort).Limit(limit).Project(MongoMessageDatabase.WithoutTerms).ToListAsync())
            .ConvertAll(d => d.ToMessage());

    private Task UpsertState(string id, UpdateDefinition<StateDocument> update) =>
        MongoMessageDatabase.Upsert(database.State, Builders<StateDocument>.Filter.Eq(s => s.Id, id), update);

    private async Task<long> LargestSeq(Guid groupId) => (await Largest(groupId, "seq"))?.Seq ?? 0;

    private async Task<long> LargestChanged(Guid groupId) => (await Largest(groupId, "changed"))?.Changed ?? 0;

    private async Task<MessageDocument?> Largest(Guid groupId, string field) =>
        // A bound, because a missing field sorts below every number.
        await Messages.Find(Where.And(Where.Eq(d => d.GroupId, groupId), Where.Gt(field, 0L)))
            .Sort(Sort.Descending(field)).Limit(1).Project<MessageDocument>(Builders<MessageDocument>.Projection.Include(field))
            .FirstOrDefaultAsync();
}
