using System.Collections.Concurrent;

namespace Beat.Messaging.Shared.Hosting.Auth;

/// <summary>
/// Whose profile was deleted, in memory, so that every request can be checked: their tokens stay valid until they expire. Filled
/// by the module that knows people.
/// </summary>
public sealed class DeletedProfiles
{
    private readonly ConcurrentDictionary<Guid, bool> profiles = new();

    /// <summary>Once for each; handlers return at once.</summary>
    public event Action<Guid>? Added;

    public bool Contains(Guid profileId) => profiles.ContainsKey(profileId);

    /// <summary>For good.</summary>
    public void Add(Guid profileId)
    {
        if (profiles.TryAdd(profileId, true))
            Added?.Invoke(profileId);
    }
}
