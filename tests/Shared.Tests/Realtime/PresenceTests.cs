namespace Beat.Messaging.Shared.Tests.Realtime;

public sealed class PresenceTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly Presence presence;
    private readonly List<(Guid ProfileId, bool Online)> changes = [];
    private readonly Guid anna = Guid.NewGuid();

    public PresenceTests()
    {
        presence = new Presence(time);
        presence.PresenceChanged += (profileId, online) => changes.Add((profileId, online));
    }

    public void Dispose() => presence.Dispose();

    [Fact]
    public void Person_with_three_connections_comes_and_goes_once()
    {
        for (var i = 0; i < 3; i++)
            presence.Connected(anna, $"{i}");
        for (var i = 0; i < 3; i++)
        {
            Assert.True(presence.IsOnline(anna));
            time.Advance(TimeSpan.FromMinutes(1));
            presence.Disconnected(anna, $"{i}");
        }
        time.Advance(TimeSpan.FromSeconds(16));

        Assert.Equal([(anna, true), (anna, false)], changes);
        Assert.False(presence.IsOnline(anna));
    }

    [Fact]
    public void Absence_under_15_s_is_not_announced_and_a_later_one_counts_anew()
    {
        presence.Connected(anna, "1");
        presence.Disconnected(anna, "1");
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.True(presence.IsOnline(anna));
        presence.Connected(anna, "1");
        time.Advance(TimeSpan.FromMinutes(5));
        presence.Disconnected(anna, "1");
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.Equal([(anna, true)], changes);

        time.Advance(TimeSpan.FromSeconds(2));
        presence.Connected(anna, "1");

        Assert.Equal([(anna, true), (anna, false), (anna, true)], changes);
    }

    [Fact]
    public void Those_online_are_told_in_the_order_asked()
    {
        var (ben, clara) = (Guid.NewGuid(), Guid.NewGuid());
        presence.Connected(clara, "1");
        presence.Connected(anna, "1");

        Assert.Equal([anna, clara], presence.Online([anna, ben, clara]));
        Assert.True(presence.IsKnown);
    }

    [Fact]
    public async Task Groups_are_told_once_in_2_s_with_the_last_state_of_each_person()
    {
        var feed = Feeds.Alone();
        using var announcer = new PresenceAnnouncer(feed, time);
        var (group, other, ben) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var client = new PipeClient();
        feed.Begin(client.Connection, group).Activate();

        announcer.Announce(group, anna, true);
        announcer.Announce(group, ben, true);
        announcer.Announce(group, ben, false);
        announcer.Announce(other, ben, true);
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(0, client.Writes);
        time.Advance(TimeSpan.FromSeconds(0.2));
        announcer.Announce(group, anna, false);
        time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(
            [
                $$"""PresenceChanged {"group_id":"{{group}}","joined":["{{anna}}"],"left":["{{ben}}"]}""",
                $$"""PresenceChanged {"group_id":"{{group}}","joined":[],"left":["{{anna}}"]}""",
            ],
            await client.ReadAll());
    }

    [Fact]
    public void Someone_on_another_node_is_online_until_it_is_said_or_the_node_falls_silent()
    {
        var (ben, clara) = (Guid.NewGuid(), Guid.NewGuid());
        presence.OnRemoteChanged(new(ben, "b"), isOpen: true, time.GetUtcNow());
        presence.OnRemoteChanged(new(clara, "c"), isOpen: true, time.GetUtcNow());
        presence.OnRemoteChanged(new(clara, "c"), isOpen: false, time.GetUtcNow());
        Assert.True(presence.IsOnline(clara));
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal([(ben, true), (clara, true), (clara, false)], changes);
        time.Advance(TimeSpan.FromSeconds(28));
        Assert.True(presence.IsOnline(ben));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.False(presence.IsOnline(ben));
        Assert.Equal((ben, false), changes[^1]);
    }

    [Fact]
    public void What_is_read_of_all_nodes_repairs_what_was_not_heard()
    {
        var (ben, clara) = (Guid.NewGuid(), Guid.NewGuid());
        presence.Connected(anna, "a");
        presence.OnRemoteChanged(new(ben, "b"), isOpen: true, time.GetUtcNow());
        time.Advance(TimeSpan.FromSeconds(1));
        presence.Merge(
            new Dictionary<PresentConnection, DateTimeOffset> { [new(clara, "c")] = time.GetUtcNow() }, time.GetUtcNow());
        time.Advance(TimeSpan.FromSeconds(16));
        Assert.Equal([anna, clara], presence.Online([anna, ben, clara]));
    }

    [Fact]
    public void While_others_cannot_be_asked_nobody_is_online_and_nobody_leaves()
    {
        presence.OnRemoteChanged(new(anna, "a"), isOpen: true, time.GetUtcNow());
        presence.IsKnown = false;
        Assert.Empty(presence.Online([anna]));
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal([(anna, true)], changes);
    }
}
