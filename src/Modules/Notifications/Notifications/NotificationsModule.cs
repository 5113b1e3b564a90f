using Beat.Messaging.Groups.Contracts;
using Beat.Messaging.Invites.Contracts;
using Beat.Messaging.Messages.Contracts;
using Beat.Messaging.Notifications.CountUnread;
using Beat.Messaging.Notifications.Digests;
using Beat.Messaging.Notifications.GetNotification;
using Beat.Messaging.Notifications.Hub;
using Beat.Messaging.Notifications.Kafka;
using Beat.Messaging.Notifications.ListNotifications;
using Beat.Messaging.Notifications.Preferences;
using Beat.Messaging.Notifications.Pushes;
using Beat.Messaging.Notifications.ReadNotifications;
using Beat.Messaging.Notifications.Subscriptions;
using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Events.Modules;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Notifications;

/// <summary>Notifications: what a person is to know, at once and later.</summary>
public sealed class NotificationsModule : IModule
{
    public string Name => "notifications";

    public void Register(IServiceCollection services)
    {
        services.AddSingleton<NotificationSender>().AddSingleton<INotificationsHub, NotificationsHub>();
        services.AddSingleton<MessageDigests>().AddHostedService(provider => provider.GetRequiredService<MessageDigests>());
        services.AddKafkaConsumer(NotificationTopics.Events, group: "messaging-notifications", events => events
            .On<NotifyInviteCreatedEvent, ExternalNotificationsHandler>("notify_invite_created")
            .On<NotifyEvent, ExternalNotificationsHandler>("notify"));
        services.AddModule(Name)
            .Store<NotificationsContext, SqliteNotificationsContext>()
            .Slice<ListNotificationsEndpoint, ListNotifications.ListNotifications>()
            .Slice<GetNotificationEndpoint, GetNotification.GetNotification>()
            .Slice<CountUnreadEndpoint, CountUnread.CountUnread>()
            .Slice<ReadNotificationsEndpoint, ReadNotifications.ReadNotifications>()
            .Slice<ListPreferencesEndpoint, ListPreferences>()
            .Slice<SetPreferenceEndpoint, SetPreference>()
            .Publishes<NotificationCreated>("notification_created", NotificationTopics.Events, e => e.Metadata.RecipientId)
            .Publishes<NotificationWithdrawn>("notification_withdrawn", NotificationTopics.Events, e => e.RecipientId)
            .KeepsMemberships<NotificationsContext, OnMembershipChanged>()
            .KeepsUsers<NotificationsContext, OnUserChanged>()
            .Subscribes<InviteCreated, OnSiblingEvents>()
            .Subscribes<InviteResent, OnSiblingEvents>()
            .Subscribes<InviteAccepted, OnSiblingEvents>()
            .Subscribes<InviteDeclined, OnSiblingEvents>()
            .Subscribes<InviteRevoked, OnSiblingEvents>()
            .Subscribes<InviteExpired, OnSiblingEvents>()
            .Subscribes<RoleChanged, OnSiblingEvents>()
            .Subscribes<MemberKicked, OnSiblingEvents>()
            .Subscribes<GroupDeleted, OnSiblingEvents>()
            .SubscribesInBatches<TextMessageSent, OnMessages>()
            .SubscribesInBatches<BorrowMessageSent, OnMessages>()
            .SubscribesInBatches<MessageEdited, OnMessages>()
            .SubscribesInBatches<MessageDeleted, OnMessages>()
            .Subscribes<BorrowMessageSent, OnBorrowChanged>()
            .Subscribes<BorrowChanged, OnBorrowChanged>()
            .Subscribes<BorrowDue, OnBorrowChanged>()
            .Pushes<NotificationCreated, PushNotifications>()
            .Pushes<NotificationWithdrawn, PushNotifications>()
            .Sends<NotificationCreated>("NotificationReceived")
            .Sends<NotificationWithdrawnPush>("NotificationWithdrawn")
            .Sends<UnreadChanged>("UnreadChanged")
            .Exports<NotificationsExport>();
    }
}
