namespace Beat.Messaging.Members;

/// <summary>What this module refuses.</summary>
internal static class MemberProblems
{
    public static Problem Kicked { get; } =
        new("kicked", 403, "You were removed from this group.", "You may come back 24 hours after the removal, or when invited.");

    public static Problem NotFound { get; } = new("member_not_found", 404, "There is no such member in this group.");

    public static Problem LastMember { get; } =
        new("member_low_rate", 409, "The last member cannot be removed.", "Leave or delete the group instead.");

    public static Problem ChangeSelf { get; } = new("member_c_change_self", 409, "You cannot do that to yourself.");

    public static Problem OwnerCannotLeave { get; } =
        new("last_admin", 409, "The owner cannot leave others behind.", "Transfer the group first.");
}
