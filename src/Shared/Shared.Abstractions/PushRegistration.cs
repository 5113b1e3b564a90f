namespace Beat.Messaging.Shared.Abstractions;

/// <summary>A push that a module sends to the connections of clients.</summary>
/// <param name="Module">Whose table of contents declares it.</param>
/// <param name="Name">What clients listen to, by contract.</param>
/// <param name="Payload">What it carries.</param>
public sealed record PushRegistration(string Module, string Name, Type Payload);
