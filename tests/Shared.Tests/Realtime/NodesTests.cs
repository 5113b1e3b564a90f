using Beat.Messaging.Shared.Realtime.Nodes;

namespace Beat.Messaging.Shared.Tests.Realtime;

/// <summary>Two nodes that push to one group.</summary>
public sealed class NodesTests
{
    private readonly FakeTimeProvider time = new();
    private readonly WireLink hereLink;
    private readonly WireLink thereLink;
    private readonly GroupFeed here;
    private readonly GroupFeed there;
    private readonly Guid group = Guid.NewGuid();

    public NodesTests()
    {
        List<WireLink> nodes = [];
        nodes.AddRange([hereLink = new WireLink(nodes), thereLink = new WireLink(nodes)]);
        (here, there) = (Feeds.Of(hereLink, time), Feeds.Of(thereLink, time));
        here.History = there.History = (_, from, to) =>
            Task.FromResult<IReadOnlyList<ReadOnlyMemory<byte>>>(
                [.. Enumerable.Range((int)from, (int)(to - from + 1)).Select(Json)]);
    }

    [Fact]
    public async Task A_push_reaches_those_who_listen_on_the_other_node_once()
    {
        var (anna, ben) = (Joined(here), Joined(there));
        here.Push(group, "GroupUpdated", 1);
        there.PushNumbered(group, "N", 1, [Json(1), Json(2)]);
        here.PushLocally(group, "GroupHead", 2);
        Assert.Equal(["GroupUpdated 1", "N 1", "N 2", "GroupHead 2"], await anna.Read(4));
        Assert.Equal(["GroupUpdated 1", "N 1", "N 2"], await ben.ReadAll());
    }

    [Fact]
    public async Task What_comes_first_waits_for_what_is_numbered_before()
    {
        var anna = Joined(here, expecting: 1);
        there.PushNumbered(group, "N", 3, [Json(3)]);
        there.PushNumbered(group, "N", 4, [Json(4)]);
        here.PushNumbered(group, "N", 1, [Json(1)]);
        Assert.Equal(["N 1"], await anna.Read(1));
        here.PushNumbered(group, "N", 2, [Json(2)]);
        Assert.Equal(["N 2", "N 3", "N 4"], await anna.Read(3));
    }

    [Fact]
    public async Task What_never_comes_is_read_from_history()
    {
        var anna = Joined(here, expecting: 1);
        thereLink.IsOpen = false;
        there.PushNumbered(group, "N", 1, [Json(1), Json(2)]);
        thereLink.IsOpen = true;
        there.PushNumbered(group, "N", 3, [Json(3)]);
        Assert.Equal(0, anna.Writes);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(["N 1", "N 2", "N 3"], await anna.Read(3));
    }

    [Fact]
    public async Task What_cannot_be_read_either_is_left_to_the_clients()
    {
        here.History = (_, _, _) => throw new TimeoutException();
        var anna = Joined(here, expecting: 1);
        there.PushNumbered(group, "N", 3, [Json(3)]);
        time.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal(["N 3"], await anna.Read(1));
        here.PushNumbered(group, "N", 4, [Json(4)]);
        Assert.Equal(["N 4"], await anna.Read(1));
    }

    [Fact]
    public async Task A_node_catches_up_with_a_head_that_it_was_not_told_of()
    {
        var anna = Joined(here, expecting: 5);
        await here.CatchUp(group, "N", 4);
        await here.CatchUp(group, "N", 6);
        there.PushNumbered(group, "N", 6, [Json(6), Json(7)]);
        Assert.Equal(["N 5", "N 6", "N 7"], await anna.Read(3));
    }

    [Fact]
    public async Task A_person_is_told_on_both_nodes_and_evicted_from_both()
    {
        var profileId = Guid.NewGuid();
        var (left, right) = (new PipeClient(profileId, Scopes.MessageView), new PipeClient(profileId, Scopes.MessageView));
        here.Connected(left.Connection);
        there.Connected(right.Connection);
        here.Begin(left.Connection, group).Activate();
        there.Begin(right.Connection, group).Activate();
        here.PushToPerson(profileId, "N", 1, Scopes.MessageView);
        here.PushToPerson(profileId, "N", 2, Scopes.NotificationView);
        here.Evict(group, profileId);
        here.Push(group, "N", 3);
        there.Push(group, "N", 4);
        Assert.Equal(["N 1"], await left.ReadAll());
        Assert.Equal(["N 1"], await right.ReadAll());

        var writes = right.Writes;
        there.Disconnected(right.Connection);
        here.PushToPerson(profileId, "N", 5, Scopes.MessageView);
        Assert.Equal(["N 5"], await left.ReadAll());
        Assert.Equal(writes, right.Writes);
    }

    [Fact]
    public async Task Who_comes_back_to_a_group_hears_the_other_node_again()
    {
        var anna = new PipeClient();
        var first = here.Begin(anna.Connection, group);
        first.Activate();
        first.Drop();
        here.Begin(anna.Connection, group).Activate();
        there.Push(group, "N", 1);
        Assert.Equal(["N 1"], await anna.ReadAll());
    }

    [Fact]
    public void Bytes_of_others_are_no_message()
    {
        Assert.Null(NodeMessage.Read([]));
        Assert.Null(NodeMessage.Read([1, 2, 3]));
        Assert.Null(NodeMessage.Read(new byte[400].Select(_ => (byte)255).ToArray()));
    }

    private PipeClient Joined(GroupFeed feed, long expecting = 0)
    {
        var client = new PipeClient();
        var subscription = feed.Begin(client.Connection, group);
        if (expecting > 0)
            subscription.Expect(expecting);
        subscription.Activate();
        return client;
    }

    private static ReadOnlyMemory<byte> Json(int number) => Encoding.UTF8.GetBytes($"{number}");
}
