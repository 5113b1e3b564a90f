using Beat.Messaging.Shared.Realtime.Nodes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Beat.Messaging.Shared.Tests.Realtime;

/// <summary>Feeds of nodes in one process.</summary>
internal static class Feeds
{
    /// <summary>Of the only node.</summary>
    public static GroupFeed Alone() => Of(new SingleNodeBackplane());

    public static GroupFeed Of(INodeBackplane backplane, TimeProvider? time = null) =>
        new(backplane, time ?? TimeProvider.System, NullLogger<GroupFeed>.Instance);
}

/// <summary>Links nodes in one process, and loses what it is told to lose.</summary>
internal sealed class WireLink(List<WireLink> nodes) : INodeBackplane
{
    private readonly Dictionary<string, Action<NodeMessage>> listeners = [];

    public bool IsOpen { get; set; } = true;

    public bool HasOtherNodes => true;

    public event Action? Restored;

    public void Publish(string channel, NodeMessage message)
    {
        if (!IsOpen)
            return;
        var read = NodeMessage.Read(message.Write(Guid.NewGuid()))!.Value.Message;
        foreach (var other in nodes.Where(node => node != this && node.IsOpen))
            other.listeners.GetValueOrDefault(channel)?.Invoke(read);
    }

    public Task Subscribe(string channel, Action<NodeMessage> received)
    {
        listeners.TryAdd(channel, received);
        return Task.CompletedTask;
    }

    public void Unsubscribe(string channel) => listeners.Remove(channel);

    public void Restore()
    {
        IsOpen = true;
        Restored?.Invoke();
    }
}
