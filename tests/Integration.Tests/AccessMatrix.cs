namespace Beat.Messaging.Integration.Tests;

/// <summary>A private group with somebody of every rank in it, a message and an offer to lend of the member's, and an invite of the
/// member's.</summary>
internal sealed record World(Guid Group, Guid OtherGroup, Guid Message, Guid Offer, Guid Invite, string InviteToken, Guid Notification, Cast Cast);

/// <summary>People who act in every world.</summary>
internal sealed record Cast(Person Stranger, Person Removed, Person Member, Person Moderator, Person Admin, Person Owner, Person Target, Person Invitee, Person Past);

/// <summary>
/// Who may do what: a row per endpoint and per hub method, with the status for each kind of person. An endpoint without a row
/// fails the test. Order: stranger, removed, member, moderator, admin, owner; then the owner of another group with this one's ids. A past
/// member finds an invite, a message, a running loan and a notification of their own where the others find the member's; they are
/// refused like one who was removed unless the row says otherwise.
/// </summary>
internal static class AccessMatrix
{
    private const int None = 0;
    private const string Like = "%F0%9F%91%8D";

    public static IReadOnlyList<Row> Rest { get; } =
    [
        new("GET /groups", _ => "groups", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /groups/public", _ => "groups/public", null, 200, 200, 200, 200, 200, 200, None),
        new("POST /groups", _ => "groups", _ => new { name = $"{Guid.NewGuid()}", description = "d" }, 201, 201, 201, 201, 201, 201, None),
        new("GET /groups/{id}", w => $"groups/{w.Group}", null, 404, 404, 200, 200, 200, 200, 404),
        new("PUT /groups/{id}", w => $"groups/{w.Group}", _ => new { description = "n" }, 404, 404, 403, 403, 200, 200, 404),
        new("PATCH /groups/{id}", w => $"groups/{w.Group}", _ => new { description = "m" }, 404, 404, 403, 403, 200, 200, 404),
        new("DELETE /groups/{id}", w => $"groups/{w.Group}", null, 404, 404, 403, 403, 403, 204, 404),
        new("GET /groups/{id}/points", w => $"groups/{w.Group}/points", null, 404, 404, 200, 200, 200, 200, 404),
        new("GET /groups/{id}/leaderboard", w => $"groups/{w.Group}/leaderboard", null, 404, 404, 200, 200, 200, 200, 404),
        new("GET /groups/{id}/members", w => $"groups/{w.Group}/members", null, 404, 404, 200, 200, 200, 200, 404),
        new("GET /groups/{id}/presence", w => $"groups/{w.Group}/presence", null, 404, 404, 200, 200, 200, 200, 404),
        new("POST /groups/{id}/join", w => $"groups/{w.Group}/join", null, 404, 404, 200, 200, 200, 200, 404),
        new("POST /groups/{id}/leave", w => $"groups/{w.Group}/leave", null, 404, 404, 204, 204, 204, 409, 404),
        new("POST /groups/{id}/transfer", w => $"groups/{w.Group}/transfer", w => new { member_id = w.Cast.Target.Id }, 404, 404, 403, 403, 403, 200, 404),
        new("DELETE /groups/{id}/kick", w => $"groups/{w.Group}/kick", w => new { member_id = w.Cast.Target.Id }, 404, 404, 403, 200, 200, 200, 404),
        new("DELETE /groups/{id}/members/{profile_id}", w => $"groups/{w.Group}/members/{w.Cast.Target.Id}", null, 404, 404, 403, 200, 200, 200, 404),
        new("PATCH /groups/{id}/role", w => $"groups/{w.Group}/role", w => new { member_id = w.Cast.Target.Id, name = "moderator" }, 404, 404, 403, 403, 200, 200, 404),
        new("PATCH /groups/{id}/members/{profile_id}", w => $"groups/{w.Group}/members/{w.Cast.Target.Id}", _ => new { role = "moderator" }, 404, 404, 403, 403, 200, 200, 404),
        new("GET /users", w => $"users?ids={w.Cast.Member.Id}", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /users/me/export", _ => "users/me/export", null, 200, 200, 200, 200, 200, 200, None),
        new("POST /groups/{id}/invites", w => $"groups/{w.Group}/invites", w => new { invitee_id = w.Cast.Stranger.Id }, 404, 404, 201, 201, 201, 201, 404),
        new("GET /groups/{id}/invites", w => $"groups/{w.Group}/invites", null, 404, 404, 200, 200, 200, 200, 404),
        new("GET /invites", _ => "invites", null, 200, 200, 200, 200, 200, 200, None),
        // The invite is the member's: they and those above may see, revoke and resend it; nobody here may accept it. The past member's is
        // the one that they came by; one that they sent is in RemovalTests.
        new("GET /invites/{id}", w => $"invites/{w.Invite}", null, 404, 404, 200, 200, 200, 200, 404, Past: 200),
        new("DELETE /invites/{id}", w => $"invites/{w.Invite}", null, 404, 404, 204, 204, 204, 204, 404),
        new("POST /invites/{id}/resend", w => $"invites/{w.Invite}/resend", null, 404, 404, 429, 429, 429, 429, 404),
        new("POST /invites/{id}/accept", w => $"invites/{w.Invite}/accept", null, 404, 404, 404, 404, 404, 404, 404, Past: 409),
        new("POST /invites/{id}/decline", w => $"invites/{w.Invite}/decline", null, 404, 404, 404, 404, 404, 404, 404, Past: 409),
        new("POST /invites/accept", _ => "invites/accept", w => new { token = w.InviteToken }, 404, 404, 404, 404, 404, 404, 404, Past: 409),
        new("POST /invites/decline", _ => "invites/decline", w => new { token = w.InviteToken }, 404, 404, 404, 404, 404, 404, 404, Past: 409),
        new("GET /groups/{id}/messages", w => $"groups/{w.Group}/messages", null, 404, 404, 200, 200, 200, 200, 404),
        new("POST /groups/{id}/messages", w => $"groups/{w.Group}/messages", _ => new { content = "hello" }, 404, 404, 201, 201, 201, 201, 404),
        // The message is the member's.
        new("GET /groups/{id}/messages/{message_id}", w => $"groups/{w.Group}/messages/{w.Message}", null, 404, 404, 200, 200, 200, 200, 404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Message}"),
        new("PATCH /groups/{id}/messages/{message_id}", w => $"groups/{w.Group}/messages/{w.Message}", _ => new { content = "changed" }, 404, 404, 200, 403, 403, 403, 404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Message}"),
        new("DELETE /groups/{id}/messages/{message_id}", w => $"groups/{w.Group}/messages/{w.Message}", null, 404, 404, 204, 204, 204, 204, 404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Message}"),
        // The offer is the member's, who cannot take it. The past member's is taken: they are told what they can do with it.
        new("POST /groups/{id}/messages/{message_id}/borrow/{action}", w => $"groups/{w.Group}/messages/{w.Offer}/borrow/accept", null, 404, 404, 409, 200, 200, 200, 404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Offer}/borrow/accept", Past: 409),
        new("GET /borrows", _ => "borrows", null, 200, 200, 200, 200, 200, 200, None),
        new("PUT /groups/{id}/messages/{message_id}/reactions/{emoji}", w => $"groups/{w.Group}/messages/{w.Message}/reactions/{Like}", null, 404, 404, 200, 200, 200, 200, 404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Message}/reactions/{Like}"),
        new("DELETE /groups/{id}/messages/{message_id}/reactions/{emoji}", w => $"groups/{w.Group}/messages/{w.Message}/reactions/{Like}", null, 404, 404, 200, 200, 200, 200, 404, InOtherGroup: w => $"groups/{w.OtherGroup}/messages/{w.Message}/reactions/{Like}"),
        new("PUT /groups/{id}/read", w => $"groups/{w.Group}/read", _ => new { seq = 1 }, 404, 404, 200, 200, 200, 200, 404),
        new("GET /messages/unread", _ => "messages/unread", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /notifications", _ => "notifications", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /notifications/unread_count", _ => "notifications/unread_count", null, 200, 200, 200, 200, 200, 200, None),
        new("GET /notifications/preferences", _ => "notifications/preferences", null, 200, 200, 200, 200, 200, 200, None),
        new("PUT /notifications/preferences", _ => "notifications/preferences", w => new { group_id = w.Group, level = "all" }, 404, 404, 200, 200, 200, 200, 404),
        // The notification is the invitee's.
        new("GET /notifications/{id}", w => $"notifications/{w.Notification}", null, 404, 404, 404, 404, 404, 404, 404, Past: 200),
        new("PUT /notifications/{id}/read", w => $"notifications/{w.Notification}/read", null, 404, 404, 404, 404, 404, 404, 404, Past: 200),
        new("PUT /notifications/read", _ => "notifications/read", null, 204, 204, 204, 204, 204, 204, None),
    ];

    public static IReadOnlyList<HubRow> Hub { get; } =
    [
        new("JoinGroup", w => [w.Group, null], 404, 404, 200, 200, 200, 200),
        // One answer or problem per group: the call itself is not refused.
        new("JoinGroups", w => [new[] { new { group_id = w.Group } }], 200, 200, 200, 200, 200, 200),
        new("LeaveGroup", w => [w.Group], 200, 200, 200, 200, 200, 200),
        new("SendTextMessage", w => [w.Group, new { content = "hello" }], 404, 404, 200, 200, 200, 200),
        new("SendBorrowMessage", w => [w.Group, new { content = "hello", garment_id = Guid.NewGuid() }], 404, 404, 200, 200, 200, 200),
        new("EditMessage", w => [w.Group, w.Message, new { content = "changed" }], 404, 404, 200, 403, 403, 403),
        new("DeleteMessage", w => [w.Group, w.Message], 404, 404, 200, 200, 200, 200),
        new("React", w => [w.Group, w.Message, "👍", true], 404, 404, 200, 200, 200, 200),
        new("MarkRead", w => [w.Group, 1], 404, 404, 200, 200, 200, 200),
        new("ActOnBorrow", w => [w.Group, w.Offer, "accept", null], 404, 404, 409, 200, 200, 200, Past: 409),
        new("Typing", w => [w.Group], 404, 404, 200, 200, 200, 200),
        new("Focus", w => [w.Group], 404, 404, 200, 200, 200, 200),
        new("MarkNotificationRead", w => [w.Notification], 404, 404, 404, 404, 404, 404, Past: 200),
    ];

    /// <param name="Route">Method and template, as the endpoint has them.</param>
    /// <param name="InOtherGroup">Where the path names a thing inside a group: the same thing under another group's id.</param>
    internal sealed record Row(
        string Route, Func<World, string> Path, Func<World, object>? Body,
        int Stranger, int Removed, int Member, int Moderator, int Admin, int Owner, int OtherOwner, Func<World, string>? InOtherGroup = null,
        int? Past = null)
    {
        public HttpMethod Method => new(Route.Split(' ')[0]);

        public IEnumerable<(string Who, Person Person, int Status)> Cells(Cast cast) =>
        [
            ("stranger", cast.Stranger, Stranger), ("removed", cast.Removed, Removed), ("member", cast.Member, Member),
            ("moderator", cast.Moderator, Moderator), ("admin", cast.Admin, Admin), ("owner", cast.Owner, Owner),
            ("past member", cast.Past, Past ?? Removed),
        ];
    }

    internal sealed record HubRow(
        string Method, Func<World, object?[]> Arguments, int Stranger, int Removed, int Member, int Moderator, int Admin, int Owner,
        int? Past = null)
    {
        public IEnumerable<(string Who, Person Person, int Status)> Cells(Cast cast) =>
        [
            ("stranger", cast.Stranger, Stranger), ("removed", cast.Removed, Removed), ("member", cast.Member, Member),
            ("moderator", cast.Moderator, Moderator), ("admin", cast.Admin, Admin), ("owner", cast.Owner, Owner),
            ("past member", cast.Past, Past ?? Removed),
        ];
    }
}
