namespace Beat.Messaging.Widgets;

/// <summary>As it is stored.</summary>
internal sealed class Widget
{
    public const int MaxTitle = 200;

    public required Guid Id { get; init; }

    public required Guid GroupId { get; init; }

    public required Guid CreatorId { get; init; }

    public required string Title { get; init; }

    public required DateTimeOffset InsertedAt { get; init; }

    public WidgetResponse ToResponse() => new(Id, GroupId, CreatorId, Title, InsertedAt);
}

/// <summary>As the members of its group see it.</summary>
/// <param name="CreatorId">Who made it.</param>
internal sealed record WidgetResponse(Guid Id, Guid GroupId, Guid CreatorId, string Title, DateTimeOffset InsertedAt);
