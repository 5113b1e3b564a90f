using System.Net;
using System.Net.Http.Json;
using Beat.Messaging.Host;
using Beat.Messaging.Shared.Events.Kafka;
using Beat.Messaging.Shared.Hosting.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.TestKit;

/// <summary>
/// The whole service in this process, as Program starts it: real HTTP, WebSockets and Kafka, on ports and data of its own.
/// </summary>
public sealed class Service : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly bool ownsData;

    private Service(WebApplication app, string dataFolder, bool ownsData)
    {
        (this.app, DataFolder, this.ownsData) = (app, dataFolder, ownsData);
        Url = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Anonymous = new HttpClient { BaseAddress = Url };
    }

    public Uri Url { get; }

    public string DataFolder { get; }

    /// <summary>Whether its <see cref="Person"/>s repeat what a store was too late for.</summary>
    public bool RetriesUnavailable { get; init; }

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>Where its Kafka broker is.</summary>
    public string Kafka => Services.GetRequiredService<KafkaConnection>().Bootstrap;

    /// <param name="dataFolder">Data of before; a new folder that goes with the service unless told.</param>
    /// <param name="settings"><c>NAME=value</c>.</param>
    public static Task<Service> Start(string? dataFolder = null, params string[] settings) =>
        Start(isPatient: false, dataFolder, settings);

    /// <inheritdoc cref="Start(string?, string[])"/>
    public static async Task<Service> Start(bool isPatient, string? dataFolder, params string[] settings)
    {
        var folder = dataFolder ?? Scratch.Folder();
        string[] args =
        [
            "--environment=Development", "--BEAT_MESSASSING_SERVER=http://127.0.0.1:0", $"--BEAT_DATA={folder}",
            // Tests send faster than people do.
            "--Logging:LogLevel:Default=Error", "--Limits:SendsPerSecond=100000", "--Limits:SendBurst=100000",
            .. settings.Select(setting => $"--{setting}"),
        ];
        var builder = Composition.CreateBuilder(args);
        var read = MessagingSettings.Load(builder.Configuration, builder.Environment);
        builder.AddMessaging(read);
        var app = builder.Build();
        await app.PrepareStores();
        app.UseMessaging(read);
        await app.StartAsync();
        return new Service(app, folder, ownsData: dataFolder is null) { RetriesUnavailable = isPatient };
    }

    /// <summary>Somebody new, with a token.</summary>
    /// <param name="scopes">Everything unless told.</param>
    public async Task<Person> Person(
        string name, IReadOnlyList<string>? scopes = null, Guid? profileId = null, string role = "client")
    {
        var wanted = scopes is null
            ? new { display_name = name, profile_id = profileId, role } as object
            : new { display_name = name, profile_id = profileId, role, scope = scopes };
        var answer = await Anonymous.PostAsJsonAsync("/dev/tokens", wanted);
        for (var attempt = 1; RetriesUnavailable && answer.StatusCode == HttpStatusCode.ServiceUnavailable
            && attempt < RetryPolicy.Attempts; attempt++)
        {
            await Task.Delay(RetryPolicy.Pause);
            answer = await Anonymous.PostAsJsonAsync("/dev/tokens", wanted);
        }
        answer.EnsureSuccessStatusCode();
        var token = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return new Person(
            Url, token.GetProperty("profile_id").GetGuid(), token.GetProperty("access_token").GetString()!, RetriesUnavailable);
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        var folder = app.Services.GetRequiredService<DataFolder>();
        await app.StopAsync();
        await app.DisposeAsync();
        folder.Dispose();
        SqliteConnection.ClearAllPools();
        if (ownsData)
            Directory.Delete(DataFolder, recursive: true);
    }
}
