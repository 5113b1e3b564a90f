namespace Beat.Messaging.Shared.Abstractions;

/// <summary>Something that the executable does for an operator instead of serving; the module whose it is registers it.</summary>
/// <param name="Words">What is written after the program's name, e.g. <c>ledger check</c>.</param>
/// <param name="Help">What it does, for the list of commands.</param>
/// <param name="Run">
/// Does it over the services and stores of the service, and writes to the console. A <see cref="CommandException"/> says why it
/// cannot.
/// </param>
public sealed record OperatorCommand(string Words, string Help, Func<IServiceProvider, Task> Run);

/// <summary>A command that cannot be done, for the person who gave it.</summary>
public sealed class CommandException(string message) : Exception(message);
