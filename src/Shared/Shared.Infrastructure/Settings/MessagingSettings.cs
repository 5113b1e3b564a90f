using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Beat.Messaging.Shared.Infrastructure.Settings;

/// <summary>Everything that can be set, read once and checked at start; docs/settings.md lists the names.</summary>
/// <param name="Url">Where to listen; null leaves it to ASP.NET's own settings.</param>
/// <param name="DataFolder">Absolute path of the embedded data.</param>
/// <param name="SecretKeyBase">Keys invite tokens, cursors and the development issuer.</param>
public sealed record MessagingSettings(
    string? Url,
    string DataFolder,
    string? SecretKeyBase,
    KafkaSettings Kafka,
    IdentitySettings Identity,
    IReadOnlyList<string> CorsOrigins,
    LimitSettings Limits,
    InviteSettings Invites)
{
    public const int DefaultPort = 4000;

    /// <summary>Reads and checks everything.</summary>
    /// <exception cref="SettingsException">Lists every fault.</exception>
    public static MessagingSettings Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var reader = new SettingsReader(configuration);
        var host = environment.IsDevelopment() ? "localhost" : "0.0.0.0";
        var hasUrl = reader.Text("URLS", "HTTP_PORTS", "HTTPS_PORTS") is not null || configuration.GetSection("Kestrel:Endpoints").Exists();
        var settings = new MessagingSettings(
            reader.PortOrUrl("BEAT_MESSASSING_SERVER", "http", host) ?? (hasUrl ? null : $"http://{host}:{DefaultPort}"),
            Path.GetFullPath(reader.Text("BEAT_DATA") ?? "data"),
            reader.Text("SECRET_KEY_BASE"),
            ReadKafka(reader),
            ReadIdentity(reader),
            reader.Text("Cors:Origins")?.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                ?? configuration.GetSection("Cors:Origins").Get<string[]>() ?? [],
            new LimitSettings(reader.Number("Limits:SendsPerSecond", 10, 1, 100_000), reader.Number("Limits:SendBurst", 30, 1, 1_000_000)),
            new InviteSettings(TimeSpan.FromSeconds(reader.Number("Invites:ExpiresIn", 604_800, 3_600, 2_592_000))));

        NotServedYet(reader, "PostgreSQL", "DATABASE_URL", "POSTGRES_HOST");
        NotServedYet(reader, "MongoDB", "MONGO_URL", "MONGO_HOST");
        NotServedYet(reader, "Redis", "REDIS_URL", "REDIS_HOST");
        if (environment.IsProduction())
            RequireAll(reader);
        if (settings.SecretKeyBase is { Length: < 32 })
            reader.Fault("SECRET_KEY_BASE must have at least 32 characters.");
        return reader.Faults.Count == 0 ? settings : throw new SettingsException(reader.Faults);
    }

    private static KafkaSettings ReadKafka(SettingsReader reader)
    {
        var port = reader.Port("KAFKA_PORT");
        var brokers = reader.Text("KAFKA_BROKERS")
            ?? (reader.Text("KAFKA_HOST") is { } host ? $"{host}:{port ?? KafkaSettings.DefaultPort}" : null);
        return new KafkaSettings(
            brokers, port ?? KafkaSettings.DefaultPort, PortWasAskedFor: port is not null, reader.Number("Kafka:Partitions", 3, 1, 1000));
    }

    private static IdentitySettings ReadIdentity(SettingsReader reader)
    {
        var jwks = reader.Url("JWKS_URL") ?? reader.Url(reader.PortOrUrl("BEAT_IDENTITY_SERVER", "http", "localhost"), "BEAT_IDENTITY_SERVER");
        if (jwks is { AbsolutePath: "/" })
            jwks = new Uri(jwks, "/.well-known/jwks.json");
        return new IdentitySettings(jwks, reader.Text("Auth:Issuer"), reader.Text("Auth:Audience"));
    }

    /// <summary>Production's servers that this version cannot use yet: better no start than data where nobody expects it.</summary>
    private static void NotServedYet(SettingsReader reader, string server, params string[] names)
    {
        foreach (var name in names.Where(name => reader.Text(name) is not null))
            reader.Fault($"{name} is set, but this version does not work with {server} yet: unset it to use the embedded store.");
    }

    private static void RequireAll(SettingsReader reader)
    {
        reader.Require("PostgreSQL", "DATABASE_URL", "POSTGRES_HOST");
        reader.Require("MongoDB", "MONGO_URL", "MONGO_HOST");
        reader.Require("Redis", "REDIS_URL", "REDIS_HOST");
        reader.Require("Kafka", "KAFKA_BROKERS", "KAFKA_HOST");
        reader.Require("the auth service's keys", "JWKS_URL", "BEAT_IDENTITY_SERVER");
        reader.Require("the key of tokens and cursors", "SECRET_KEY_BASE");
    }
}

/// <param name="Brokers">host:port, …; null: the embedded broker.</param>
/// <param name="Port">Where the embedded broker listens.</param>
/// <param name="PortWasAskedFor">Then a taken port is an error; otherwise a free one is used.</param>
/// <param name="Partitions">Of topics that the service makes.</param>
public sealed record KafkaSettings(string? Brokers, int Port, bool PortWasAskedFor, int Partitions)
{
    public const int DefaultPort = 9092;
}

/// <param name="JwksUrl">Null: the development issuer.</param>
/// <param name="Issuer">Required <c>iss</c>, when set.</param>
/// <param name="Audience">Required <c>aud</c>, when set.</param>
public sealed record IdentitySettings(Uri? JwksUrl, string? Issuer, string? Audience);

/// <summary>Sends per person and node.</summary>
public sealed record LimitSettings(int SendsPerSecond, int SendBurst);

/// <param name="ExpiresIn">Of an invite that does not say.</param>
public sealed record InviteSettings(TimeSpan ExpiresIn);

/// <summary>What is wrong with the settings, all of it.</summary>
public sealed class SettingsException(IReadOnlyList<string> faults)
    : Exception("The settings are not usable:" + string.Concat(faults.Select(fault => $"{Environment.NewLine}  - {fault}")))
{
    public IReadOnlyList<string> Faults { get; } = faults;
}

internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<string> faults = [];

    public IReadOnlyList<string> Faults => faults;

    public void Fault(string fault) => faults.Add(fault);

    /// <summary>The first of these names that is set; empty means absent.</summary>
    public string? Text(params string[] names) =>
        names.Select(name => configuration[name]?.Trim()).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    public void Require(string what, params string[] names)
    {
        if (Text(names) is null)
            Fault($"{string.Join(" or ", names)} is missing: Production needs {what}.");
    }

    public int Number(string name, int otherwise, int minimum, int maximum)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
            return number;
        Fault($"{name} must be a whole number from {minimum} to {maximum}, and is \"{text}\".");
        return otherwise;
    }

    public int? Port(string name) => Text(name) is null ? null : Number(name, 0, 1, 65_535);

    /// <summary>A port on <paramref name="host"/>, or a whole URL.</summary>
    public string? PortOrUrl(string name, string scheme, string host)
    {
        if (Text(name) is not { } text)
            return null;
        if (text.All(char.IsAsciiDigit))
            return $"{scheme}://{host}:{Number(name, 0, 1, 65_535)}";
        return Url(text, name)?.ToString().TrimEnd('/');
    }

    public Uri? Url(string name) => Url(Text(name), name);

    public Uri? Url(string? text, string name)
    {
        if (text is null)
            return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        Fault($"{name} must be a port or an http(s) URL, and is \"{text}\".");
        return null;
    }
}
