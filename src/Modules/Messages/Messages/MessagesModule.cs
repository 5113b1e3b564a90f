using Beat.Messaging.Members.Contracts;
using Beat.Messaging.Members.Contracts.Replica;
using Beat.Messaging.Messages.DeleteMessage;
using Beat.Messaging.Messages.EditMessage;
using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.GetMessage;
using Beat.Messaging.Messages.Kafka;
using Beat.Messaging.Messages.ListBorrows;
using Beat.Messaging.Messages.ListMessages;
using Beat.Messaging.Messages.ListUnread;
using Beat.Messaging.Messages.Loans;
using Beat.Messaging.Messages.MarkRead;
using Beat.Messaging.Messages.MoveLoan;
using Beat.Messaging.Messages.React;
using Beat.Messaging.Messages.Realtime;
using Beat.Messaging.Messages.Search;
using Beat.Messaging.Messages.Sending;
using Beat.Messaging.Messages.Subscriptions;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Events.Modules;
using Beat.Messaging.Shared.Hosting.Operations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Beat.Messaging.Messages;

/// <summary>Messages: sent once, in order, and never lost; and the loans that they begin.</summary>
public sealed class MessagesModule : IModule
{
    internal const string ModuleName = "messages";

    public string Name => ModuleName;

    public void Register(IServiceCollection services)
    {
        services
            .AddSingleton<IMessageStore>(provider => provider.GetRequiredService<StoreLocations>() is { Mongo: { } url }
                ? new MongoMessageStore(url)
                : new SqliteMessageStore(provider.GetRequiredService<StoreLocations>().DataFolder))
            .AddSingleton<IMessageStoreAdmin>(provider => provider.GetRequiredService<IMessageStore>())
            .AddSingleton<IDependencyCheck>(provider => new DependencyCheck(
                provider.GetRequiredService<StoreLocations>().Mongo is null ? "messages" : "mongodb",
                _ => provider.GetRequiredService<IMessageStore>().Ping().AsTask()))
            .AddSingleton<MembershipCache>().AddSingleton<IMessageFacts, MessageFactsReader>().AddSingleton<MessageReader>().AddHostedService<LoanTimers>()
            .AddSingleton<SendLimit>().AddSingleton<PushReadMoved>()
            .AddSingleton<MessageRelay>().AddHostedService(provider => provider.GetRequiredService<MessageRelay>())
            .AddSingleton(provider => new Sequencer(
                provider.GetRequiredService<IMessageStore>(), provider.GetRequiredService<PushMessages>().Sent,
                provider.GetRequiredService<ILogger<Sequencer>>()))
            .AddHostedService(provider => provider.GetRequiredService<Sequencer>())
            .AddSingleton<IEventBacklog>(provider => provider.GetRequiredService<MessageRelay>())
            .AddSingleton<PushMessages>().AddSingleton<PushTyping>().AddHostedService<PushGroupHeads>().AddHostedService<ReviewMemberships>()
            .AddHostedService<FillSearch>()
            .AddSingleton<JoinGroup>().AddSingleton<IMessagesHub, MessagesHub>();
        services.AddKafkaConsumer(Topics.Chat, group: "messaging-messages", events => events
            .On<TextMessageEvent, ExternalMessagesHandler>("text_message")
            .On<BorrowMessageEvent, ExternalMessagesHandler>("borrow_message")
            .On<SystemMessageEvent, ExternalMessagesHandler>("system_message"));
        services.AddModule(Name)
            .Store<MessagesContext, SqliteMessagesContext>()
            .Slice<ListMessagesEndpoint, ListMessages.ListMessages>()
            .Slice<SendMessageEndpoint, SendMessage>()
            .Slice<GetMessageEndpoint, ListMessages.ListMessages>()
            .Slice<EditMessageEndpoint, EditMessage.EditMessage>()
            .Slice<DeleteMessageEndpoint, DeleteMessage.DeleteMessage>()
            .Slice<MoveLoanEndpoint, MoveLoan.MoveLoan>()
            .Slice<ListBorrowsEndpoint, ListBorrows.ListBorrows>()
            .Slice<ReactEndpoint, React.React>()
            .Slice<MarkReadEndpoint, MarkRead.MarkRead>()
            .Slice<ListUnreadEndpoint, ListUnread.ListUnread>()
            .Allows(MessageCapabilities.All)
            .Publishes<TextMessageSent>("text_message", Topics.Chat, e => e.GroupId)
            .Publishes<BorrowMessageSent>("borrow_message", Topics.Chat, e => e.GroupId)
            .Publishes<SystemMessageSent>("system_message", Topics.Chat, e => e.GroupId)
            .Publishes<MessageEdited>("message_edited", Topics.Chat, e => e.GroupId)
            .Publishes<MessageDeleted>("message_deleted", Topics.Chat, e => e.GroupId)
            .Publishes<ReactionChanged>("reaction_changed", Topics.Chat, e => e.GroupId)
            .Publishes<BorrowChanged>("borrow_changed", Topics.Chat, e => e.GroupId)
            .PublishesInProcess<BorrowDue>("borrow_due", e => e.GroupId)
            .Subscribes<BorrowMessageSent, OnBorrowMessageSent>()
            .Subscribes<BorrowChanged, OnBorrowChanged>()
            .SubscribesInBatches<TextMessageSent, KeepReadState>()
            .SubscribesInBatches<BorrowMessageSent, KeepReadState>()
            .SubscribesInBatches<SystemMessageSent, KeepReadState>()
            .SubscribesInBatches<MessageEdited, KeepReadState>()
            .SubscribesInBatches<MessageDeleted, KeepReadState>()
            .Subscribes<MemberJoined, OnMemberJoined>()
            .Replica<MessagesContext, ReadMark, OnMemberJoined>()
            .Subscribes<UserDeleted, OnUserDeleted>()
            .KeepsMemberships<MessagesContext, OnMembershipChanged>()
            .Sends<MessageResponse>("MessageReceived")
            .Sends<MessageResponse>("MessageEdited")
            .Sends<MessageResponse>("MessageDeleted")
            .Sends<MessageResponse>("ReactionChanged")
            .Sends<MessageResponse>("BorrowChanged")
            .Sends<ReadMoved>("ReadMoved")
            .Sends<TypingStarted>("TypingStarted")
            .Sends<GroupHeadPush>("GroupHead")
            .Exports<MessagesExport>();
    }
}
