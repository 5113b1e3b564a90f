using Beat.Messaging.Groups;
using Beat.Messaging.Invites;
using Beat.Messaging.Members;
using Beat.Messaging.Messages;
using Beat.Messaging.Notifications;

namespace Beat.Messaging.Host;

/// <summary>All that the host knows of its modules. A new one is a line here.</summary>
public static class Modules
{
    public static IReadOnlyList<IModule> All { get; } =
    [
        new GroupsModule(),
        new MembersModule(),
        new InvitesModule(),
        new MessagesModule(),
        new NotificationsModule(),
    ];
}
