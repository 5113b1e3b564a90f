using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Shared.Abstractions;

/// <summary>
/// A module: one vertical part of the service that a team can own. The host knows modules only as a list of these.
/// </summary>
public interface IModule
{
    /// <summary>Lower-case name: its database schema, its SQLite file, the prefix of its subscribers.</summary>
    string Name { get; }

    /// <summary>The module's table of contents: its store, slices, events out, events in.</summary>
    void Register(IServiceCollection services);
}
