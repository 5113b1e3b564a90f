using System.Text;
using System.Text.Json;
using Beat.Messaging.Shared.Hosting.Json;
using Microsoft.Data.Sqlite;

namespace Beat.Messaging.Messages.Store.Sqlite;

/// <summary>A message as a row of <c>messages</c>.</summary>
internal static class SqliteMessageRows
{
    public const string Columns =
        "group_id, seq, id, type, sender_id, content, mentions, reply_to, garment_id, borrow, client_message_id, request_hash, " +
        "inserted_at, edited_at, deleted_at, revision, changed, reactions, reply_to_sender_id";

    public static readonly int ColumnCount = Columns.Split(',').Length;

    /// <summary>The values of <see cref="Columns"/>, in their order.</summary>
    public static void Bind(SqliteParameterCollection parameters, Message message)
    {
        object?[] values =
        [
            message.GroupId, message.Seq, message.Id, (int)message.Type, message.SenderId, message.Content, message.Mentions,
            message.ReplyTo, message.GarmentId,
            message.Borrow is { } borrow ? JsonSerializer.Serialize(borrow, WireJson.Options) : null, message.ClientMessageId,
            message.RequestHash, message.InsertedAt, message.EditedAt, message.DeletedAt, message.Revision, message.Changed,
            Json(message.Reactions), message.ReplyToSenderId,
        ];
        for (var i = 0; i < values.Length; i++)
            parameters[i].Value = SqliteCommands.Value(values[i]);
    }

    public static Message Read(SqliteDataReader row) => new()
    {
        GroupId = row.Id(0),
        Seq = row.GetInt64(1),
        Id = row.Id(2),
        Type = (MessageType)row.GetInt32(3),
        SenderId = row.Id(4),
        Content = row.IsDBNull(5) ? null : row.GetString(5),
        Mentions = row.IsDBNull(6) ? [] : SqliteCommands.Ids((byte[])row.GetValue(6)),
        ReplyTo = row.IsDBNull(7) ? null : row.Id(7),
        GarmentId = row.IsDBNull(8) ? null : row.Id(8),
        Borrow = row.IsDBNull(9) ? null : JsonSerializer.Deserialize<BorrowProposal>(row.GetString(9), WireJson.Options),
        ClientMessageId = row.GetString(10),
        RequestHash = (byte[])row.GetValue(11),
        InsertedAt = row.Time(12),
        EditedAt = row.IsDBNull(13) ? null : row.Time(13),
        DeletedAt = row.IsDBNull(14) ? null : row.Time(14),
        Revision = row.GetInt32(15),
        Changed = row.IsDBNull(16) ? null : row.GetInt64(16),
        Reactions = row.IsDBNull(17)
            ? []
            : [.. JsonSerializer.Deserialize<List<StoredReaction>>(row.GetString(17), WireJson.Options)!
                .Select(r => new Reaction(r.Emoji, SqliteCommands.Ids(r.By)))],
        ReplyToSenderId = row.IsDBNull(18) ? null : row.Id(18),
    };

    public static List<Message> ReadAll(SqliteCommand command)
    {
        var messages = new List<Message>();
        using var row = command.ExecuteReader();
        while (row.Read())
            messages.Add(Read(row));
        return messages;
    }

    /// <summary>The column of reactions; null without any.</summary>
    public static string? Json(IReadOnlyList<Reaction> reactions) => reactions.Count == 0
        ? null
        : JsonSerializer.Serialize(
            reactions.Select(r => new StoredReaction(r.Emoji, SqliteCommands.Bytes(r.ProfileIds))), WireJson.Options);

    /// <summary>Terms as the index has them: every one after the group that it is of, which has 32 digits.</summary>
    public static string Terms(Guid groupId, IReadOnlyList<string> terms)
    {
        if (terms.Count == 0)
            return "";
        Span<char> group = stackalloc char[32];
        groupId.TryFormat(group, out _, "N");
        var text = new StringBuilder(terms.Count * 48);
        foreach (var term in terms)
            text.Append(group).Append(term).Append(' ');
        return text.Remove(text.Length - 1, 1).ToString();
    }

    /// <param name="By">Ids, 16 bytes each: thousands may react.</param>
    private sealed record StoredReaction(string Emoji, byte[] By);
}
