namespace Beat.Messaging.Messages.Contracts;

/// <summary>The identity of the stored history, for the operator who restored a backup of it.</summary>
public interface IMessageEpoch
{
    /// <summary>From now on clients that hold the former history are told to drop it.</summary>
    /// <returns>The new epoch.</returns>
    Guid Renew();
}
