namespace Beat.Messaging.Shared.Abstractions;

/// <summary>A store is away, overloaded or full: the request was not at fault, and a retry can succeed.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
