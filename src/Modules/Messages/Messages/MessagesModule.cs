using Beat.Messaging.Members.Replica;
using Beat.Messaging.Messages.DeleteMessage;
using Beat.Messaging.Messages.EditMessage;
using Beat.Messaging.Messages.GetMessage;
using Beat.Messaging.Messages.Hub;
using Beat.Messaging.Messages.Kafka;
using Beat.Messaging.Messages.ListBorrows;
using Beat.Messaging.Messages.ListMessages;
using Beat.Messaging.Messages.ListUnread;
using Beat.Messaging.Messages.Loans;
using Beat.Messaging.Messages.MarkRead;
using Beat.Messaging.Messages.MoveLoan;
using Beat.Messaging.Messages.Pushes;
using Beat.Messaging.Messages.React;
using Beat.Messaging.Messages.Search;
using Beat.Messaging.Messages.Sending;
using Beat.Messaging.Messages.Store.Mongo;
using Beat.Messaging.Messages.Store.Sqlite;
using Beat.Messaging.Messages.Subscriptions;
using Beat.Messaging.Shared.Events;
using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Events.Modules;
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
        AddMessageStore(services);
        services
            .AddSingleton<MembershipCache>().AddSingleton<MessageReader>().AddHostedService<LoanTimers>()
            .AddSingleton<SendLimit>().AddSingleton<PushReadMoved>()
            .AddSingleton(provider => new Sequencer(
                provider.GetRequiredService<IMessageHistory>(), provider.GetRequiredService<PushMessages>().Sent,
                provider.GetRequiredService<ILogger<Sequencer>>()))
            .AddHostedService(provider => provider.GetRequiredService<Sequencer>())
            .AddSingleton<PushMessages>().AddSingleton<PushTyping>().AddHostedService<PushGroupHeads>()
            .AddHostedService<ReviewMemberships>()
            .AddHostedService<FillSearch>()
            .AddSingleton<OpenGroup>().AddSingleton<IMessagesHub, MessagesHub>();
        services.AddKafkaConsumer(MessageTopics.Events, group: "messaging-messages", events => events
            .On<TextMessageEvent, ExternalMessagesHandler>("text_message")
            .On<BorrowMessageEvent, ExternalMessagesHandler>("borrow_message")
            .On<SystemMessageEvent, ExternalMessagesHandler>("system_message"));
        services.AddModule(Name)
            .Store<MessagesContext, SqliteMessagesContext>()
            .Settings(SendSettings.Read)
            .Settings(LoanSettings.Read)
            .OtherStore<IMessageHistory>(
                name: stores => stores.Mongo is null ? "messages" : "mongodb",
                ping: store => store.Ping().AsTask(),
                reset: store => store.Reset().AsTask())
            .Command("epoch renew", "tell clients to drop their history, after a backup was restored", async provider =>
                Console.WriteLine($"The epoch is {await provider.GetRequiredService<IMessageHistory>().Renew()} now."))
            .Describes("message_id", "The message.")
            .Describes("around", "A seq or a message id: what stands on both sides.")
            .Describes("changed_since", "A `changed` or a `next_cursor`: what was edited or deleted since.")
            .Describes("emoji", "One emoji, percent-encoded.")
            .Describes("action", "`accept`, `decline`, `withdraw`, `cancel`, `hand_over`, `return` or `dispute`.")
            .Describes("garment_id", "Borrow messages of this garment only.")
            .Slice<ListMessagesEndpoint, ListMessages.ListMessages>()
            .Slice<SendMessageEndpoint, SendMessage>()
            .Slice<GetMessageEndpoint, GetMessage.GetMessage>()
            .Slice<EditMessageEndpoint, EditMessage.EditMessage>()
            .Slice<DeleteMessageEndpoint, DeleteMessage.DeleteMessage>()
            .Slice<MoveLoanEndpoint, MoveLoan.MoveLoan>()
            .Slice<ListBorrowsEndpoint, ListBorrows.ListBorrows>()
            .Slice<ReactEndpoint, React.React>()
            .Slice<MarkReadEndpoint, MarkRead.MarkRead>()
            .Slice<ListUnreadEndpoint, ListUnread.ListUnread>()
            .Allows(MessageCapabilities.All)
            .Publishes<TextMessageSent>("text_message", MessageTopics.Events, e => e.GroupId)
            .Publishes<BorrowMessageSent>("borrow_message", MessageTopics.Events, e => e.GroupId)
            .Publishes<SystemMessageSent>("system_message", MessageTopics.Events, e => e.GroupId)
            .Publishes<MessageEdited>("message_edited", MessageTopics.Events, e => e.GroupId)
            .Publishes<MessageDeleted>("message_deleted", MessageTopics.Events, e => e.GroupId)
            .Publishes<ReactionChanged>("reaction_changed", MessageTopics.Events, e => e.GroupId)
            .Publishes<BorrowChanged>("borrow_changed", MessageTopics.Events, e => e.GroupId)
            .Publishes<BorrowDue>("borrow_due", MessageTopics.Events, e => e.GroupId)
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

    /// <summary>Messages and their events are in MongoDB where it is named, in SQLite otherwise.</summary>
    private static void AddMessageStore(IServiceCollection services)
    {
        services
            .AddSingleton(provider => new SqliteMessageDatabase(provider.GetRequiredService<StoreLocations>().DataFolder))
            .AddSingleton(provider => new MongoMessageDatabase(provider.GetRequiredService<StoreLocations>().Mongo!))
            .AddSingleton<SqliteMessageHistory>().AddSingleton<SqliteMessageOutbox>()
            .AddSingleton<MongoMessageHistory>().AddSingleton<MongoMessageOutbox>()
            .AddSingleton<IMessageHistory>(provider => IsInMongo(provider)
                ? provider.GetRequiredService<MongoMessageHistory>()
                : provider.GetRequiredService<SqliteMessageHistory>())
            .AddSingleton<MessageOutbox>(provider => IsInMongo(provider)
                ? provider.GetRequiredService<MongoMessageOutbox>()
                : provider.GetRequiredService<SqliteMessageOutbox>())
            .AddSingleton<IEventSource>(provider => provider.GetRequiredService<MessageOutbox>());

        static bool IsInMongo(IServiceProvider provider) => provider.GetRequiredService<StoreLocations>().Mongo is not null;
    }
}
