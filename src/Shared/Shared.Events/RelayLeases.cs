using System.Diagnostics;
using Beat.Messaging.Shared.Events.Persistence;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Beat.Messaging.Shared.Events;

/// <summary>
/// Which modules this node relays for, when several share a database. An advisory lock of PostgreSQL alone is no lease, because a
/// frozen process keeps it. So it is held by a connection of its own that PostgreSQL ends after 6 s of silence, it is renewed
/// every 2 s, and this node believes in it for no longer than 5 s after the last renewal: another one takes over within 10 s. On
/// SQLite there is only this node.
/// </summary>
public sealed partial class RelayLeases(
    StoreLocations locations, IEnumerable<IModuleDatabase> databases, ILogger<RelayLeases> log) : BackgroundService
{
    private const string SilenceLimit = "6s";

    // "beat": keeps these locks apart from those of others in the same database.
    private const int LockSpace = 0x62656174;

    private static readonly TimeSpan LeaseValidity = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RenewInterval = TimeSpan.FromSeconds(2);

    private volatile HashSet<string> held = [];
    private long renewedAt;

    /// <summary>Whether this node may deliver what the module owes; ask again for every batch.</summary>
    public bool Holds(string module) => locations.PostgreSql is null
        || (held.Contains(module) && Stopwatch.GetElapsedTime(Volatile.Read(ref renewedAt)) < LeaseValidity);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (locations.PostgreSql is null)
            return;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(locations.PostgreSql)
                {
                    Pooling = false,
                    Timeout = 2,
                    CommandTimeout = 2,
                    ApplicationName = "beat-messaging relay",
                    Options = $"-c idle_session_timeout={SilenceLimit}",
                }.ConnectionString);
                await connection.OpenAsync(stoppingToken);
                await Hold(connection, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away) when (away is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                if (held.Count > 0)
                    LogLost(away);
            }
            finally
            {
                held = [];
            }
            await Task.Delay(RenewInterval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Hold(NpgsqlConnection connection, CancellationToken ct)
    {
        while (true)
        {
            var asked = Stopwatch.GetTimestamp();
            var mine = new HashSet<string>(held);
            foreach (var module in databases.Select(database => database.Module).Where(module => !mine.Contains(module)))
            {
                if (await Renew(connection, $"SELECT pg_try_advisory_lock({LockSpace}, hashtext('{module}'))", ct) is true)
                    mine.Add(module);
            }
            await Renew(connection, "SELECT true", ct);
            if (mine.Count > held.Count)
                LogTaken(string.Join(", ", mine.Except(held)));
            Volatile.Write(ref renewedAt, asked);
            held = mine;
            await Task.Delay(RenewInterval, ct);
        }
    }

    private static async Task<object?> Renew(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(ct).WaitAsync(RenewInterval, ct);
    }

    [LoggerMessage(11, LogLevel.Information, "This node relays the events of {Modules} now")]
    private partial void LogTaken(string modules);

    [LoggerMessage(12, LogLevel.Warning, "This node relays no events for now: its lease could not be renewed")]
    private partial void LogLost(Exception failure);
}
