using Beat.Messaging.Shared.Events;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Beat.Messaging.Messages.Store.Mongo;

/// <summary>
/// Pending events by marks on the documents: a consumer's mark goes only while the revision is still the one that was read,
/// otherwise what came since is still owed. What failed is a document of its own.
/// </summary>
internal sealed class MongoMessageOutbox(MongoMessageDatabase database, EventRegistry registry)
    : MessageOutbox(registry), IDisposable
{
    private const int MaxCounted = 100_000;
    private const int MaxLookedAt = 1000;
    private const int SettledAtOnce = 50;

    private static readonly FilterDefinitionBuilder<MessageDocument> Where = Builders<MessageDocument>.Filter;
    private static readonly UpdateDefinitionBuilder<MessageDocument> Update = Builders<MessageDocument>.Update;
    private static readonly FilterDefinitionBuilder<FailedDocument> WhereFailed = Builders<FailedDocument>.Filter;

    private readonly SemaphoreSlim settling = new(1, 1);

    public override void Subscribe(string consumer, IReadOnlySet<Type>? wanted = null) =>
        database.Subscribe(StoredName(consumer), wanted);

    /// <summary>All of them: who is owed nothing is told so by the same index as whoever is.</summary>
    public override Task<IReadOnlyCollection<string>> ReadConsumers(DateTimeOffset now, CancellationToken ct) =>
        database.Run(() => Task.FromResult<IReadOnlyCollection<string>>([.. database.Consumers.Select(ConsumerOf)]));

    public override async Task<PendingBatch> ReadPending(string consumer, DateTimeOffset now, int limit, CancellationToken ct)
    {
        var name = StoredName(consumer);
        var (failed, owing) = await database.Run(async () => database.Consumers.Contains(name)
            ? (await database.Failed.Find(f => f.Consumer == name && f.DueAt <= now.UtcDateTime).Limit(limit).ToListAsync(ct),
                await database.Messages.Find(Where.AnyEq(d => d.Owed, name))
                    .Sort(Builders<MessageDocument>.Sort.Ascending(d => d.GroupId).Ascending(d => d.Seq))
                    .Limit(limit).Project(MongoMessageDatabase.WithoutTerms).ToListAsync(ct))
            : throw new InvalidOperationException($"The consumer {consumer} has not subscribed."));
        var events = failed.Select(f => (f.Attempts, Event: f.ToEvent()))
            .Select(f => ToPending(f.Event, f.Attempts, new Position(f.Event, Document: null, IsLast: false))).ToList();
        var silent = new List<MessageDocument>();
        foreach (var document in owing)
        {
            var pending = document.Pending(name).ToList();
            if (pending.Count == 0)
                silent.Add(document);
            events.AddRange(pending.Select(e => ToPending(e, attempts: 0, new Position(e, document, IsLast: e == pending[^1]))));
        }
        // A move that was noted in between took the mark's revision away, and brought nothing to tell.
        await Unmark(name, silent);
        return new PendingBatch(events, failed.Count == limit || owing.Count == limit);
    }

    public override async Task Settle(
        string consumer, IReadOnlyList<PendingEvent> taken, IReadOnlyList<FailedDelivery> failed, CancellationToken ct)
    {
        var name = StoredName(consumer);
        foreach (var one in failed)
            await database.Run(() => Postpone(name, ((Position)one.Event.Position!).Event, one));
        var all = taken.Concat(failed.Select(f => f.Event)).Select(one => (Position)one.Position!);
        await Unmark(name, [.. all.Where(position => position.IsLast).Select(position => position.Document!)]);
        var recovered = taken.Where(one => ((Position)one.Position!).Document is null).Select(one => one.EventId).ToList();
        if (recovered.Count > 0)
            await database.Run(() => database.Failed.DeleteManyAsync(
                WhereFailed.And(WhereFailed.Eq(f => f.Consumer, name), WhereFailed.In(f => f.EventId, recovered)), ct));
    }

    /// <summary>There is nothing to delete: a document drops its events once nobody is owed them.</summary>
    public override Task Prune(DateTimeOffset before, CancellationToken ct) => Task.CompletedTask;

    /// <summary>The oldest is that of the first thousand.</summary>
    public override Task<Backlog> ReadBacklog(CancellationToken ct) => database.Run(async () =>
    {
        var owed = Where.AnyIn(d => d.Owed, database.Consumers);
        var depth = await database.Messages.CountDocumentsAsync(owed, new CountOptions { Limit = MaxCounted }, ct);
        var insertedAt = Builders<MessageDocument>.Projection.Include(d => d.InsertedAt);
        var some = depth == 0
            ? []
            : await database.Messages.Find(owed).Limit(MaxLookedAt).Project<MessageDocument>(insertedAt).ToListAsync(ct);
        var failed = await database.Failed.Find(f => f.DueAt != null).Limit(MaxLookedAt).ToListAsync(ct);
        var times = some.Select(d => d.InsertedAt).Concat(failed.Select(f => f.Event.At));
        return new Backlog(Name, Math.Min(depth + failed.Count, MaxCounted), times.Select(at => (DateTimeOffset?)at).Min());
    });

    public override Task<int> CountParked(CancellationToken ct) => database.Run(async () =>
        (int)await database.Failed.CountDocumentsAsync(Parked, cancellationToken: ct));

    public override Task<IReadOnlyList<ParkedEvent>> ReadParked(int limit, CancellationToken ct) =>
        database.Run<IReadOnlyList<ParkedEvent>>(async () =>
        limit == 0
            ? []
            : (await database.Failed.Find(Parked).Sort(Builders<FailedDocument>.Sort.Ascending(f => f.Id)).Limit(limit)
                .ToListAsync(ct))
            .ConvertAll(parked => ToParked(parked.ToEvent(), parked.Consumer, parked.Error)));

    public override Task<int> Replay(DateTimeOffset now, CancellationToken ct) => database.Run(async () =>
        (int)(await database.Failed.UpdateManyAsync(
            Parked, Builders<FailedDocument>.Update.Set(f => f.DueAt, now.UtcDateTime).Set(f => f.Attempts, 0),
            cancellationToken: ct)).ModifiedCount);

    public void Dispose() => settling.Dispose();

    private static FilterDefinition<FailedDocument> Parked => WhereFailed.Exists(f => f.DueAt, false);

    private async Task<bool> Postpone(string consumer, MessageEvent failed, FailedDelivery outcome)
    {
        var update = Builders<FailedDocument>.Update;
        await MongoMessageDatabase.Upsert(
            database.Failed,
            WhereFailed.And(WhereFailed.Eq(f => f.Consumer, consumer), WhereFailed.Eq(f => f.EventId, failed.EventId)),
            update.Combine(
                update.SetOnInsert(f => f.Id, ObjectId.GenerateNewId()), update.Set(f => f.GroupId, failed.GroupId),
                update.Set(f => f.MessageId, failed.MessageId), update.Set(f => f.Event, EventDocument.Of(failed)),
                update.Set(f => f.Error, outcome.Error), update.Set(f => f.Attempts, outcome.Attempts),
                outcome.DueAt is { } due ? update.Set(f => f.DueAt, due.UtcDateTime) : update.Unset(f => f.DueAt)));
        return true;
    }

    /// <summary>Takes the consumer's marks from documents as they were read.</summary>
    private async Task Unmark(string consumer, List<MessageDocument> read)
    {
        // Some at a time, and of one consumer: whoever edits a message does not wait for thousands of marks.
        foreach (var (revision, ids) in read.ToLookup(d => d.Revision, d => d.Id)
            .SelectMany(ids => ids.Chunk(SettledAtOnce), (ids, some) => (ids.Key, some)))
        {
            await settling.WaitAsync();
            try
            {
                await database.Run(() => database.OneByOne(() => Unmark(consumer, revision, ids)));
            }
            finally
            {
                settling.Release();
            }
        }
    }

    private async Task<bool> Unmark(string consumer, int revision, Guid[] ids)
    {
        var those = Where.In(d => d.Id, ids);
        var unchanged = await database.Messages.UpdateManyAsync(
            Where.And(those, Where.Eq(d => d.Revision, revision)), Update.Pull(d => d.Owed, consumer));
        if (unchanged.MatchedCount < ids.Length)
        {
            await database.Messages.UpdateManyAsync(
                Where.And(those, Where.Gt(d => d.Revision, revision), Where.AnyEq(d => d.Owed, consumer)),
                Update.Set(MessageDocument.HadBy(consumer), revision));
        }
        await database.Messages.UpdateManyAsync(
            Where.And(those, Where.Size(d => d.Owed, 0)), Update.Unset(d => d.Owed).Unset(d => d.Events).Unset(d => d.Had));
        return true;
    }

    /// <param name="Document">As it was read; null of an event that failed before.</param>
    /// <param name="IsLast">Whether the consumer has had all of the document with it.</param>
    private sealed record Position(MessageEvent Event, MessageDocument? Document, bool IsLast);
}
