namespace Beat.Messaging.Messages.Tests.Sending;

public sealed class RequestHashTests
{
    private static readonly Message Sent = Some.Borrow(
        Guid.NewGuid(), 0, Guid.NewGuid()) with
    { Mentions = [Guid.NewGuid()], ReplyTo = Guid.NewGuid() };

    [Fact]
    public void Who_sends_it_and_when_and_where_it_is_stored_make_no_difference() =>
        Assert.Equal(RequestHash.Of(Sent), RequestHash.Of(Sent with
        {
            Id = Guid.NewGuid(),
            Seq = 9,
            SenderId = Guid.NewGuid(),
            ClientMessageId = "another",
            InsertedAt = Some.Now.AddDays(1),
            EditedAt = Some.Now,
            Revision = 3,
            Changed = 1,
            Borrow = Sent.Borrow! with { DueAt = Sent.Borrow.DueAt!.Value.ToOffset(TimeSpan.FromHours(2)) },
        }));

    [Fact]
    public void Mentions_are_a_set()
    {
        Guid[] ids = [Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid()];
        Guid[][] same = [ids, [.. ids.Reverse()], [.. ids, .. ids], [ids[1], ids[0], ids[1], ids[2]]];
        Assert.Single(same.Select(mentions => Convert.ToHexString(RequestHash.Of(Sent with { Mentions = mentions }))).Distinct());
        Assert.NotEqual(RequestHash.Of(Sent with { Mentions = ids }), RequestHash.Of(Sent with { Mentions = ids[..2] }));
    }

    [Fact]
    public void Every_bound_value_makes_a_difference()
    {
        Message[] others =
        [
            Sent, Sent with { Type = MessageType.Text }, Sent with { Content = Sent.Content + " " }, Sent with { Mentions = [] },
            Sent with { Mentions = [Guid.NewGuid()] }, Sent with { ReplyTo = null }, Sent with { GarmentId = Guid.NewGuid() },
            Sent with { Borrow = null }, Sent with { Borrow = Sent.Borrow! with { Kind = BorrowKind.Offer } },
            Sent with { Borrow = Sent.Borrow! with { OwnerId = null } },
            Sent with { Borrow = Sent.Borrow! with { DueAt = null } },
        ];
        Assert.Equal(others.Length, others.Select(m => Convert.ToHexString(RequestHash.Of(m))).Distinct().Count());
    }
}
