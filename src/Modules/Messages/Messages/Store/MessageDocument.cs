using System.Text.Json;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Search;
using Beat.Messaging.Shared.Hosting.Json;
using MongoDB.Bson;

namespace Beat.Messaging.Messages.Store;

/// <summary>
/// A message as a document of <c>group_messages</c>. A field without a value is left out. <c>owed</c>: consumers that have not settled
/// it; <c>events</c>: what they have not had, <c>{id, revision, kind, payload, at}</c>; without it, only that it was created;
/// <c>had</c>: by consumer, the revision up to which it had them already. <c>borrow_move</c>: the last move of its loan that raised the
/// revision. <c>terms</c>: the words by which it is found; <c>reactions</c>: <c>{emoji, by}</c>, the ids one after the other, 16 bytes each.
/// </summary>
internal static class MessageDocument
{
    public static BsonDocument Of(Message message, BsonArray owed)
    {
        var document = new BsonDocument
        {
            ["_id"] = Bson.Id(message.Id),
            ["group_id"] = Bson.Id(message.GroupId),
            ["seq"] = message.Seq,
            ["type"] = (int)message.Type,
            ["sender_id"] = Bson.Id(message.SenderId),
            ["client_message_id"] = message.ClientMessageId,
            ["request_hash"] = message.RequestHash,
            ["inserted_at"] = Bson.Time(message.InsertedAt),
            ["revision"] = message.Revision,
        };
        foreach (var (name, value) in Changeable(message).Append(("reply_to", Bson.Id(message.ReplyTo)))
            .Append(("reply_to_sender", Bson.Id(message.ReplyToSenderId))).Append(("garment_id", Bson.Id(message.GarmentId))))
        {
            if (value is not null)
                document[name] = value;
        }
        if (message.Borrow is { } borrow)
            document["borrow"] = BsonDocument.Parse(JsonSerializer.Serialize(borrow, WireJson.Options));
        if (owed.Count > 0)
            document["owed"] = owed;
        return document;
    }

    /// <summary>The update that makes a stored message the next revision of it.</summary>
    public static BsonDocument ChangeTo(Message next)
    {
        var fields = Changeable(next).ToLookup(field => field.Value is not null);
        var update = new BsonDocument("$set", new BsonDocument("revision", next.Revision).AddRange(fields[true].ToDictionary(f => f.Name, f => f.Value)));
        if (fields[false].Any())
            update["$unset"] = new BsonDocument(fields[false].Select(field => new BsonElement(field.Name, "")));
        return update;
    }

    /// <summary>The update that notes a move of the loan, and nothing else, in a stored message.</summary>
    public static BsonDocument Moved(Message noted, long move) => new(
        "$set", new BsonDocument { ["revision"] = noted.Revision, ["changed"] = noted.Changed!.Value, ["borrow_move"] = move });

    /// <summary>The last move of the loan that was noted.</summary>
    public static long MoveOf(BsonDocument document) => document.TryGetValue("borrow_move", out var move) ? move.ToInt64() : 0;

    public static Message Read(BsonDocument document) => new()
    {
        Id = document["_id"].AsGuid,
        GroupId = document["group_id"].AsGuid,
        Seq = document["seq"].ToInt64(),
        Type = (MessageType)document["type"].ToInt32(),
        SenderId = document["sender_id"].AsGuid,
        Content = document.TryGetValue("content", out var content) ? content.AsString : null,
        Mentions = document.TryGetValue("mentions", out var mentions) ? [.. mentions.AsBsonArray.Select(id => id.AsGuid)] : [],
        ReplyTo = document.TryGetValue("reply_to", out var reply) ? reply.AsGuid : null,
        ReplyToSenderId = document.TryGetValue("reply_to_sender", out var author) ? author.AsGuid : null,
        GarmentId = document.TryGetValue("garment_id", out var garment) ? garment.AsGuid : null,
        Borrow = document.TryGetValue("borrow", out var borrow)
            ? JsonSerializer.Deserialize<BorrowProposal>(borrow.AsBsonDocument.ToJson(), WireJson.Options)
            : null,
        ClientMessageId = document["client_message_id"].AsString,
        Reactions = document.TryGetValue("reactions", out var reactions)
            ? [.. reactions.AsBsonArray.Select(r => new Reaction(r["emoji"].AsString, Bson.Ids(r["by"].AsByteArray)))]
            : [],
        RequestHash = document["request_hash"].AsByteArray,
        InsertedAt = Bson.Time(document["inserted_at"]),
        EditedAt = document.TryGetValue("edited_at", out var edited) ? Bson.Time(edited) : null,
        DeletedAt = document.TryGetValue("deleted_at", out var deleted) ? Bson.Time(deleted) : null,
        Revision = document["revision"].ToInt32(),
        Changed = document.TryGetValue("changed", out var changed) ? changed.ToInt64() : null,
    };

    public static BsonArray Owed(BsonDocument document) => document.TryGetValue("owed", out var owed) ? owed.AsBsonArray : [];

    /// <summary>The field with the revision up to which the consumer had the events.</summary>
    public static string HadBy(string consumer) => $"had.{FieldOf(consumer)}";

    /// <summary>What is pending of a document that the consumer is owed.</summary>
    public static IEnumerable<PendingEvent> Pending(BsonDocument document, string consumer)
    {
        var had = document.TryGetValue("had", out var all) && all.AsBsonDocument.TryGetValue(FieldOf(consumer), out var revision) ? revision.AsInt32 : 0;
        return Events(document).Select(stored => ReadEvent(document["group_id"].AsGuid, document["_id"].AsGuid, stored.AsBsonDocument))
            .Where(pending => pending.Revision > had);
    }

    /// <summary>What is pending of a document that somebody is owed, whoever that is.</summary>
    public static BsonArray Events(BsonDocument document)
    {
        if (document.TryGetValue("events", out var stored))
            return stored.AsBsonArray;
        var message = Read(document);
        return [Event(new PendingEvent(message.Id, message.GroupId, message.Id, 1, message.InsertedAt, MessageEventFactory.Created(message)))];
    }

    public static BsonDocument Event(PendingEvent pending) => new()
    {
        ["id"] = Bson.Id(pending.EventId),
        ["revision"] = pending.Revision,
        ["kind"] = MessageEventFactory.KindOf(pending.Event),
        ["payload"] = JsonSerializer.Serialize(pending.Event, pending.Event.GetType(), WireJson.Options),
        ["at"] = Bson.Time(pending.OccurredAt),
    };

    public static PendingEvent ReadEvent(Guid groupId, Guid messageId, BsonDocument stored) => new(
        stored["id"].AsGuid, groupId, messageId, stored["revision"].ToInt32(), Bson.Time(stored["at"]),
        MessageEventFactory.Read(stored["kind"].AsString, stored["payload"].AsString));

    /// <summary>The words by which it is found; null without any.</summary>
    public static BsonArray? Terms(Message message) => SearchTerms.Of(message.Content) is { Count: > 0 } terms ? [.. terms] : null;

    private static string FieldOf(string consumer) => consumer.Replace('.', '_');

    private static IEnumerable<(string Name, BsonValue? Value)> Changeable(Message message) =>
    [
        ("content", message.Content is null ? null : (BsonValue)message.Content),
        ("mentions", message.Mentions.Count == 0 ? null : new BsonArray(message.Mentions.Select(id => Bson.Id(id)))),
        ("reactions", message.Reactions.Count == 0 ? null : new BsonArray(message.Reactions.Select(r =>
            new BsonDocument { ["emoji"] = r.Emoji, ["by"] = Bson.Bytes(r.ProfileIds) }))),
        ("terms", Terms(message)),
        ("edited_at", message.EditedAt is { } edited ? Bson.Time(edited) : null),
        ("deleted_at", message.DeletedAt is { } deleted ? Bson.Time(deleted) : null),
        ("changed", message.Changed is { } changed ? new BsonInt64(changed) : null),
    ];
}

/// <summary>Values as BSON has them.</summary>
internal static class Bson
{
    public static BsonBinaryData Id(Guid id) => new(id, GuidRepresentation.Standard);

    public static BsonBinaryData? Id(Guid? id) => id is { } there ? Id(there) : null;

    /// <summary>Many ids as one value.</summary>
    public static BsonBinaryData Bytes(IReadOnlyList<Guid> ids)
    {
        var bytes = new byte[16 * ids.Count];
        for (var i = 0; i < ids.Count; i++)
            ids[i].TryWriteBytes(bytes.AsSpan(16 * i), bigEndian: true, out _);
        return new BsonBinaryData(bytes);
    }

    public static Guid[] Ids(byte[] bytes) =>
        [.. Enumerable.Range(0, bytes.Length / 16).Select(i => new Guid(bytes.AsSpan(16 * i, 16), bigEndian: true))];

    public static BsonDateTime Time(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    public static DateTimeOffset Time(BsonValue time) => DateTimeOffset.FromUnixTimeMilliseconds(time.AsBsonDateTime.MillisecondsSinceEpoch);
}
