using System.Collections.Concurrent;
using System.Text.Json;
using MongoDB.Bson;
using MongoDB.Bson.Serialization;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Bson.Serialization.Conventions;
using MongoDB.Bson.Serialization.Serializers;
using MongoDB.Driver;

namespace Beat.Messaging.Messages.Store.Mongo;

/// <summary>
/// The collections of the message store. Only commands that a standalone server understands, too: no transactions, no change
/// streams.
/// </summary>
internal sealed class MongoMessageDatabase : IDisposable
{
    private const string DefaultDatabase = "beat_messaging";

    /// <summary>
    /// How long a caller waits. The driver's own limits are shorter or longer, and its sockets have none: what goes on behind
    /// this one ends by itself.
    /// </summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1.8);

    private readonly MongoClient client;
    private readonly IMongoDatabase database;
    private readonly SemaphoreSlim preparing = new(1, 1);
    private readonly SemaphoreSlim updating = new(1, 1);
    private readonly Lock subscribing = new();
    private readonly ConcurrentDictionary<string, IReadOnlySet<Type>> wantedBy = new();
    private volatile bool isPrepared;
    private volatile string[] consumers = [];

    /// <summary>Fields in snake case and left out without a value, ids as UUIDs.</summary>
    static MongoMessageDatabase()
    {
        BsonSerializer.TryRegisterSerializer(new GuidSerializer(GuidRepresentation.Standard));
        ConventionRegistry.Register(
            "messages",
            new ConventionPack { new SnakeCaseElementNames(), new IgnoreIfNullConvention(true),
                new IgnoreExtraElementsConvention(true) },
            type => type.Namespace == typeof(MessageDocument).Namespace);
    }

    /// <param name="url"><c>mongodb://</c>; the database is the one that it names, or <c>beat_messaging</c>.</param>
    /// <param name="configure">Sees the driver's settings last.</param>
    public MongoMessageDatabase(string url, Action<MongoClientSettings>? configure = null)
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
        Messages = database.GetCollection<MessageDocument>("group_messages");
        Failed = database.GetCollection<FailedDocument>("group_messages_parked");
        State = database.GetCollection<StateDocument>("group_messages_state");
    }

    public IMongoCollection<MessageDocument> Messages { get; }

    public IMongoCollection<FailedDocument> Failed { get; }

    public IMongoCollection<StateDocument> State { get; }

    /// <summary>The terms are for the index alone.</summary>
    public static ProjectionDefinition<MessageDocument, MessageDocument> WithoutTerms { get; } =
        Builders<MessageDocument>.Projection.Exclude(d => d.Terms);

    /// <summary>Those who subscribed, by the names that are stored.</summary>
    public IReadOnlyList<string> Consumers => consumers;

    /// <summary>Whom an event is for; whoever did not say is one of them.</summary>
    public IEnumerable<string> Wanting(Type happened) =>
        consumers.Where(consumer => !wantedBy.TryGetValue(consumer, out var wanted) || wanted.Contains(happened));

    public void Subscribe(string consumer, IReadOnlySet<Type>? wanted)
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

    /// <summary>Deletes everything; the next call makes it anew.</summary>
    public async Task Reset()
    {
        foreach (var collection in new[] { Messages.CollectionNamespace, Failed.CollectionNamespace, State.CollectionNamespace })
            await database.DropCollectionAsync(collection.CollectionName);
        isPrepared = false;
    }

    public Task Ping() => database.RunCommandAsync<BsonDocument>(new BsonDocument("ping", 1));

    /// <summary>
    /// Updates of a node go one after the other: so the cursors of its changes rise, and so FerretDB, which finds and writes in
    /// two steps, keeps each. Between nodes the filter decides, which MongoDB checks as it writes.
    /// </summary>
    public async Task<T> OneByOne<T>(Func<Task<T>> update)
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

    /// <summary>Runs calls of the driver, once everything is prepared.</summary>
    /// <exception cref="StoreUnavailableException">The server is away, or takes too long.</exception>
    public async Task<T> Run<T>(Func<Task<T>> work)
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

    /// <summary>Of two that insert at once, one is told that there is one; it updates that.</summary>
    public static async Task Upsert<T>(IMongoCollection<T> collection, FilterDefinition<T> filter, UpdateDefinition<T> update)
    {
        var options = new UpdateOptions { IsUpsert = true };
        try
        {
            await collection.UpdateOneAsync(filter, update, options);
        }
        catch (MongoWriteException there) when (there.WriteError?.Category == ServerErrorCategory.DuplicateKey)
        {
            await collection.UpdateOneAsync(filter, update, options);
        }
    }

    public void Dispose()
    {
        client.Dispose();
        preparing.Dispose();
        updating.Dispose();
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
                await Messages.Indexes.CreateOneAsync(index);
            var update = Builders<StateDocument>.Update;
            await Upsert(
                State, Builders<StateDocument>.Filter.Eq(s => s.Id, "epoch"), update.SetOnInsert(s => s.Value, Guid.NewGuid()));
            // Whoever subscribed once is owed by every node, also by one that does not know it yet or any more.
            await Upsert(
                State, Builders<StateDocument>.Filter.Eq(s => s.Id, "consumers"), update.AddToSetEach(s => s.Names, known));
            var all = await State.Find(s => s.Id == "consumers").FirstAsync();
            lock (subscribing)
            {
                // One that subscribed in between has the next call prepare again.
                isPrepared = consumers == known;
                consumers = [.. (all.Names ?? []).Union(consumers)];
            }
        }
        finally
        {
            preparing.Release();
        }
    }

    private static readonly CreateIndexModel<MessageDocument>[] Indexes =
    [
        Index(isUnique: true, "group_id", "seq"),
        Index(isUnique: true, "group_id", "sender_id", "client_message_id"),
        Index(isUnique: false, "group_id", "changed", "seq"),
        Index(isUnique: false, "group_id", "garment_id", "seq"),
        Index(isUnique: false, "group_id", "type", "seq"),
        Index(isUnique: false, "owed", "group_id", "seq"),
        Index(isUnique: false, "group_id", "terms", "seq"),
    ];

    private static CreateIndexModel<MessageDocument> Index(bool isUnique, params string[] fields)
    {
        var keys = Builders<MessageDocument>.IndexKeys;
        return new(keys.Combine(fields.Select(field => keys.Ascending(field))), new CreateIndexOptions { Unique = isUnique });
    }

    private sealed class SnakeCaseElementNames : ConventionBase, IMemberMapConvention
    {
        public void Apply(BsonMemberMap memberMap)
        {
            if (memberMap != memberMap.ClassMap.IdMemberMap
                && !memberMap.MemberInfo.IsDefined(typeof(BsonElementAttribute), inherit: false))
                memberMap.SetElementName(JsonNamingPolicy.SnakeCaseLower.ConvertName(memberMap.MemberName));
        }
    }
}
