using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Beat.Messaging.Shared.Hosting.Settings;

/// <summary>Everything that an operator can set, checked once at start-up.</summary>
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

    public required LimitSettings Limits { get; init; }

    public required InviteSettings Invites { get; init; }

    public required PointSettings Points { get; init; }

    public required BorrowSettings Borrow { get; init; }

    private static readonly (string What, string[] Names)[] RequiredInProduction =
    [
        ("PostgreSQL", ["DATABASE_URL", "POSTGRES_HOST"]),
        ("MongoDB", ["MONGO_URL", "MONGO_HOST"]),
        ("Redis", ["REDIS_URL", "REDIS_HOST"]),
        ("Kafka", ["KAFKA_BROKERS", "KAFKA_HOST"]),
        ("the auth service", ["JWKS_URL", "BEAT_IDENTITY_SERVER"]),
        ("a secret", ["SECRET_KEY_BASE"]),
    ];

    /// <summary>Reads all settings and reports every fault, one sentence each; with faults the settings are not usable.</summary>
    public static (MessagingSettings Settings, IReadOnlyList<string> Faults) Read(
        IConfiguration configuration, IHostEnvironment environment)
    {
        var read = new SettingsReader(configuration);
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
                read.ServerUrl("JWKS_URL", IdentitySettings.JwksPath) ?? read.ServerUrl("BEAT_IDENTITY_SERVER", IdentitySettings.JwksPath),
                read.Text("Auth:Issuer"),
                read.Text("Auth:Audience")),
            SecretKeyBase = Secret(read),
            CorsOrigins = read.Origins("Cors:Origins"),
            Limits = new LimitSettings(
                SendsPerSecond: read.Number("Limits:SendsPerSecond", 10, 1, 100_000),
                SendBurst: read.Number("Limits:SendBurst", 30, 1, 100_000),
                GroupsPerPerson: read.Number("Limits:GroupsPerPerson", 500, 1, 100_000),
                MembersPerGroup: read.Number("Limits:MembersPerGroup", 10_000, 1, 1_000_000),
                FailedInvitesPerMinute: read.Number("Limits:FailedInvitesPerMinute", 10, 1, 100_000)),
            Invites = new InviteSettings(
                TimeSpan.FromSeconds(read.Number("Invites:ExpiresIn", 604_800, 3_600, 2_592_000)),
                TimeSpan.FromSeconds(read.Number("Invites:RemindBefore", 86_400, 0, 2_592_000))),
            Points = PointSettings.Read(read),
            Borrow = new BorrowSettings(TimeSpan.FromSeconds(read.Number("Borrow:ExpiresIn", 604_800, 1, 31_536_000))),
        };
        if (environment.IsProduction())
            foreach (var (what, names) in RequiredInProduction.Where(row => row.Names.All(name => read.Text(name) is null)))
                read.Faults.Add($"Production needs {what}: set {string.Join(" or ", names)}.");
        return (settings, read.Faults);
    }

    /// <exception cref="SettingsException">There are faults.</exception>
    public static MessagingSettings Load(IConfiguration configuration, IHostEnvironment environment)
    {
        var (settings, faults) = Read(configuration, environment);
        return faults.Count == 0 ? settings : throw new SettingsException(faults);
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

    private static string? ListenUrls(SettingsReader read, IConfiguration configuration, IHostEnvironment environment)
    {
        var host = environment.IsDevelopment() ? "localhost" : "+";
        if (read.Text("BEAT_MESSASSING_SERVER") is { } server)
        {
            if (SettingsReader.IsPort(server))
                return $"http://{host}:{server}";
            if (!server.Split(';').All(IsListenUrl))
                read.Faults.Add($"BEAT_MESSASSING_SERVER is \"{server}\", but must be a port or a URL to listen on, e.g. http://+:4000.");
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
            if (!url.StartsWith("mongodb://", StringComparison.Ordinal) && !url.StartsWith("mongodb+srv://", StringComparison.Ordinal))
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
            if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("redis" or "rediss") || uri.Host.Length == 0)
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
        return new KafkaSettings(brokers, port, read.Text("KAFKA_PORT") is not null, read.Number("Kafka:Partitions", 3, 1, 1_000));
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

/// <param name="SendsPerSecond">Per person and node.</param>
/// <param name="SendBurst">Sends at once after a pause.</param>
/// <param name="FailedInvitesPerMinute">Unknown invite tokens that a person may try.</param>
public sealed record LimitSettings(
    int SendsPerSecond, int SendBurst, int GroupsPerPerson, int MembersPerGroup, int FailedInvitesPerMinute);

/// <param name="ExpiresIn">Of an invite that names none; one hour to 30 days.</param>
/// <param name="RemindBefore">How long before it expires an invitee is reminded; zero: never.</param>
public sealed record InviteSettings(TimeSpan ExpiresIn, TimeSpan RemindBefore);

/// <summary>What each rule is worth.</summary>
/// <param name="BorrowReturned">To the lender.</param>
/// <param name="BorrowReturnedByBorrower">To the borrower; its cap is that of <paramref name="BorrowReturned"/>.</param>
public sealed record PointSettings(
    PointRuleSettings GroupCreated, PointRuleSettings InviteAccepted, PointRuleSettings MessageSent, PointRuleSettings BorrowReturned,
    PointRuleSettings BorrowReturnedByBorrower, PointRuleSettings BorrowHandedOver)
{
    /// <summary>Sums of many awards have to stay whole numbers of 32 bits.</summary>
    private const int MaxPerRule = 1_000;

    private const int MaxDailyCap = 1_000_000;

    internal static PointSettings Read(SettingsReader read)
    {
        var returned = Rule("BorrowReturned", 20, 30);
        return new PointSettings(
            Rule("GroupCreated", 10, 20), Rule("InviteAccepted", 5, 10), Rule("MessageSent", 0, 1, dailyCap: 50), returned,
            returned with { Points = Number("BorrowReturned:BorrowerPoints", 10), Xp = Number("BorrowReturned:BorrowerXp", 15) },
            Rule("BorrowHandedOver", 5, 5));

        PointRuleSettings Rule(string name, int points, int xp, int? dailyCap = null) => new(
            Number($"{name}:Points", points), Number($"{name}:Xp", xp),
            read.Text($"Points:{name}:DailyCap") is null ? dailyCap : read.Number($"Points:{name}:DailyCap", 0, 0, MaxDailyCap));

        int Number(string name, int otherwise) => read.Number($"Points:{name}", otherwise, 0, MaxPerRule);
    }
}

/// <param name="Points">Without points and XP the rule awards nothing.</param>
/// <param name="DailyCap">Awards per person, group and UTC day; null: as many as there are.</param>
public sealed record PointRuleSettings(int Points, int Xp, int? DailyCap);

/// <param name="ExpiresIn">How long a request or an offer stays open; one second to a year.</param>
public sealed record BorrowSettings(TimeSpan ExpiresIn);
