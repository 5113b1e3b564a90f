namespace Beat.Messaging.Members;

/// <summary>A person of the platform, as the auth service tells of them.</summary>
internal sealed class User
{
    public required Guid ProfileId { get; init; }

    public string? AuthId { get; set; }

    public string? DisplayName { get; set; }

    /// <summary>The name as it is looked for; empty without a name.</summary>
    public string SearchName { get; set; } = "";

    /// <summary>When the name was given, by the clock of the service that said so: an older event does not bring an older name back.</summary>
    public DateTimeOffset NamedAt { get; set; }

    /// <summary><c>user_created</c> or <c>profile_created</c> named them.</summary>
    public bool IsCreated { get; set; }

    /// <summary>For good: a late event of the same person does not bring them back.</summary>
    public bool IsDeleted { get; set; }

    /// <summary>By the clock of the node that heard of it.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    public long Version { get; set; }

    public bool IsKnown => IsCreated && !IsDeleted;
}
