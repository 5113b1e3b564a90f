using Beat.Messaging.Shared.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>Settings are read in many places and checked in one.</summary>
public sealed class SettingsTests
{
    [Fact]
    public void What_is_wrong_anywhere_is_told_at_once()
    {
        var wrong = Assert.Throws<SettingsException>(() => Load(
            "Kafka:Partitions=0", "SECRET_KEY_BASE=short", "Points:MessageSent:Xp=-1", "Limits:GroupsPerPerson=no",
            "Invites:ExpiresIn=5", "Limits:SendBurst=1.5", "Borrow:ExpiresIn=99999999999"));
        Assert.Equal(
            [
                "SECRET_KEY_BASE must have at least 32 characters.",
                "Kafka:Partitions is \"0\", but must be a whole number from 1 to 1000.",
                "Points:MessageSent:Xp is \"-1\", but must be a whole number from 0 to 1000.",
                "Limits:GroupsPerPerson is \"no\", but must be a whole number from 1 to 100000.",
                "Invites:ExpiresIn is \"5\", but must be a whole number from 3600 to 2592000.",
                "Limits:SendBurst is \"1.5\", but must be a whole number from 1 to 100000.",
                "Borrow:ExpiresIn is \"99999999999\", but must be a whole number from 1 to 31536000.",
            ],
            wrong.Faults.Order(Comparer<string>.Create((left, right) => Place(left).CompareTo(Place(right)))));

        // The order of the kernel's own is not promised, nor that of the modules.
        static int Place(string fault) => Array.FindIndex(
            ["SECRET", "Kafka", "Points", "Limits:Groups", "Invites", "Limits:Send", "Borrow"],
            name => fault.StartsWith(name, StringComparison.Ordinal));
    }

    [Fact]
    public void Everything_is_optional_in_development() => Load();

    private static MessagingSettings Load(params string[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Development" });
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => setting.Split('=')).ToDictionary(pair => pair[0], pair => (string?)pair[1]));
        return MessagingSettings.Load(builder.Configuration, builder.Environment, Host.Modules.All);
    }
}
