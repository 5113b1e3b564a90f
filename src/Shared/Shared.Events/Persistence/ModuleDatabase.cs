using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Beat.Messaging.Shared.Events.Persistence;

/// <summary>Where a module's tables are, whatever the provider.</summary>
public interface IModuleDatabase
{
    /// <summary>The module's name.</summary>
    string Module { get; }

    ModuleContext Open();

    /// <summary>
    /// Waits for the right to write, and gives it back when disposed. SQLite has one writer, and a second one would poll in steps
    /// of 150 ms; PostgreSQL needs no turns.
    /// </summary>
    ValueTask<IDisposable?> AcquireWriteLock(CancellationToken ct);

    /// <summary>Names of the migrations in their order, and whether each is applied.</summary>
    /// <exception cref="System.Data.Common.DbException">The database is away.</exception>
    Task<IReadOnlyList<(string Name, bool IsApplied)>> Migrations(CancellationToken ct);

    /// <summary>Applies the migrations that are pending; several nodes may do so at once.</summary>
    Task Migrate(CancellationToken ct);

    /// <summary>Takes the newest applied migration back, with what its tables hold.</summary>
    /// <returns>Its name; null when there is none.</returns>
    Task<string?> Revert(CancellationToken ct);

    /// <summary>Deletes everything, and makes it anew, empty.</summary>
    Task Reset(CancellationToken ct);
}

/// <summary>Same, with the module's own context type.</summary>
public interface IModuleDatabase<out TContext> : IModuleDatabase
    where TContext : ModuleContext
{
    new TContext Open();
}

/// <summary>Empties a store that a module has beside its tables.</summary>
public sealed record StoreReset(Func<Task> Run);

internal sealed class ModuleDatabase<TContext, TActual>(string module, IDbContextFactory<TActual> contexts)
    : IModuleDatabase<TContext>, IDisposable
    where TContext : ModuleContext
    where TActual : TContext
{
    private static readonly TimeSpan MigrationLimit = TimeSpan.FromMinutes(10);
    private readonly SemaphoreSlim? writeLock = typeof(TActual).IsAssignableTo(typeof(ISqliteContext)) ? new(1, 1) : null;

    public string Module => module;

    public TContext Open() => contexts.CreateDbContext();

    ModuleContext IModuleDatabase.Open() => Open();

    public async ValueTask<IDisposable?> AcquireWriteLock(CancellationToken ct)
    {
        if (writeLock is null)
            return null;
        await writeLock.WaitAsync(ct);
        return new WriteLock(writeLock);
    }

    public async Task<IReadOnlyList<(string Name, bool IsApplied)>> Migrations(CancellationToken ct)
    {
        await using var db = Open();
        var applied = (await db.Database.GetAppliedMigrationsAsync(ct)).ToHashSet();
        return [.. db.Database.GetMigrations().Select(name => (name, applied.Contains(name)))];
    }

    public async Task<string?> Revert(CancellationToken ct)
    {
        await using var db = Open();
        db.Database.SetCommandTimeout(MigrationLimit);
        var applied = (await db.Database.GetAppliedMigrationsAsync(ct)).ToList();
        if (applied.Count == 0)
            return null;
        await db.GetService<IMigrator>().MigrateAsync(applied.Count > 1 ? applied[^2] : Migration.InitialDatabase, ct);
        return applied[^1];
    }

    public async Task Reset(CancellationToken ct)
    {
        await using (var db = Open())
        {
            db.Database.SetCommandTimeout(MigrationLimit);
            await db.GetService<IMigrator>().MigrateAsync(Migration.InitialDatabase, ct);
        }
        await Migrate(ct);
    }

    public async Task Migrate(CancellationToken ct)
    {
        await using var db = Open();
        db.Database.SetCommandTimeout(MigrationLimit);
        if (writeLock is not null)
        {
            // Kept in the file: readers do not wait for the writer. A row left by a process that was killed in the middle of a
            // migration would block every later start; the folder's lock makes sure that nobody else is migrating now.
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", ct);
            await db.Database.ExecuteSqlRawAsync("DROP TABLE IF EXISTS \"__EFMigrationsLock\"", ct);
        }
        if ((await db.Database.GetPendingMigrationsAsync(ct)).Any())
            await db.Database.MigrateAsync(ct);
    }

    public void Dispose() => writeLock?.Dispose();

    private sealed class WriteLock(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
