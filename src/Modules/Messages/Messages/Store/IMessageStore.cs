using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Infrastructure.Persistence;

namespace Beat.Messaging.Messages.Store;

/// <summary>
/// Where messages live, with the events that are pending for them in the same write. SQLite now; what it promises is what MongoDB
/// can promise too: each call is one atomic write per document.
/// </summary>
internal interface IMessageStore : IMessageEpoch
{
    /// <summary>
    /// Stores numbered messages in their order, so that nobody sees n+1 of a group before n, and durably. The unique keys
    /// (group, seq) and (group, sender, client_message_id) decide between writers.
    /// </summary>
    /// <returns>How many were stored, from the front; fewer than all when a key was taken.</returns>
    /// <exception cref="StoreUnavailableException">Unknown outcome: some may be stored.</exception>
    int Append(IReadOnlyList<Message> batch);

    /// <summary>Those of the keys that are stored.</summary>
    IReadOnlyList<Message> FindSent(IEnumerable<SendKey> keys);

    /// <summary>Heads of groups; one without messages is left out.</summary>
    IReadOnlyDictionary<Guid, GroupHead> Heads(IEnumerable<Guid> groupIds);

    Message? Get(Guid groupId, Guid messageId);

    /// <summary>At most <see cref="MessageQuery.Limit"/> messages, in the order that the query names.</summary>
    IReadOnlyList<Message> Read(MessageQuery query);

    /// <summary>
    /// Replaces a message by its next revision, together with the event of that change. <see cref="Message.Changed"/> is set here:
    /// the larger of now and the largest of the group plus one.
    /// </summary>
    /// <returns>What is stored now, or null when the revision had moved on.</returns>
    Message? Change(Message next, IIntegrationEvent happened, DateTimeOffset now);

    /// <summary>Changes whenever a backup was restored: clients then drop what they hold.</summary>
    Guid Epoch();

    /// <summary>Keeps events for a consumer from now on, durably; nothing new for one that is known.</summary>
    void Subscribe(string consumer);

    /// <summary>Events that a subscribed consumer has not settled yet: creations in order of seq, changes of a message in order of revision.</summary>
    PendingEvents Pending(string consumer, int limit);

    /// <summary>The consumer has taken all of <paramref name="events"/>.</summary>
    void Settle(string consumer, PendingEvents events);

    /// <summary>Forgets events of changes that happened before <paramref name="before"/> and that every consumer has settled.</summary>
    void Prune(DateTimeOffset before);

    /// <summary>Notes an event that a consumer could not take, for good or until it is replayed.</summary>
    void Park(string consumer, PendingEvent failed, string error);

    IReadOnlyList<(string Consumer, PendingEvent Event)> Parked();

    /// <summary>It was delivered after all.</summary>
    void Unpark(string consumer, Guid eventId);
}

/// <summary>What makes a send unique.</summary>
internal readonly record struct SendKey(Guid GroupId, Guid SenderId, string ClientMessageId);

/// <param name="Seq">Of the newest message.</param>
/// <param name="Changed">The largest change cursor, 0 without changes.</param>
internal readonly record struct GroupHead(long Seq, long Changed);

/// <summary>Which messages of a group, and from where.</summary>
internal sealed record MessageQuery(Guid GroupId, int Limit)
{
    /// <summary>Older than this, newest first.</summary>
    public long? Before { get; init; }

    /// <summary>Newer than this, oldest first.</summary>
    public long? After { get; init; }

    /// <summary>Changed after this position, by it; ties by seq.</summary>
    public (long Changed, long Seq)? ChangedAfter { get; init; }

    public MessageType? Type { get; init; }

    public Guid? GarmentId { get; init; }
}

/// <param name="Happened">The event as siblings get it.</param>
/// <param name="EventId">The same at every delivery.</param>
internal sealed record PendingEvent(Guid EventId, Guid GroupId, Guid MessageId, int Revision, DateTimeOffset OccurredAt, IIntegrationEvent Happened);

/// <param name="CreatedUpTo">Where the consumer then stands among the creations.</param>
/// <param name="ChangedUpTo">And among the changes.</param>
internal sealed record PendingEvents(IReadOnlyList<PendingEvent> Events, long CreatedUpTo, long ChangedUpTo);
