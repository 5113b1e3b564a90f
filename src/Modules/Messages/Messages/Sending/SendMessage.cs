using Beat.Messaging.Messages.Events;
using Beat.Messaging.Messages.Loans;
using Beat.Messaging.Shared.Hosting.Time;

namespace Beat.Messaging.Messages.Sending;

/// <summary>One handler behind REST, the hub and Kafka.</summary>
internal sealed class SendMessage(
    MembershipCache memberships, IMessageHistory store, ModuleStore<MessagesContext> loans, Sequencer sequencer, SendLimit limit,
    LoanSettings settings, TimeProvider time)
{
    /// <summary>How long a request waits for the store. The message may be stored all the same; a repeat tells.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(1.8);

    private static readonly TimeSpan LoanTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Sends for a person, within their rate limit.</summary>
    public Task<Result<SendOutcome>> Run(Guid groupId, Caller caller, SendMessageRequest request) =>
        limit.TryAcquire(caller) is { } tooMany
            ? Task.FromResult<Result<SendOutcome>>(tooMany)
            : Run(groupId, caller.ProfileId, request);

    /// <summary>Takes its place in the queue before the first await that does not complete at once.</summary>
    public async Task<Result<SendOutcome>> Run(Guid groupId, Guid senderId, SendMessageRequest request)
    {
        var entered = await memberships.RequireMember(groupId, senderId, MessageCapabilities.Send);
        if (entered.IsProblem)
            return entered.Problem!;
        var answered = request.ReplyTo is { } replyTo ? await store.Get(groupId, replyTo) : null;
        var now = time.Now();
        var id = Guid.CreateVersion7(now);
        var message = new Message
        {
            Id = id,
            GroupId = groupId,
            Type = (MessageType)request.Type,
            SenderId = senderId,
            Content = request.Content,
            Mentions = [.. (request.Mentions ?? []).Distinct()],
            ReplyTo = request.ReplyTo,
            ReplyToSenderId = AuthorOf(answered),
            GarmentId = request.GarmentId,
            Borrow = request.Type == SendableType.Borrow ? Propose(request.Borrow ?? new BorrowRequest()) : null,
            ClientMessageId = request.ClientMessageId ?? id.ToString(),
            RequestHash = [],
            InsertedAt = now,
        };
        message = message with { RequestHash = RequestHash.Of(message) };
        var problem = Check(senderId, request, answered, entered.Value);
        if (problem is not null && await memberships.ReloadIfNewer(groupId, entered.Value) is { } newer)
            problem = Check(senderId, request, answered, newer);
        if (problem is not null)
            return await Original(message) is { } original ? new SendOutcome(original, Replayed: true) : problem;
        var sent = await Store(message);
        if (message.Borrow is not null && !sent.IsProblem)
            await OpenLoan(sent.Value.Message);
        return sent;
    }

    /// <summary>Something another service says in a group; it needs no membership.</summary>
    public async Task<Result<SendOutcome>> RunAsSystem(Guid groupId, string content, string clientMessageId)
    {
        if (await memberships.Get(groupId) is null)
            return MembershipProblems.GroupNotFound;
        var now = time.Now();
        var message = new Message
        {
            Id = Guid.CreateVersion7(now),
            GroupId = groupId,
            Type = MessageType.System,
            SenderId = Guid.Empty,
            Content = content,
            ClientMessageId = clientMessageId,
            RequestHash = [],
            InsertedAt = now,
        };
        return await Store(message with { RequestHash = RequestHash.Of(message) });
    }

    /// <summary>
    /// The same request as it was stored before: what was right then is answered again, even if since a due date has passed or
    /// somebody who is mentioned has gone.
    /// </summary>
    private async Task<Message?> Original(Message repeat) =>
        await store.FindSent([new SendKey(repeat.GroupId, repeat.SenderId, repeat.ClientMessageId)]) is [var original]
            && repeat.IsSameRequest(original)
            ? original
            : null;

    /// <summary>
    /// So that a loan is listed once its message is answered. The message is stored whatever happens here: its event makes the
    /// row where this does not.
    /// </summary>
    private async Task OpenLoan(Message message)
    {
        if (message.DeletedAt is not null)
            return;
        try
        {
            await loans.Write(
                db => db.EnsureLoan(
                    (BorrowMessageSent)MessageEventFactory.Created(message), settings.ExpiresIn, time.Now(), default), default)
                .WaitAsync(LoanTimeout, time);
        }
        catch (Exception away) when (away is TimeoutException or StoreUnavailableException)
        {
            return;
        }
    }

    private async Task<Result<SendOutcome>> Store(Message message)
    {
        var queued = sequencer.Enqueue(message);
        try
        {
            return await queued.WaitAsync(CallTimeout, time);
        }
        catch (TimeoutException)
        {
            return Problems.StoreUnavailable;
        }
    }

    private Problem? Check(Guid senderId, SendMessageRequest request, Message? answered, Membership membership)
    {
        if (request.Type == SendableType.Text && (request.GarmentId is not null || request.Borrow is not null))
            return Problems.Validation(request.GarmentId is not null ? "garment_id" : "borrow", "is for borrow messages");
        if (request.Type == SendableType.Borrow && request.GarmentId is null)
            return Problems.Validation("garment_id", "is required");
        if (request.Borrow is { } borrow)
        {
            if (borrow is { Kind: BorrowKind.Offer, OwnerId: not null })
                return Problems.Validation("borrow.owner_id", "is for requests: who offers is the lender");
            if (borrow.OwnerId == senderId)
                return Problems.Validation("borrow.owner_id", "must be another member");
            if (borrow.OwnerId is { } owner && !membership.Ranks.ContainsKey(owner))
                return Problems.Validation("borrow.owner_id", "must be a member");
            if (borrow.DueAt <= time.GetUtcNow())
                return Problems.Validation("borrow.due_at", "must be in the future");
        }
        if (CheckMentions(request.Mentions, membership) is { } stranger)
            return stranger;
        if (request.ReplyTo is not null && answered is null)
            return Problems.Validation("reply_to", "must be a message of this group");
        return null;
    }

    public static Problem? CheckMentions(IReadOnlyList<Guid>? mentions, Membership membership) =>
        mentions is null || mentions.All(membership.Ranks.ContainsKey)
            ? null
            : Problems.Validation("mentions", "must be members of this group");

    /// <summary>Who sent a message that is answered; null for a system message.</summary>
    public static Guid? AuthorOf(Message? answered) =>
        answered is { SenderId: var author } && author != Guid.Empty ? author : null;

    private static BorrowProposal Propose(BorrowRequest request) => new(request.Kind, request.OwnerId, request.DueAt);
}
