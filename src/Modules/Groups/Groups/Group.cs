using Beat.Messaging.Shared.Hosting.Text;

namespace Beat.Messaging.Groups;

/// <summary>A group of people, public or private.</summary>
internal sealed class Group
{
    public const int NameLimit = 100;
    public const int DescriptionLimit = 500;
    public const int AvatarUrlLimit = 2048;

    public required Guid Id { get; init; }

    public required Guid CreatorId { get; init; }

    public string Name { get; private set; } = "";

    /// <summary>The name as it is looked for.</summary>
    public string SearchName { get; private set; } = "";

    /// <summary>
    /// Unique among the creator's groups (<see cref="SearchText.UniqueKey"/>). The id of one that was there before keys were,
    /// until the name is folded, and for good if another group had the name's key already.
    /// </summary>
    public string NameKey { get; private set; } = "";

    /// <summary>The <see cref="SearchText.Version"/> that made both.</summary>
    public int FoldingVersion { get; private set; }

    public required string Description { get; set; }

    public required bool IsPublic { get; set; }

    public string? AvatarUrl { get; set; }

    public required Guid OwnerId { get; set; }

    /// <summary>The version of Members' counter that named the owner; 0 for the creator.</summary>
    public long OwnerVersion { get; set; }

    public int SustainabilityPoints { get; set; }

    public int Xp { get; set; }

    /// <summary>Counts the changes that make an event; see <see cref="Contracts.GroupResponse"/>.</summary>
    public long Revision { get; set; } = 1;

    public required DateTimeOffset InsertedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }

    /// <summary>When somebody last said something; orders the list of one's groups.</summary>
    public required DateTimeOffset LastActivityAt { get; set; }

    /// <summary>A deleted group is kept, readable by nobody; its name is free again.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>The <c>Idempotency-Key</c> that it was made under, and the SHA-256 of that request.</summary>
    public string? IdempotencyKey { get; set; }

    public string? RequestHash { get; set; }

    public void Rename(string name)
    {
        if (Name == name)
            return;
        Name = name;
        UpdateSearchName(isKeyFree: true);
    }

    /// <summary>Makes anew what is made of the name.</summary>
    /// <param name="isKeyFree">Otherwise it keeps the key that it has.</param>
    public void UpdateSearchName(bool isKeyFree)
    {
        (SearchName, FoldingVersion) = (SearchText.Normalize(Name), SearchText.Version);
        if (isKeyFree)
            NameKey = SearchText.UniqueKey(Name);
    }

    public void Changed(DateTimeOffset now)
    {
        Revision++;
        UpdatedAt = now;
    }

    /// <summary>The event of its making.</summary>
    public Contracts.GroupCreated ToCreated(string creatorAuthId) =>
        new(Id, CreatorId, creatorAuthId, Name, IsPublic, Description, AvatarUrl, InsertedAt);

    /// <summary>The event of its last change.</summary>
    public Contracts.GroupUpdated ToUpdated(Guid actorId) =>
        new(Id, actorId, Name, Description, IsPublic, AvatarUrl, SustainabilityPoints, Xp, InsertedAt, UpdatedAt);
}
