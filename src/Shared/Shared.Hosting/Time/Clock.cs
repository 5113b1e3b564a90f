namespace Beat.Messaging.Shared.Hosting.Time;

/// <summary>Times as they are stored and shown.</summary>
public static class Clock
{
    /// <summary>
    /// Now in UTC, cut to milliseconds, so that what is answered at once equals what is read back from any store.
    /// </summary>
    public static DateTimeOffset Now(this TimeProvider time)
    {
        var now = time.GetUtcNow();
        return new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
    }
}
