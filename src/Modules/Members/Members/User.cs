using Beat.Messaging.Shared.Hosting.Text;

namespace Beat.Messaging.Members;

/// <summary>A person of the platform, as the auth service tells of them.</summary>
internal sealed class User
{
    public const int NameLimit = 100;

    public required Guid ProfileId { get; init; }

    public string? AuthId { get; set; }

    public string? DisplayName { get; private set; }

    /// <summary>The name as it is looked for; empty without a name.</summary>
    public string SearchName { get; private set; } = "";

    /// <summary>The <see cref="SearchText.Version"/> that made it.</summary>
    public int FoldingVersion { get; private set; }

    /// <summary>
    /// When the name was given, by the clock of the service that said so: an older event does not bring an older name back.
    /// </summary>
    public DateTimeOffset NamedAt { get; set; }

    /// <summary><c>user_created</c> or <c>profile_created</c> named them.</summary>
    public bool IsCreated { get; set; }

    /// <summary>For good: a late event of the same person does not bring them back.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>By the clock of the node that heard of it.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public long Version { get; set; }

    public bool IsKnown => IsCreated && !IsDeleted;

    public void Name(string? displayName)
    {
        DisplayName = displayName;
        Fold();
    }

    /// <summary>Makes anew what is made of the name.</summary>
    public void Fold() => (SearchName, FoldingVersion) = (SearchText.Normalize(DisplayName ?? ""), SearchText.Version);
}
