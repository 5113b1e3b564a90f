using Microsoft.Data.Sqlite;

namespace Beat.Messaging.Messages.Store.Sqlite;

/// <summary>Statements and values as the message files have them: ids as 16 bytes, times as milliseconds since 1970.</summary>
internal static class SqliteCommands
{
    /// <summary>Creates a statement, in the transaction that the connection is in.</summary>
    /// <param name="parameters">Their names, and what they are at first; see <see cref="Value"/>.</param>
    public static SqliteCommand Command(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.Add(new SqliteParameter { ParameterName = name, Value = Value(value) });
        return command;
    }

    /// <summary>Runs a statement.</summary>
    /// <returns>How many rows it changed.</returns>
    public static int Execute(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = connection.Command(sql, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>Gives a parameter another value.</summary>
    public static void Set(this SqliteCommand command, string name, object? value) =>
        command.Parameters[name].Value = Value(value);

    public static object Value(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id => id.ToByteArray(bigEndian: true),
        DateTimeOffset time => time.ToUnixTimeMilliseconds(),
        IReadOnlyList<Guid> { Count: 0 } => DBNull.Value,
        IReadOnlyList<Guid> ids => Bytes(ids),
        _ => value,
    };

    /// <summary>The ids one after the other.</summary>
    public static byte[] Bytes(IReadOnlyList<Guid> ids)
    {
        var bytes = new byte[16 * ids.Count];
        for (var i = 0; i < ids.Count; i++)
            ids[i].TryWriteBytes(bytes.AsSpan(16 * i), bigEndian: true, out _);
        return bytes;
    }

    /// <summary>The inverse of <see cref="Bytes"/>.</summary>
    public static Guid[] Ids(byte[] bytes)
    {
        var ids = new Guid[bytes.Length / 16];
        for (var i = 0; i < ids.Length; i++)
            ids[i] = new Guid(bytes.AsSpan(16 * i, 16), bigEndian: true);
        return ids;
    }

    public static Guid Id(this SqliteDataReader row, int column) => new((byte[])row.GetValue(column), bigEndian: true);

    public static DateTimeOffset Time(this SqliteDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
