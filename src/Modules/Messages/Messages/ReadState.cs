namespace Beat.Messaging.Messages;

/// <summary>Where a group's history ends, as far as the module's own events told.</summary>
internal sealed class KnownHead
{
    public required Guid GroupId { get; init; }

    public long HeadSeq { get; set; }

    public Guid LastMessageId { get; set; }

    /// <summary>When that message was stored.</summary>
    public DateTimeOffset LastActivityAt { get; set; }

    /// <summary>Takes a message that may be older than what is known.</summary>
    public void MoveTo(long seq, Guid messageId, DateTimeOffset insertedAt)
    {
        if (seq > HeadSeq)
            (HeadSeq, LastMessageId, LastActivityAt) = (seq, messageId, insertedAt);
    }
}

/// <summary>Up to where somebody has read a group. The row stays when they go.</summary>
internal sealed class ReadMark
{
    public required Guid GroupId { get; init; }

    public required Guid ProfileId { get; init; }

    /// <summary>Of the last message that they have read; everything above it is unread.</summary>
    public long Seq { get; set; }

    /// <summary>The version of the group's memberships by which they came in last, so that its event counts once.</summary>
    public long Version { get; set; }

    /// <summary>Never moves back.</summary>
    /// <returns>Whether it moved.</returns>
    public bool MoveTo(long seq)
    {
        if (seq <= Seq)
            return false;
        Seq = seq;
        return true;
    }
}

/// <summary>Somebody is named in a message.</summary>
internal sealed class Mention
{
    public required Guid MessageId { get; init; }

    /// <summary>The nil UUID where nobody is named any more: it keeps the revision.</summary>
    public required Guid ProfileId { get; init; }

    public required Guid GroupId { get; init; }

    public long Seq { get; init; }

    /// <summary>Of the message, from which the list is: an older one, which comes late, changes nothing.</summary>
    public int Revision { get; set; }
}
