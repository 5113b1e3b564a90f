namespace Beat.Messaging.Messages.Contracts;

/// <summary>The stored history as an operator handles it.</summary>
public interface IMessageStoreAdmin
{
    /// <summary>After a restored backup: from now on clients that hold the former history are told to drop it.</summary>
    /// <returns>The new epoch.</returns>
    ValueTask<Guid> Renew();

    /// <summary>Deletes every message.</summary>
    ValueTask Reset();
}
