using System.Text.Json;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Search;
using Beat.Messaging.Shared.Hosting.Json;
using MongoDB.Bson;
using MongoDB.Bson.Serialization.Attributes;
using MongoDB.Driver;

namespace Beat.Messaging.Messages.Store.Mongo;

/// <summary>A message as a document of <c>group_messages</c>. A field without a value is left out.</summary>
internal sealed class MessageDocument
{
    public Guid Id { get; set; }

    public Guid GroupId { get; set; }

    public long Seq { get; set; }

    public MessageType Type { get; set; }

    public Guid SenderId { get; set; }

    public string ClientMessageId { get; set; } = "";

    public byte[] RequestHash { get; set; } = [];

    public DateTime InsertedAt { get; set; }

    public int Revision { get; set; }

    public string? Content { get; set; }

    public List<Guid>? Mentions { get; set; }

    public List<ReactionDocument>? Reactions { get; set; }

    /// <summary>The words by which it is found; never read back.</summary>
    public List<string>? Terms { get; set; }

    public DateTime? EditedAt { get; set; }

    public DateTime? DeletedAt { get; set; }

    public long? Changed { get; set; }

    public Guid? ReplyTo { get; set; }

    public Guid? ReplyToSenderId { get; set; }

    public Guid? GarmentId { get; set; }

    /// <summary>As its JSON.</summary>
    public BsonDocument? Borrow { get; set; }

    /// <summary>Consumers that have not settled it.</summary>
    public List<string>? Owed { get; set; }

    /// <summary>What they have not had; without it, only that the message was created.</summary>
    public List<EventDocument>? Events { get; set; }

    /// <summary>By consumer (<see cref="HadBy"/>), the revision up to which it had the events already.</summary>
    public Dictionary<string, int>? Had { get; set; }

    /// <summary>The last move of its loan that raised the revision.</summary>
    public long? BorrowMove { get; set; }

    /// <param name="owed">The consumers that want to know of it.</param>
    public static MessageDocument Of(Message message, IEnumerable<string> owed) => new()
    {
        Id = message.Id,
        GroupId = message.GroupId,
        Seq = message.Seq,
        Type = message.Type,
        SenderId = message.SenderId,
        ClientMessageId = message.ClientMessageId,
        RequestHash = message.RequestHash,
        InsertedAt = message.InsertedAt.UtcDateTime,
        Revision = message.Revision,
        Content = message.Content,
        Mentions = NullIfEmpty(message.Mentions),
        Reactions = ReactionDocument.Of(message.Reactions),
        Terms = TermsOf(message),
        EditedAt = message.EditedAt?.UtcDateTime,
        DeletedAt = message.DeletedAt?.UtcDateTime,
        Changed = message.Changed,
        ReplyTo = message.ReplyTo,
        ReplyToSenderId = message.ReplyToSenderId,
        GarmentId = message.GarmentId,
        Borrow = message.Borrow is { } borrow ? BsonDocument.Parse(JsonSerializer.Serialize(borrow, WireJson.Options)) : null,
        Owed = NullIfEmpty([.. owed]),
    };

    public Message ToMessage() => new()
    {
        Id = Id,
        GroupId = GroupId,
        Seq = Seq,
        Type = Type,
        SenderId = SenderId,
        Content = Content,
        Mentions = Mentions ?? [],
        ReplyTo = ReplyTo,
        ReplyToSenderId = ReplyToSenderId,
        GarmentId = GarmentId,
        Borrow = Borrow is null ? null : JsonSerializer.Deserialize<BorrowProposal>(Borrow.ToJson(), WireJson.Options),
        ClientMessageId = ClientMessageId,
        Reactions = Reactions is null ? [] : [.. Reactions.Select(r => new Reaction(r.Emoji, ReactionDocument.Ids(r.By)))],
        RequestHash = RequestHash,
        InsertedAt = InsertedAt,
        EditedAt = EditedAt,
        DeletedAt = DeletedAt,
        Revision = Revision,
        Changed = Changed,
    };

    /// <summary>The update that makes a stored message the next revision of it.</summary>
    public static UpdateDefinition<MessageDocument> ChangeTo(Message next)
    {
        var update = Builders<MessageDocument>.Update;
        var document = Of(next, []);
        return update.Combine(
            update.Set(d => d.Revision, next.Revision),
            SetOrUnset("content", document.Content),
            SetOrUnset("mentions", document.Mentions),
            SetOrUnset("reactions", document.Reactions),
            SetOrUnset("terms", document.Terms),
            SetOrUnset("edited_at", document.EditedAt),
            SetOrUnset("deleted_at", document.DeletedAt),
            SetOrUnset("changed", document.Changed));

        UpdateDefinition<MessageDocument> SetOrUnset<T>(string field, T? value) =>
            value is null ? update.Unset(field) : update.Set(field, value);
    }

    /// <summary>The field with the revision up to which the consumer had the events.</summary>
    public static string HadBy(string consumer) => $"had.{FieldOf(consumer)}";

    /// <summary>What is pending of it for a consumer that it is owed to, in order of revision.</summary>
    public IEnumerable<MessageEvent> Pending(string consumer)
    {
        var had = Had?.GetValueOrDefault(FieldOf(consumer)) ?? 0;
        return PendingForSomebody().Select(e => e.ToEvent(GroupId, Id)).Where(e => e.Revision > had);
    }

    /// <summary>What is pending of it for a consumer that is owed it, whoever that is.</summary>
    public List<EventDocument> PendingForSomebody() => Events ??
        [EventDocument.Of(new MessageEvent(Id, GroupId, Id, 1, InsertedAt, MessageEventFactory.Created(ToMessage())))];

    /// <summary>The words by which it is found; null without any.</summary>
    public static List<string>? TermsOf(Message message) => NullIfEmpty(SearchTerms.Of(message.Content));

    private static string FieldOf(string consumer) => consumer.Replace('.', '_');

    private static List<T>? NullIfEmpty<T>(IReadOnlyList<T> values) => values.Count == 0 ? null : [.. values];
}

internal sealed class ReactionDocument
{
    public string Emoji { get; set; } = "";

    /// <summary>Ids, one after the other, 16 bytes each: thousands may react.</summary>
    public byte[] By { get; set; } = [];

    public static List<ReactionDocument>? Of(IReadOnlyList<Reaction> reactions) => reactions.Count == 0
        ? null
        : [.. reactions.Select(
            r => new ReactionDocument { Emoji = r.Emoji,
                By = [.. r.ProfileIds.SelectMany(id => id.ToByteArray(bigEndian: true))] })];

    public static Guid[] Ids(byte[] by) => [.. by.Chunk(16).Select(id => new Guid(id, bigEndian: true))];
}

/// <summary>An event of a message.</summary>
internal sealed class EventDocument
{
    [BsonElement("id")]
    public Guid EventId { get; set; }

    public int Revision { get; set; }

    /// <summary>See <see cref="MessageEventFactory.KindOf"/>.</summary>
    public string Kind { get; set; } = "";

    /// <summary>JSON.</summary>
    public string Payload { get; set; } = "";

    public DateTime At { get; set; }

    public static EventDocument Of(MessageEvent happened) => new()
    {
        EventId = happened.EventId,
        Revision = happened.Revision,
        Kind = MessageEventFactory.KindOf(happened.Event),
        Payload = JsonSerializer.Serialize(happened.Event, happened.Event.GetType(), WireJson.Options),
        At = happened.OccurredAt.UtcDateTime,
    };

    public MessageEvent ToEvent(Guid groupId, Guid messageId) =>
        new(EventId, groupId, messageId, Revision, At, MessageEventFactory.Read(Kind, Payload));
}

/// <summary>A delivery that failed, as a document of <c>group_messages_parked</c>; without a due time it is parked.</summary>
internal sealed class FailedDocument
{
    public ObjectId Id { get; set; }

    public string Consumer { get; set; } = "";

    public Guid EventId { get; set; }

    public Guid GroupId { get; set; }

    public Guid MessageId { get; set; }

    public EventDocument Event { get; set; } = new();

    public string Error { get; set; } = "";

    public int Attempts { get; set; }

    public DateTime? DueAt { get; set; }

    public MessageEvent ToEvent() => Event.ToEvent(GroupId, MessageId);
}

/// <summary>A document of <c>group_messages_state</c>, by its id: <c>epoch</c>, <c>consumers</c> or <c>terms</c>.</summary>
internal sealed class StateDocument
{
    public string Id { get; set; } = "";

    /// <summary>The epoch.</summary>
    public Guid? Value { get; set; }

    /// <summary>Of all who ever subscribed.</summary>
    public List<string>? Names { get; set; }

    /// <summary>
    /// Whether messages are left without terms of <see cref="Version"/>; the state of a version before the first has no number.
    /// </summary>
    public bool? More { get; set; }

    public int? Version { get; set; }

    /// <summary>The message up to which all have them.</summary>
    public Guid? After { get; set; }
}
