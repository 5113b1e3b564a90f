namespace Beat.Messaging.Members.Contracts;

/// <summary>
/// Where people come from: the platform's events about them, from Kafka and, in development, from the built-in issuer. Each is
/// safe to repeat, and they may come in any order.
/// </summary>
public interface IPeople
{
    /// <summary><c>user_created</c> reserves someone, <c>profile_created</c> activates them and brings the name.</summary>
    /// <param name="displayName">Null leaves the name as it is.</param>
    /// <param name="at">When it happened: an older event does not bring an older name back.</param>
    Task Created(Guid profileId, string? authId, string? displayName, DateTimeOffset at, CancellationToken ct);

    /// <summary><c>profile_updated</c>.</summary>
    Task Updated(Guid profileId, string? authId, string? displayName, DateTimeOffset at, CancellationToken ct);

    /// <summary><c>profile_deleted</c>: no longer known, and out of every group.</summary>
    Task Deleted(Guid profileId, CancellationToken ct);
}
