using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Beat.Messaging.Messages;

/// <summary>A message as it is stored.</summary>
internal sealed record Message
{
    /// <summary>Of its content, in Unicode code points.</summary>
    public const int MaxLength = 4000;

    public required Guid Id { get; init; }

    public required Guid GroupId { get; init; }

    /// <summary>Its place in the group; 0 until the sequencer has numbered it.</summary>
    public long Seq { get; init; }

    public required MessageType Type { get; init; }

    /// <summary>The nil UUID for a system message.</summary>
    public required Guid SenderId { get; init; }

    /// <summary>As sent; null in a tombstone.</summary>
    public required string? Content { get; init; }

    public IReadOnlyList<Guid> Mentions { get; init; } = [];

    public Guid? ReplyTo { get; init; }

    /// <summary>
    /// Who sent the message that this one answers, for its events. Null when it answers none or a system message, and in one that
    /// was stored on MongoDB before this was noted.
    /// </summary>
    public Guid? ReplyToSenderId { get; init; }

    public Guid? GarmentId { get; init; }

    public BorrowProposal? Borrow { get; init; }

    /// <summary>
    /// Unique with group and sender for the life of the message; the message's own id when the client chose none.
    /// </summary>
    public required string ClientMessageId { get; init; }

    /// <summary>In the order in which they first came; none in a tombstone.</summary>
    public IReadOnlyList<Reaction> Reactions { get; init; } = [];

    /// <summary>SHA-256 of the request as first sent; edits do not change it.</summary>
    public required byte[] RequestHash { get; init; }

    public required DateTimeOffset InsertedAt { get; init; }

    public DateTimeOffset? EditedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>1 when sent; every change adds one.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>When it was last changed, as <see cref="ChangeCursor"/> counts; null for one that was not.</summary>
    public long? Changed { get; init; }

    /// <summary>Whether it was sent with the same bound values as <paramref name="other"/>, whatever was edited since.</summary>
    public bool IsSameRequest(Message other) => RequestHash.AsSpan().SequenceEqual(other.RequestHash);
}

/// <summary>What a message says: not empty, and not too long.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class MessageContentAttribute() : TextLengthAttribute(1, Message.MaxLength)
{
    protected override ValidationResult TooLong() => new ProblemResult(MessageProblems.TooLong);
}

internal enum MessageType
{
    Text = 0,
    Borrow = 1,
    System = 2,
}

/// <summary>The cursor of changes: microseconds since 1970, shown as 20 digits that compare as text.</summary>
internal static class ChangeCursor
{
    /// <summary>Changes of two nodes may overlap within this, so no answer's cursor is younger.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(5);

    /// <summary>How far before a cursor the first page of changes begins.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromSeconds(60);

    public static long At(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static string Format(long cursor) => cursor.ToString("D20", CultureInfo.InvariantCulture);

    /// <summary>What an answer may promise: nothing younger than what is surely settled.</summary>
    public static string Settled(long largest, DateTimeOffset now) => Format(Math.Min(largest, At(now - SettleTime)));

    public static bool TryRead(string text, out long cursor)
    {
        cursor = 0;
        return text.Length == 20 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cursor);
    }
}
