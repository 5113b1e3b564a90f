namespace Beat.Messaging.Invites;

/// <summary>What this module refuses.</summary>
internal static class InviteProblems
{
    public static Problem NotFound { get; } = new("invite_not_found", 404, "There is no such invite.");
    public static Problem AlreadyMember { get; } = new("already_member", 409, "That person is a member already.");
    public static Problem Self { get; } = new("invite_self", 409, "You cannot invite yourself.");
    public static Problem NotPending { get; } = new("invite_fail_accept", 409, "This invite is no longer pending.");
    public static Problem Expired { get; } = new("invite_expired", 410, "This invite has expired.");
}
