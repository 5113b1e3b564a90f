using System.Text.Json;
using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Notifications.Contracts;
using Beat.Messaging.Shared.Abstractions;

namespace Beat.Messaging.Contract.Tests;

/// <summary>One of every event, with a value in every field.</summary>
internal static class EventSamples
{
    public static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private static readonly Guid Group = Id(1), Ana = Id(2), Rui = Id(3), Invite = Id(4), Message = Id(5), Original = Id(6), Garment = Id(7), Notification = Id(8), Sol = Id(9);
    private static readonly BorrowProposal Borrow = new(BorrowKind.Request, Rui, At.AddDays(7));

    public static IReadOnlyList<IIntegrationEvent> All { get; } =
    [
        new GroupCreated(Group, Ana, "auth-of-ana", "Winter coats", IsPublic: true, "What we lend", "https://example.com/coat.png", At),
        new GroupUpdated(
            Group, Ana, "Winter coats", "What we lend", IsPublic: true, "https://example.com/coat.png", 25, 40, At, At.AddMinutes(3)),
        new GroupDeleted(Group, Ana),
        new PointsAwarded(Group, Ana, PointRule.BorrowHandedOver, PointKind.Award, 5, 5, Message),
        new MemberJoined(Group, Rui, Role.Member),
        new MemberLeft(Group, Rui),
        new MemberKicked(Group, Ana, Rui),
        new RoleChanged(Group, Ana, Rui, Role.Moderator),
        new OwnershipTransferred(Group, Ana, Rui),
        new UserRecorded(Ana, "Ana"),
        new UserDeleted(Rui),
        new EntryDecided(Invite, Group, Rui, EntryOutcome.Admitted, Role.Moderator),
        new InviteCreated(Invite, Group, Ana, Rui, Role: 1, Status: 0),
        new InviteAccepted(Invite, Group, Rui, "auth-of-rui", Role: 1),
        new InviteDeclined(Invite, Group, Rui),
        new InviteRevoked(Invite, Group, Rui),
        new InviteExpired(Invite, Group, Rui),
        new InviteResent(Invite, Group, Ana, Rui, At),
        new EntryRequested(Invite, Group, Ana, Rui, Role: 1, InviteeVersion: 3),
        new TextMessageSent(Message, 7, Group, Ana, "Wer hat einen Mantel? 🧥", Original, [Rui], At, Sol),
        new BorrowMessageSent(Message, 7, Group, Ana, "May I have it?", Original, [Rui], At, Garment, Borrow, Sol),
        new SystemMessageSent(Message, 7, Group, "Maintenance at ten", At),
        new MessageEdited(Message, 7, Group, Ana, "May I have it, please?", Original, [Rui], At, Garment, Borrow, 2, At.AddMinutes(1), Sol),
        new MessageDeleted(Message, 7, Group, Ana, 3, At.AddMinutes(2)),
        new ReactionChanged(Message, 7, Group, Rui, "👍🏽", On: true, 4),
        new BorrowChanged(Group, Message, Garment, BorrowState.HandedOver, Rui, Ana, Rui, At.AddDays(14)),
        new BorrowDue(Group, Message, Garment, Rui, Ana, At.AddDays(14), IsPast: true),
        new NotificationCreated(
            Notification, "group_invite", "Winter coats", "Ana invited you.", JsonSerializer.SerializeToElement(new { group_id = Group }),
            new NotificationMetadata(Ana, Rui, Invite, "invite"), Read: false, At),
        new NotificationWithdrawn(Notification, Rui),
    ];

    public static Guid Id(int number) => new($"00000000-0000-7000-8000-{number:D12}");
}
