using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Beat.Messaging.Shared.Hosting.Settings;

/// <summary>
/// What an operator can set of the service as a whole; each module reads its own (<see cref="SettingsRegistration"/>).
/// </summary>
public sealed record MessagingSettings
{
    internal const int MinSecretLength = 32;

    /// <summary>URLs to listen on, separated by <c>;</c>. Null: ASP.NET's own settings name them.</summary>
    public string? Urls { get; init; }

    /// <summary>Where metrics are read, and nowhere else. Null: where everything is.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Absolute path of the folder that holds the embedded stores.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Npgsql connection string. Null: SQLite in the data folder.</summary>
    public string? Postgres { get; init; }

    /// <summary><c>mongodb://</c> URL. Null: SQLite in the data folder.</summary>
    public string? Mongo { get; init; }

    /// <summary><c>redis://</c> or <c>rediss://</c> URL. Null: memory.</summary>
    public string? Redis { get; init; }

    public required KafkaSettings Kafka { get; init; }

    public required IdentitySettings Identity { get; init; }

    /// <summary>At least 32 characters. Null: made once in the data folder.</summary>
    public string? SecretKeyBase { get; init; }

    /// <summary>Origins (<c>https://chat.example</c>) of pages that may call this service besides its own.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    private static readonly (string What, string[] Names)[] RequiredInProduction =
    [
        ("PostgreSQL", ["DATABASE_URL", "POSTGRES_HOST"]),
        ("MongoDB", ["MONGO_URL", "MONGO_HOST"]),
        ("Redis", ["REDIS_URL", "REDIS_HOST"]),
        ("Kafka", ["KAFKA_BROKERS", "KAFKA_HOST"]),
        ("the auth service", ["JWKS_URL", "BEAT_IDENTITY_SERVER"]),
        ("a secret", ["SECRET_KEY_BASE"]),
    ];

    /// <summary>Reads these settings, and checks those of the modules.</summary>
    /// <exception cref="SettingsException">There are faults, of whichever of them: all are listed.</exception>
    public static MessagingSettings Load(
        IConfiguration configuration, IHostEnvironment environment, params IReadOnlyList<IModule> modules)
    {
        var read = new SettingsReader(configuration);
        var settings = Read(read, configuration, environment);
        string[] faults = [.. read.Faults, .. SettingsRegistration.FindFaults(configuration, modules)];
        return faults.Length == 0 ? settings : throw new SettingsException(faults);
    }

    /// <summary>Has the server listen where <see cref="Urls"/> says.</summary>
    public void ApplyTo(IWebHostBuilder web)
    {
        if (Urls is null)
            return;
        var all = MetricsPort is { } port ? $"{Urls};http://{BindingAddress.Parse(Urls.Split(';')[0]).Host}:{port}" : Urls;
        web.UseUrls(all).PreferHostingUrls(true);
    }

    /// <summary>Without the values: some are secrets.</summary>
    public override string ToString() => nameof(MessagingSettings);

    private static MessagingSettings Read(SettingsReader read, IConfiguration configuration, IHostEnvironment environment)
    {
        var urls = ListenUrls(read, configuration, environment);
        var settings = new MessagingSettings
        {
            Urls = urls,
            MetricsPort = MetricsOnly(read, urls),
            DataFolder = Path.GetFullPath(read.Text("BEAT_DATA") ?? "data"),
            Postgres = PostgresString(read),
            Mongo = MongoUrl(read),
            Redis = RedisUrl(read),
            Kafka = KafkaBrokers(read),
            Identity = new IdentitySettings(
                read.ServerUrl("JWKS_URL", IdentitySettings.JwksPath)
                    ?? read.ServerUrl("BEAT_IDENTITY_SERVER", IdentitySettings.JwksPath),
                read.Text("Auth:Issuer"),
                read.Text("Auth:Audience")),
            SecretKeyBase = Secret(read),
            CorsOrigins = read.Origins("Cors:Origins"),
        };
        if (environment.IsProduction())
            foreach (var (what, names) in RequiredInProduction.Where(row => row.Names.All(name => read.Text(name) is null)))
                read.Faults.Add($"Production needs {what}: set {string.Join(" or ", names)}.");
        return settings;
    }

    private static string? ListenUrls(SettingsReader read, IConfiguration configuration, IHostEnvironment environment)
    {
        var host = environment.IsDevelopment() ? "localhost" : "+";
        if (read.Text("BEAT_MESSASSING_SERVER") is { } server)
        {
            if (SettingsReader.IsPort(server))
                return $"http://{host}:{server}";
            if (!server.Split(';').All(IsListenUrl))
                read.Faults.Add(
                    $"BEAT_MESSASSING_SERVER is \"{server}\", but must be a port or a URL to listen on, e.g. http://+:4000.");
            return server;
        }
        var isNamedElsewhere = read.Text("urls") is not null || read.Text("http_ports") is not null
            || read.Text("https_ports") is not null || configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        return isNamedElsewhere ? null : $"http://{host}:4000";

        static bool IsListenUrl(string url)
        {
            try
            {
                var address = BindingAddress.Parse(url);
                return address.Scheme is "http" or "https" && address.PathBase.Length == 0
                    && address.Port is >= 0 and <= 65_535 && (address.Host.StartsWith('[') || !address.Host.Contains(':'));
            }
            catch (FormatException)
            {
                return false;
            }
        }
    }

    private static int? MetricsOnly(SettingsReader read, string? urls)
    {
        if (read.Text("Metrics:Port") is null)
            return null;
        if (urls is null)
            read.Faults.Add("Metrics:Port is set, so BEAT_MESSASSING_SERVER is needed too: it says where everything else is.");
        return read.Port("Metrics:Port", 0);
    }

    private static string? PostgresString(SettingsReader read)
    {
        if (read.Text("DATABASE_URL") is { } url)
        {
            try
            {
                return url.Contains("://") ? FromUrl(new Uri(url)) : new NpgsqlConnectionStringBuilder(url).ConnectionString;
            }
            catch (Exception malformed) when (malformed is UriFormatException or ArgumentException or FormatException)
            {
                read.Faults.Add("DATABASE_URL must be like postgres://user:password@host:5432/database.");
                return null;
            }
        }
        if (read.Text("POSTGRES_HOST") is not { } host)
            return null;
        return new NpgsqlConnectionStringBuilder
        {
            Host = host,
            Port = read.Port("POSTGRES_PORT", 5432),
            Username = read.Required("POSTGRES_HOST", "POSTGRES_USER", "POSTGRES_USERNAME"),
            Password = read.Text("POSTGRES_PASSWORD"),
            Database = read.Required("POSTGRES_HOST", "POSTGRES_DB", "POSTGRES_DATABASE"),
        }.ConnectionString;

        static string FromUrl(Uri uri)
        {
            if (uri.Scheme is not ("postgres" or "postgresql" or "ecto") || uri.Host.Length == 0 || uri.AbsolutePath.Length < 2)
                throw new FormatException();
            var user = uri.UserInfo.Split(':', 2);
            var builder = new NpgsqlConnectionStringBuilder
            {
                Host = uri.Host,
                Port = uri.Port > 0 ? uri.Port : 5432,
                Username = Uri.UnescapeDataString(user[0]),
                Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
                Database = Uri.UnescapeDataString(uri.AbsolutePath[1..]),
            };
            // libpq writes sslmode=verify-full and application_name, Npgsql VerifyFull and Application Name.
            foreach (var option in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
                if (option.Split('=', 2) is [var key, var value])
                    builder[key.Replace('_', ' ')] = key == "sslmode" ? value.Replace("-", "") : Uri.UnescapeDataString(value);
            return builder.ConnectionString;
        }
    }

    private static string? MongoUrl(SettingsReader read)
    {
        if (read.Text("MONGO_URL") is { } url)
        {
            // Several hosts may be named, which Uri does not take.
            if (!url.StartsWith("mongodb://", StringComparison.Ordinal)
                && !url.StartsWith("mongodb+srv://", StringComparison.Ordinal))
                read.Faults.Add("MONGO_URL must be like mongodb://user:password@host:27017/database.");
            return url;
        }
        if (read.Text("MONGO_HOST") is not { } host)
            return null;
        var address = $"{host}:{read.Port("MONGO_PORT", 27017)}/{read.Text("MONGO_DB", "MONGO_DATABASE")}";
        return read.Text("MONGO_USERNAME", "MONGO_USER") is { } user
            ? $"mongodb://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(read.Text("MONGO_PASSWORD") ?? "")}@{address}?authSource=admin"
            : $"mongodb://{address}";
    }

    private static string? RedisUrl(SettingsReader read)
    {
        if (read.Text("REDIS_URL") is { } url)
        {
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss")
                || uri.Host.Length == 0)
                read.Faults.Add("REDIS_URL must be like redis://user:password@host:6379/0.");
            return url;
        }
        if (read.Text("REDIS_HOST") is not { } host)
            return null;
        var user = read.Text("REDIS_PASSWORD") is { } password
            ? $"{Uri.EscapeDataString(read.Text("REDIS_USERNAME", "REDIS_USER") ?? "")}:{Uri.EscapeDataString(password)}@"
            : "";
        return $"redis://{user}{host}:{read.Port("REDIS_PORT", 6379)}/{read.Number("REDIS_DB", 0, 0, 65_535)}";
    }

    private static KafkaSettings KafkaBrokers(SettingsReader read)
    {
        var port = read.Port("KAFKA_PORT", KafkaSettings.DefaultPort);
        var brokers = read.Text("KAFKA_BROKERS");
        if (brokers?.Split(',', StringSplitOptions.TrimEntries).All(SettingsReader.IsHostAndPort) == false)
            read.Faults.Add($"KAFKA_BROKERS is \"{brokers}\", but must be a list like host1:9092,host2:9092.");
        if (brokers is null && read.Text("KAFKA_HOST") is { } host)
            brokers = host.Contains(':') ? host : $"{host}:{port}";
        return new KafkaSettings(
            brokers, port, read.Text("KAFKA_PORT") is not null, read.Number("Kafka:Partitions", 3, 1, 1_000));
    }

    private static string? Secret(SettingsReader read)
    {
        var secret = read.Text("SECRET_KEY_BASE");
        if (secret?.Length < MinSecretLength)
            read.Faults.Add($"SECRET_KEY_BASE must have at least {MinSecretLength} characters.");
        return secret;
    }
}

/// <param name="Brokers"><c>host:port,…</c>; null: the embedded broker.</param>
/// <param name="Port">Where the embedded broker listens.</param>
/// <param name="PortWasAskedFor">Then a taken port is an error; otherwise a free one will do.</param>
/// <param name="Partitions">Of the topics that the service makes.</param>
public sealed record KafkaSettings(string? Brokers, int Port, bool PortWasAskedFor, int Partitions)
{
    public const int DefaultPort = 9092;
}

/// <param name="JwksUrl">The auth service's keys; null: the development issuer.</param>
/// <param name="Issuer">What <c>iss</c> must be; null: anything.</param>
/// <param name="Audience">What <c>aud</c> must hold; null: anything.</param>
public sealed record IdentitySettings(Uri? JwksUrl, string? Issuer, string? Audience)
{
    /// <summary>Where keys are when a URL names no path, and where the development issuer shows its own.</summary>
    public const string JwksPath = "/.well-known/jwks.json";
}
