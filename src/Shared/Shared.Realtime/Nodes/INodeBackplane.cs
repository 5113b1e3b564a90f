namespace Beat.Messaging.Shared.Realtime.Nodes;

/// <summary>
/// How the nodes of one service tell each other what just happened. A hint, never the truth: what is sent can be lost, comes in
/// order from one node on one channel, and is repaired from the stores.
/// </summary>
public interface INodeBackplane
{
    /// <summary>Whether other nodes can be reached now; false for ever where there are none.</summary>
    bool IsOpen { get; }

    /// <summary>Whether there are several nodes by configuration, reachable or not.</summary>
    bool HasOtherNodes { get; }

    /// <summary>After the backplane came back: what was sent meanwhile is lost. Handlers return at once.</summary>
    event Action? Restored;

    /// <summary>
    /// Tells the other nodes that listen to the channel. Never blocks or throws; lost while the backplane is not open.
    /// </summary>
    void Publish(string channel, NodeMessage message);

    /// <summary>
    /// Listens until told otherwise, also after the backplane was away. <paramref name="received"/> is called for one message
    /// after the other, not for this node's own.
    /// </summary>
    /// <returns>Completes once the channel is listened to, or cannot be for now.</returns>
    Task Subscribe(string channel, Action<NodeMessage> received);

    void Unsubscribe(string channel);
}

/// <summary>For a service that is one node.</summary>
internal sealed class SingleNodeBackplane : INodeBackplane
{
    public bool IsOpen => false;

    public bool HasOtherNodes => false;

    public event Action? Restored
    {
        add { }
        remove { }
    }

    public void Publish(string channel, NodeMessage message)
    {
    }

    public Task Subscribe(string channel, Action<NodeMessage> received) => Task.CompletedTask;

    public void Unsubscribe(string channel)
    {
    }
}
