namespace Beat.Messaging.Messages.Store;

/// <summary>
/// Where messages live. What is written is stored with its events (see <see cref="MessageOutbox"/>) in one atomic write per
/// message, on SQLite and on MongoDB alike. Every call ends within the time limit of a request, with its result or with
/// <see cref="StoreUnavailableException"/>.
/// </summary>
internal interface IMessageHistory
{
    /// <summary>
    /// Stores numbered messages in their order, so that nobody sees n+1 of a group before n, and durably. The unique keys
    /// (group, seq) and (group, sender, client_message_id) decide between writers.
    /// </summary>
    /// <param name="batch">At least one.</param>
    /// <returns>How many were stored, from the front; fewer than all when a key was taken.</returns>
    /// <exception cref="StoreUnavailableException">Unknown outcome: some may be stored.</exception>
    ValueTask<int> Append(IReadOnlyList<Message> batch);

    /// <summary>Those of the keys that are stored.</summary>
    ValueTask<IReadOnlyList<Message>> FindSent(IEnumerable<SendKey> keys);

    /// <summary>Heads of groups; one without messages is left out.</summary>
    ValueTask<IReadOnlyDictionary<Guid, GroupHead>> Heads(IEnumerable<Guid> groupIds);

    ValueTask<Message?> Get(Guid groupId, Guid messageId);

    /// <summary>Those of the messages that are there, each of any of the groups, in no order.</summary>
    ValueTask<IReadOnlyList<Message>> GetMany(IReadOnlyCollection<Guid> groupIds, IReadOnlyCollection<Guid> messageIds);

    /// <summary>At most <see cref="MessageQuery.Limit"/> messages, in the order that the query names.</summary>
    ValueTask<IReadOnlyList<Message>> Read(MessageQuery query);

    /// <summary>
    /// Replaces a message by its next revision, together with the event of that change. <see cref="Message.Changed"/> is set
    /// here: the larger of now and the largest of the group plus one.
    /// </summary>
    /// <returns>What is stored now, or null when the revision had moved on.</returns>
    ValueTask<Message?> Change(Message next, IIntegrationEvent happened, DateTimeOffset now);

    /// <summary>
    /// Raises a borrow message's revision and stamps it as changed, once for each move of its loan. There is no event with it:
    /// the move has one of its own, and what is pending of the message stays so.
    /// </summary>
    /// <param name="move">The number of the move.</param>
    /// <returns>What is stored now, or null when this move or a later one was noted before, or there is no such
    /// message.</returns>
    ValueTask<Message?> RecordMove(Guid groupId, Guid messageId, long move, DateTimeOffset now);

    /// <summary>Changes whenever a backup was restored: clients then drop what they hold.</summary>
    ValueTask<Guid> Epoch();

    /// <summary>After a restored backup: from now on clients that hold the former history are told to drop it.</summary>
    /// <returns>The new epoch.</returns>
    ValueTask<Guid> Renew();

    /// <summary>Deletes every message.</summary>
    ValueTask Reset();

    /// <summary>
    /// Gives some of what an earlier version of the tokenizer saw (<see cref="Shared.Hosting.Text.SearchText.Version"/>) the
    /// terms of this one, from where the last call ended, also that of an earlier start. Once all have them, that is known and
    /// nothing is done.
    /// </summary>
    /// <returns>Whether there may be more.</returns>
    ValueTask<bool> FillTerms(int limit);

    /// <summary>Completes when the store answers.</summary>
    ValueTask Ping();
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

    /// <summary>
    /// With, for each of these, a term that begins with one of its alternatives (<see cref="Search.SearchQuery.Terms"/>); not
    /// together with <see cref="ChangedAfter"/>.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> Terms { get; init; } = [];
}
