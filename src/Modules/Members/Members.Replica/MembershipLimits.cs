using Beat.Messaging.Shared.Hosting.Settings;

namespace Beat.Messaging.Members.Replica;

/// <summary>How many memberships there may be: where they are written, and where one begins with a new group.</summary>
public sealed record MembershipLimits(int GroupsPerPerson, int MembersPerGroup)
{
    public Problem PersonIsFull => Problems.LimitReached.WithDetail($"A person may be in at most {GroupsPerPerson} groups.");

    public Problem GroupIsFull => Problems.LimitReached.WithDetail($"A group has at most {MembersPerGroup} members.");

    public static MembershipLimits Read(SettingsReader read) => new(
        read.Number("Limits:GroupsPerPerson", 500, 1, 100_000),
        read.Number("Limits:MembersPerGroup", 10_000, 1, 1_000_000));
}
