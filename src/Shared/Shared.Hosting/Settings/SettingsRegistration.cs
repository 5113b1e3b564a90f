using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Beat.Messaging.Shared.Hosting.Settings;

/// <summary>Settings that a module owns: read by it, checked at start with those of all others.</summary>
public static class SettingsRegistration
{
    /// <summary>
    /// Registers <typeparamref name="T"/> as it is read from the configuration. The start fails with what the reader finds wrong.
    /// Several modules may register the same.
    /// </summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, Func<SettingsReader, T> read)
        where T : class
    {
        services.AddOptions<T>().ValidateOnStart();
        services.TryAddSingleton<IOptionsFactory<T>>(
            provider => new Factory<T>(provider.GetRequiredService<IConfiguration>(), read));
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
        return services;
    }

    /// <summary>What is wrong with the settings of modules, one sentence each.</summary>
    internal static IReadOnlyList<string> FindFaults(IConfiguration configuration, IReadOnlyList<IModule> modules)
    {
        var services = new ServiceCollection().AddSingleton(configuration);
        foreach (var module in modules)
            module.Register(services);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetService<IStartupValidator>()?.Validate();
            return [];
        }
        catch (OptionsValidationException fault)
        {
            return [.. fault.Failures];
        }
        catch (AggregateException faults)
        {
            return [.. faults.InnerExceptions.Cast<OptionsValidationException>().SelectMany(fault => fault.Failures)];
        }
    }

    private sealed class Factory<T>(IConfiguration configuration, Func<SettingsReader, T> read) : IOptionsFactory<T>
        where T : class
    {
        public T Create(string name)
        {
            var reader = new SettingsReader(configuration);
            var settings = read(reader);
            return reader.Faults.Count == 0 ? settings : throw new OptionsValidationException(name, typeof(T), reader.Faults);
        }
    }
}
