using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using MongoDB.Bson;
using MongoDB.Bson.IO;
using MongoDB.Driver.Core.Events;
using Snapshooter.Xunit;

namespace Beat.Messaging.Messages.Tests.Store;

/// <summary>What a server is asked for on the way of a message, so that it is known whatever server answers.</summary>
[Collection(MongoServer.Name)]
public sealed class MongoCommandsTests
{
    private static readonly string[] OfTheConnection = ["hello", "isMaster", "buildInfo", "ping", "endSessions", "saslStart",
        "saslContinue"];
    private readonly StringBuilder told = new();
    private readonly Dictionary<Guid, string> names = [];

    [SkippableFact]
    public async Task A_message_takes_these_commands()
    {
        using var store = OpenStore.Mongo(
            await Servers.Mongo(),
            settings => settings.ClusterConfigurator = cluster => cluster.Subscribe<CommandStartedEvent>(Note));
        var (group, ana) = (Named("group"), Named("ana"));

        store.Subscribe("one");
        Step("the first call prepares the collections, and reads the head of the group");
        await store.History.Heads([group]);
        Step("a batch is stored");
        var first = Some.Text(
            group, 1, ana, "a", mentions: [Named("mentioned")], replyTo: Named("replied"), replyToSender: Named("author"));
        names[first.Id] = "first";
        var second = Some.Borrow(group, 2, Named("garment")) with { SenderId = ana, ClientMessageId = "b" };
        names[second.Id] = "second";
        names[second.Borrow!.OwnerId!.Value] = "lender";
        await store.History.Append([first, second]);
        Step("repeats are looked up");
        await store.History.FindSent([new SendKey(group, ana, "a"), new SendKey(group, ana, "c")]);
        Step("what is pending is read, and settled");
        await (await store.Pending("one", 1000)).Settle();
        Step("a message is changed");
        await store.History.Change(first.Edited("Better"), MessageEventFactory.Edited(first.Edited("Better")), Some.Now);
        Step("pages: newest, older, newer, changed, of a garment");
        foreach (var query in new MessageQuery[]
        {
            new(group, 20), new(group, 20) { Before = 5 }, new(group, 20) { After = 1 }, new(group, 20) { ChangedAfter = (5, 1) },
            new(group, 20) { GarmentId = Named("garment"), Type = MessageType.Borrow },
        })
            await store.History.Read(query);
        Step("words are searched, newest first");
        await store.History.Read(new MessageQuery(group, 20) { Terms = [["rain"], ["oneil", "neil"]], Before = 5 });
        Step("the last messages of groups are read at once");
        await store.History.GetMany([group], [first.Id, second.Id]);
        Snapshot.Match(told.ToString());
    }

    /// <summary>A snapshot that is missing fails its test, on every machine.</summary>
    [ModuleInitializer]
    internal static void FailWithoutSnapshot()
    {
        const string Mode = "SNAPSHOOTER_STRICT_MODE";
        if (Environment.GetEnvironmentVariable(Mode) is null)
            Environment.SetEnvironmentVariable(Mode, "on");
    }

    private Guid Named(string name)
    {
        if (names.ContainsValue(name))
            return names.Single(named => named.Value == name).Key;
        var id = Guid.NewGuid();
        names[id] = name;
        return id;
    }

    private void Step(string what) => told.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"# {what}");

    private void Note(CommandStartedEvent started)
    {
        if (OfTheConnection.Contains(started.CommandName))
            return;
        var command = BsonDocument.Parse(
            started.Command.ToJson(new JsonWriterSettings { OutputMode = JsonOutputMode.CanonicalExtendedJson }));
        // Of the session, and of the database that this test has for itself.
        foreach (var field in new[] { "lsid", "$db", "$clusterTime", "$readPreference" })
            command.Remove(field);
        lock (told)
            told.AppendLine(Shown(command).ToJson(new JsonWriterSettings { OutputMode = JsonOutputMode.RelaxedExtendedJson }));
    }

    private BsonValue Shown(BsonValue value) => value switch
    {
        BsonDocument document => new BsonDocument(document.Select(field => new BsonElement(field.Name, Shown(field.Value)))),
        BsonArray array => new BsonArray(array.Select(Shown)),
        BsonBinaryData { SubType: BsonBinarySubType.UuidStandard } id => names.TryGetValue(id.AsGuid, out var name)
            ? $"<{name}>"
            : "<new id>",
        BsonBinaryData => "<bytes>",
        BsonString { Value: var text } => names.Aggregate(
            text, (shown, named) => shown.Replace($"{named.Key}", $"<{named.Value}>", StringComparison.Ordinal)),
        _ => value,
    };
}
