using Beat.Messaging.Shared.Abstractions;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.TestKit;

/// <summary>The pushes that the modules declare.</summary>
public static class Pushes
{
    public static IReadOnlyList<PushRegistration> All { get; } = Read();

    /// <summary>Fails for one that no module declares: no client would hear it.</summary>
    public static void RequireDeclared(string name)
    {
        if (!All.Any(push => push.Name == name))
            throw new InvalidOperationException(
                $"No module sends {name}: declare it with .Sends<T>(\"{name}\") in its table of contents (XModule.cs).");
    }

    private static List<PushRegistration> Read()
    {
        var services = new ServiceCollection();
        foreach (var module in Host.Modules.All)
            module.Register(services);
        return [.. services.Where(service => service.ServiceType == typeof(PushRegistration))
            .Select(service => (PushRegistration)service.ImplementationInstance!)];
    }
}
