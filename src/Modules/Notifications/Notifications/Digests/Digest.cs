namespace Beat.Messaging.Notifications.Digests;

/// <summary>How far the messages of a group are told to somebody who wants all of them, as one notification that grows.</summary>
internal sealed class Digest
{
    /// <summary>How long it stays as it was told.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(10);

    public required Guid GroupId { get; init; }

    public required Guid ProfileId { get; init; }

    /// <summary>The last message that was looked at: one that comes again counts once.</summary>
    public long Seq { get; set; }

    /// <summary>The notification that grows while it is unread.</summary>
    public Guid? NotificationId { get; set; }

    /// <summary>Messages since it was new.</summary>
    public int Count { get; set; }

    /// <summary>Which they are, as <see cref="SeqRanges"/>; those of before there was this are not in it.</summary>
    public string Counted { get; set; } = "";

    public long FirstSeq { get; set; }

    public long LastSeq { get; set; }

    /// <summary>When it was last told.</summary>
    public DateTimeOffset ToldAt { get; set; }

    /// <summary>When it is told again; null when all of it is told.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Begins anew, with nothing counted.</summary>
    public void Begin() => (Count, Counted) = (0, "");

    public void Add(long seq)
    {
        (Count, Counted, LastSeq) = (Count + 1, SeqRanges.Append(Counted, seq), seq);
        if (Count == 1)
            FirstSeq = seq;
    }

    /// <returns>Whether any of them was counted.</returns>
    public bool Remove(IReadOnlyList<long> seqs)
    {
        var left = seqs.Aggregate(Counted, SeqRanges.Remove);
        var gone = (int)(SeqRanges.Count(Counted) - SeqRanges.Count(left));
        if (gone == 0)
            return false;
        (Count, Counted) = (Count - gone, left);
        if (SeqRanges.Count(left) == Count && Count > 0)
            (FirstSeq, LastSeq) = SeqRanges.Ends(left);
        return true;
    }
}
