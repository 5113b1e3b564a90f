using System.Collections.Concurrent;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Shared.Hosting.Text;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Beat.Messaging.Messages.Store;

/// <summary>
/// Messages in MongoDB, one document each. The document is its own outbox: it is stored with the names of the consumers that it owes
/// (<c>owed</c>) and, once it was changed, with the events that they have not had (<c>events</c>). A consumer's mark goes only while
/// the revision is still the one that was read. Only commands that a standalone server understands, too: no transactions, no change
/// streams.
/// </summary>
internal sealed class MongoMessageStore : IMessageStore, IDisposable
{
    private const string DefaultDatabase = "beat_messaging";
    private const int HeadsAtOnce = 32;
    private const int SettledAtOnce = 50;

    /// <summary>
    /// How long a caller waits. The driver's own limits are shorter or longer, and its sockets have none: what goes on behind this one
    /// ends by itself.
    /// </summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1.8);

    private readonly MongoClient client;
    private readonly IMongoDatabase database;
    private readonly IMongoCollection<BsonDocument> messages;
    private readonly IMongoCollection<BsonDocument> parked;
    private readonly IMongoCollection<BsonDocument> state;
    private readonly SemaphoreSlim preparing = new(1, 1);
    private readonly SemaphoreSlim updating = new(1, 1);
    private readonly SemaphoreSlim settling = new(1, 1);
    private readonly Lock subscribing = new();
    private readonly ConcurrentDictionary<string, IReadOnlySet<Type>> wantedBy = new();
    private volatile bool isPrepared;
    private volatile string[] consumers = [];

    /// <param name="url"><c>mongodb://</c>; the database is the one that it names, or <c>beat_messaging</c>.</param>
    /// <param name="configure">Sees the driver's settings last.</param>
    public MongoMessageStore(string url, Action<MongoClientSettings>? configure = null)
    {
        var settings = MongoClientSettings.FromConnectionString(url);
        settings.ServerSelectionTimeout = TimeSpan.FromSeconds(1.5);
        settings.ConnectTimeout = TimeSpan.FromSeconds(1.5);
        settings.SocketTimeout = TimeSpan.FromSeconds(10);
        settings.WaitQueueTimeout = TimeSpan.FromSeconds(1.5);
        settings.WriteConcern = WriteConcern.WMajority.With(journal: true);
        // A repeated insert is for the sequencer to judge.
        settings.RetryWrites = false;
        settings.ApplicationName = "beat-messaging";
        configure?.Invoke(settings);
        client = new MongoClient(settings);
        database = client.GetDatabase(MongoUrl.Create(url).DatabaseName ?? DefaultDatabase);
        messages = database.GetCollection<BsonDocument>("group_messages");
        parked = database.GetCollection<BsonDocument>("group_messages_parked");
        state = database.GetCollection<BsonDocument>("group_messages_state");
    }

    public ValueTask<int> Append(IReadOnlyList<Message> batch) => TranslateFaults(async () =>
    {
        try
        {
            await messages.InsertManyAsync(
                batch.Select(message => MessageDocument.Of(message, [.. Wanting(MessageEventFactory.CreationOf(message.Type))])),
                new InsertManyOptions { IsOrdered = true });
            return batch.Count;
        }
        catch (MongoBulkWriteException<BsonDocument> taken) when (
            taken.WriteConcernError is null && taken.WriteErrors is [{ Category: ServerErrorCategory.DuplicateKey } first])
        {
            return first.Index;
        }
    });

    public ValueTask<IReadOnlyList<Message>> FindSent(IEnumerable<SendKey> keys) => TranslateFaults<IReadOnlyList<Message>>(async () =>
    {
        var sent = keys.Select(key => new BsonDocument
        {
            ["group_id"] = Bson.Id(key.GroupId),
            ["sender_id"] = Bson.Id(key.SenderId),
            ["client_message_id"] = key.ClientMessageId,
        }).ToList();
        return sent.Count == 0 ? [] : await Find(new BsonDocument("$or", new BsonArray(sent)), sort: null, limit: null);
    });

    public ValueTask<IReadOnlyDictionary<Guid, GroupHead>> Heads(IEnumerable<Guid> groupIds) => TranslateFaults<IReadOnlyDictionary<Guid, GroupHead>>(async () =>
    {
        var heads = new Dictionary<Guid, GroupHead>();
        foreach (var some in groupIds.Chunk(HeadsAtOnce))
        {
            foreach (var (groupId, seq, changed) in await Task.WhenAll(some.Select(async groupId =>
                (groupId, await Largest(groupId, "seq"), await Largest(groupId, "changed")))))
            {
                if (seq > 0)
                    heads[groupId] = new GroupHead(seq, changed);
            }
        }
        return heads;
    });

    public ValueTask<Message?> Get(Guid groupId, Guid messageId) => TranslateFaults(async () =>
        await messages.Find(new BsonDocument { ["_id"] = Bson.Id(messageId), ["group_id"] = Bson.Id(groupId) }).Project(WithoutTerms).FirstOrDefaultAsync() is { } found
            ? MessageDocument.Read(found)
            : null);

    public ValueTask<IReadOnlyList<Message>> GetMany(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds) => TranslateFaults<IReadOnlyList<Message>>(async () =>
        messageIds.Count == 0 ? [] : await Find(new BsonDocument { ["_id"] = AnyOf(messageIds), ["group_id"] = AnyOf(groupIds) }, sort: null, limit: null));

    public ValueTask<IReadOnlyList<Message>> Read(MessageQuery query) => TranslateFaults<IReadOnlyList<Message>>(async () =>
    {
        var filter = new BsonDocument("group_id", Bson.Id(query.GroupId));
        if (query.Type is { } type)
            filter["type"] = (int)type;
        if (query.GarmentId is { } garment)
            filter["garment_id"] = Bson.Id(garment);
        // Anchored, so that the index bounds it; terms are letters and digits. Not $all, which on FerretDB finds nothing.
        if (query.Terms.Count > 0)
            filter["$and"] = new BsonArray(query.Terms.Select(BeginsWithOne));
        var sort = new BsonDocument("seq", query is { After: null } ? -1 : 1);
        if (query.ChangedAfter is var (changed, seq))
        {
            // The first condition bounds the scan of the index, the second settles ties.
            filter["changed"] = new BsonDocument("$gte", changed);
            filter["$or"] = new BsonArray { new BsonDocument("changed", new BsonDocument("$gt", changed)), new BsonDocument("seq", new BsonDocument("$gt", seq)) };
            sort = new BsonDocument { ["changed"] = 1, ["seq"] = 1 };
        }
        else if (query.After is { } after)
        {
            filter["seq"] = new BsonDocument("$gt", after);
        }
        else if (query.Before is { } before)
        {
            filter["seq"] = new BsonDocument("$lt", before);
        }
        return await Find(filter, sort, query.Limit);
    });

    public ValueTask<Message?> Change(Message next, IIntegrationEvent happened, DateTimeOffset now) => TranslateFaults(() => OneByOne<Message?>(async () =>
    {
        var before = new BsonDocument { ["_id"] = Bson.Id(next.Id), ["group_id"] = Bson.Id(next.GroupId), ["revision"] = next.Revision - 1 };
        if (await messages.Find(before).Project(WithoutTerms).FirstOrDefaultAsync() is not { } document)
            return null;
        var changed = Math.Max(ChangeCursor.At(now), await Largest(next.GroupId, "changed") + 1);
        var stored = next with { Changed = changed };
        var events = MessageDocument.Owed(document).Count > 0 ? MessageDocument.Events(document) : [];
        events.Add(MessageDocument.Event(new PendingEvent(Guid.CreateVersion7(now), next.GroupId, next.Id, next.Revision, now, happened)));
        var update = MessageDocument.ChangeTo(stored);
        var owed = MessageDocument.Owed(document).Select(consumer => consumer.AsString).ToList();
        var settled = Wanting(happened.GetType()).Except(owed).ToList();
        if (owed.Count + settled.Count > 0)
        {
            var set = update["$set"].AsBsonDocument;
            set["owed"] = new BsonArray(owed.Concat(settled));
            set["events"] = events;
            foreach (var consumer in settled)
                set[MessageDocument.HadBy(consumer)] = document["revision"];
        }
        return (await messages.UpdateOneAsync(before, update)).ModifiedCount == 1 ? stored : null;
    }));

    public ValueTask<Message?> RecordMove(Guid groupId, Guid messageId, long move, DateTimeOffset now) => TranslateFaults(() => OneByOne<Message?>(async () =>
    {
        while (await messages.Find(new BsonDocument { ["_id"] = Bson.Id(messageId), ["group_id"] = Bson.Id(groupId) }).Project(WithoutTerms).FirstOrDefaultAsync() is { } document
            && MessageDocument.MoveOf(document) < move)
        {
            var message = MessageDocument.Read(document);
            var noted = message with { Revision = message.Revision + 1, Changed = Math.Max(ChangeCursor.At(now), await Largest(groupId, "changed") + 1) };
            // A move that is noted raises the revision, so the revision guards the number, too.
            var updated = await messages.UpdateOneAsync(
                new BsonDocument { ["_id"] = Bson.Id(messageId), ["group_id"] = Bson.Id(groupId), ["revision"] = message.Revision },
                MessageDocument.Moved(noted, move));
            if (updated.ModifiedCount == 1)
                return noted;
        }
        return null;
    }));

    public ValueTask<Guid> Epoch() => TranslateFaults(async () =>
        (await state.Find(new BsonDocument("_id", "epoch")).FirstOrDefaultAsync())?["value"].AsGuid
            ?? throw new InvalidOperationException("The store has no epoch."));

    public ValueTask<Guid> Renew() => TranslateFaults(async () =>
    {
        var renewed = Guid.NewGuid();
        await Upsert(state, new BsonDocument("_id", "epoch"), new BsonDocument("$set", new BsonDocument("value", Bson.Id(renewed))));
        return renewed;
    });

    public ValueTask Reset() => Discard(TranslateFaults(async () =>
    {
        foreach (var collection in new[] { messages, parked, state })
            await database.DropCollectionAsync(collection.CollectionNamespace.CollectionName);
        isPrepared = false;
        return true;
    }));

    public void Subscribe(string consumer, IReadOnlySet<Type>? wanted = null)
    {
        lock (subscribing)
        {
            if (wanted is not null)
                wantedBy[consumer] = wanted;
            if (consumers.Contains(consumer))
                return;
            consumers = [.. consumers, consumer];
            isPrepared = false;
        }
    }

    public ValueTask<PendingEvents> Pending(string consumer, int limit) => TranslateFaults(async () =>
    {
        if (!consumers.Contains(consumer))
            throw new InvalidOperationException($"The consumer {consumer} has not subscribed.");
        var owing = await messages.Find(new BsonDocument("owed", consumer))
            .Sort(new BsonDocument { ["group_id"] = 1, ["seq"] = 1 }).Limit(limit).Project(WithoutTerms).ToListAsync();
        var settled = owing.ToLookup(document => document["revision"].AsInt32, document => document["_id"]);
        var pending = owing.SelectMany(document => MessageDocument.Pending(document, consumer)).ToList();
        // A move that was noted in between took the mark's revision away, and brought nothing to tell.
        if (pending.Count == 0 && owing.Count > 0)
            await Settle(consumer, settled);
        return new PendingEvents(pending, () => Settle(consumer, settled));
    });

    /// <summary>There is nothing to forget: a document drops its events once nobody is owed them.</summary>
    public ValueTask Prune(DateTimeOffset before) => ValueTask.CompletedTask;

    public ValueTask Park(string consumer, PendingEvent failed, string error) => Discard(TranslateFaults(() => Upsert(
        parked,
        new BsonDocument { ["consumer"] = consumer, ["event_id"] = Bson.Id(failed.EventId) },
        new BsonDocument
        {
            ["$setOnInsert"] = new BsonDocument("_id", ObjectId.GenerateNewId()),
            ["$set"] = new BsonDocument
            {
                ["group_id"] = Bson.Id(failed.GroupId),
                ["message_id"] = Bson.Id(failed.MessageId),
                ["event"] = MessageDocument.Event(failed),
                ["error"] = error,
            },
        })));

    public ValueTask<IReadOnlyList<(string Consumer, PendingEvent Event, string Error)>> Parked() => TranslateFaults<IReadOnlyList<(string, PendingEvent, string)>>(async () =>
    [
        .. (await parked.Find(new BsonDocument()).Sort(new BsonDocument("_id", 1)).ToListAsync()).Select(document => (
            document["consumer"].AsString,
            MessageDocument.ReadEvent(document["group_id"].AsGuid, document["message_id"].AsGuid, document["event"].AsBsonDocument),
            document["error"].AsString)),
    ]);

    public ValueTask Unpark(string consumer, Guid eventId) => Discard(TranslateFaults(async () =>
        await parked.DeleteOneAsync(new BsonDocument { ["consumer"] = consumer, ["event_id"] = Bson.Id(eventId) })));

    public void Dispose()
    {
        client.Dispose();
        preparing.Dispose();
        updating.Dispose();
        settling.Dispose();
    }

    public ValueTask<(long Depth, DateTimeOffset? Oldest)> Owed() => TranslateFaults<(long, DateTimeOffset?)>(async () =>
    {
        var owed = new BsonDocument("owed", new BsonDocument("$in", new BsonArray(consumers)));
        var depth = await messages.CountDocumentsAsync(owed, new CountOptions { Limit = 100_000 });
        if (depth == 0)
            return (0, null);
        var some = await messages.Find(owed).Limit(1000).Project(new BsonDocument("inserted_at", 1)).ToListAsync();
        return (depth, some.Min(document => Bson.Time(document["inserted_at"])));
    });

    public ValueTask<bool> FillTerms(int limit) => TranslateFaults(async () =>
    {
        var done = await state.Find(new BsonDocument("_id", "terms")).FirstOrDefaultAsync();
        // The state of a version before the first that is counted has none.
        if (done is null || done.GetValue("version", 0).ToInt32() != SearchText.Version)
            done = new BsonDocument("more", true);
        if (!done["more"].AsBoolean)
            return false;
        var next = new BsonDocument("content", new BsonDocument("$exists", true));
        if (done.TryGetValue("after", out var after))
            next["_id"] = new BsonDocument("$gt", after);
        var some = await messages.Find(next).Sort(new BsonDocument("_id", 1)).Limit(limit).ToListAsync();
        // A message that is changed meanwhile gets its terms by that.
        var updates = some.Select(document => (document, Terms: MessageDocument.Terms(MessageDocument.Read(document))))
            .Where(one => !((BsonValue?)one.Terms ?? BsonNull.Value).Equals(one.document.GetValue("terms", BsonNull.Value)))
            .Select(one => new UpdateOneModel<BsonDocument>(
                new BsonDocument { ["_id"] = one.document["_id"], ["revision"] = one.document["revision"] },
                one.Terms is null ? new BsonDocument("$unset", new BsonDocument("terms", "")) : new BsonDocument("$set", new BsonDocument("terms", one.Terms)))).ToList();
        if (updates.Count > 0)
            await messages.BulkWriteAsync(updates);
        var more = some.Count == limit;
        var mark = new BsonDocument { ["more"] = more, ["version"] = SearchText.Version };
        if (more)
            mark["after"] = some[^1]["_id"];
        await Upsert(state, new BsonDocument("_id", "terms"), new BsonDocument("$set", mark));
        return more;
    });

    public ValueTask Ping() => Discard(TranslateFaults(() => database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1))));

    /// <summary>A mark goes only while the revision is still the one that was read; otherwise what came since is still owed.</summary>
    private async ValueTask Settle(string consumer, ILookup<int, BsonValue> settled)
    {
        // Some at a time, and of one consumer: whoever edits a message does not wait for thousands of marks.
        foreach (var (revision, ids) in settled.SelectMany(ids => ids.Chunk(SettledAtOnce), (ids, some) => (ids.Key, some)))
        {
            await settling.WaitAsync();
            try
            {
                await TranslateFaults(() => OneByOne(() => Settle(consumer, revision, ids)));
            }
            finally
            {
                settling.Release();
            }
        }
    }

    private async Task<bool> Settle(string consumer, int revision, BsonValue[] some)
    {
        var ids = new BsonDocument("$in", new BsonArray(some));
        var unchanged = await messages.UpdateManyAsync(
            new BsonDocument { ["_id"] = ids, ["revision"] = revision }, new BsonDocument("$pull", new BsonDocument("owed", consumer)));
        if (unchanged.MatchedCount < some.Length)
        {
            await messages.UpdateManyAsync(
                new BsonDocument { ["_id"] = ids, ["revision"] = new BsonDocument("$gt", revision), ["owed"] = consumer },
                new BsonDocument("$set", new BsonDocument(MessageDocument.HadBy(consumer), revision)));
        }
        await messages.UpdateManyAsync(
            new BsonDocument { ["_id"] = ids, ["owed"] = new BsonDocument("$size", 0) },
            new BsonDocument("$unset", new BsonDocument { ["owed"] = "", ["events"] = "", ["had"] = "" }));
        return true;
    }

    /// <summary>
    /// Updates of a node go one after the other: so the cursors of its changes rise, and so FerretDB, which finds and writes in two
    /// steps, keeps each. Between nodes the filter decides, which MongoDB checks as it writes.
    /// </summary>
    private async Task<T> OneByOne<T>(Func<Task<T>> update)
    {
        // Whoever asked waits no longer than this: what is done after that would only keep others waiting.
        if (!await updating.WaitAsync(CallTimeout))
            throw new TimeoutException("Other updates are in front.");
        try
        {
            return await update();
        }
        finally
        {
            updating.Release();
        }
    }

    /// <summary>Whom an event is for; whoever did not say is one of them.</summary>
    private IEnumerable<string> Wanting(Type happened) =>
        consumers.Where(consumer => !wantedBy.TryGetValue(consumer, out var wanted) || wanted.Contains(happened));

    /// <summary>Of two that insert at once, one is told that there is one; it updates that.</summary>
    private static async Task<UpdateResult> Upsert(IMongoCollection<BsonDocument> collection, BsonDocument filter, BsonDocument update)
    {
        var options = new UpdateOptions { IsUpsert = true };
        try
        {
            return await collection.UpdateOneAsync(filter, update, options);
        }
        catch (MongoWriteException there) when (there.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            return await collection.UpdateOneAsync(filter, update, options);
        }
    }

    private async Task<List<Message>> Find(BsonDocument filter, BsonDocument? sort, int? limit) =>
        (await messages.Find(filter).Sort(sort).Limit(limit).Project(WithoutTerms).ToListAsync()).ConvertAll(MessageDocument.Read);

    private static BsonDocument BeginsWithOne(IReadOnlyList<string> alternatives)
    {
        var one = alternatives.Select(term => new BsonDocument("terms", new BsonRegularExpression($"^{term}"))).ToList();
        return one is [var only] ? only : new BsonDocument("$or", new BsonArray(one));
    }

    private static BsonDocument AnyOf(IEnumerable<Guid> ids) => new("$in", new BsonArray(ids.Select(id => Bson.Id(id))));

    private async Task<long> Largest(Guid groupId, string field)
    {
        // A bound, because a missing field sorts below every number.
        var found = await messages.Find(new BsonDocument { ["group_id"] = Bson.Id(groupId), [field] = new BsonDocument("$gt", 0L) })
            .Sort(new BsonDocument(field, -1)).Limit(1).Project(new BsonDocument(field, 1)).FirstOrDefaultAsync();
        return found is null ? 0 : found[field].ToInt64();
    }

    /// <summary>Indexes, epoch and consumers, before anything else; again until the server was there for it.</summary>
    private async Task Prepare()
    {
        await preparing.WaitAsync();
        try
        {
            if (isPrepared)
                return;
            var known = consumers;
            // One by one: FerretDB fails on a list of which some are there.
            foreach (var index in Indexes)
                await messages.Indexes.CreateOneAsync(index);
            var made = new BsonDocument("$setOnInsert", new BsonDocument("value", Bson.Id(Guid.NewGuid())));
            await Upsert(state, new BsonDocument("_id", "epoch"), made);
            // Whoever subscribed once is owed by every node, also by one that does not know it yet or any more.
            var named = new BsonDocument("$addToSet", new BsonDocument("names", new BsonDocument("$each", new BsonArray(known))));
            await Upsert(state, new BsonDocument("_id", "consumers"), named);
            var all = await state.Find(new BsonDocument("_id", "consumers")).FirstAsync();
            lock (subscribing)
            {
                // One that subscribed in between has the next call prepare again.
                isPrepared = consumers == known;
                consumers = [.. all["names"].AsBsonArray.Select(name => name.AsString).Union(consumers)];
            }
        }
        finally
        {
            preparing.Release();
        }
    }

    private static readonly CreateIndexModel<BsonDocument>[] Indexes =
    [
        Index(isUnique: true, "group_id", "seq"),
        Index(isUnique: true, "group_id", "sender_id", "client_message_id"),
        Index(isUnique: false, "group_id", "changed", "seq"),
        Index(isUnique: false, "group_id", "garment_id", "seq"),
        Index(isUnique: false, "group_id", "type", "seq"),
        Index(isUnique: false, "owed", "group_id", "seq"),
        Index(isUnique: false, "group_id", "terms", "seq"),
    ];

    /// <summary>They are for the index alone.</summary>
    private static readonly BsonDocument WithoutTerms = new("terms", 0);

    private static CreateIndexModel<BsonDocument> Index(bool isUnique, params string[] fields) =>
        new(new BsonDocument(fields.Select(field => new BsonElement(field, 1))), new CreateIndexOptions { Unique = isUnique });

    private static async ValueTask Discard<T>(ValueTask<T> task) => await task;

    private async ValueTask<T> TranslateFaults<T>(Func<Task<T>> work)
    {
        try
        {
            return await Prepared().WaitAsync(CallTimeout);
        }
        catch (Exception away) when (away is MongoException or TimeoutException or IOException)
        {
            throw new StoreUnavailableException("The message store is unavailable.", away);
        }

        async Task<T> Prepared()
        {
            if (!isPrepared)
                await Prepare();
            return await work();
        }
    }
}
