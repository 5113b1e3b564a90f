using Beat.Messaging.Shared.Events.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Architecture.Tests;

/// <summary>Every module has tables of its own, in both providers, as its model says.</summary>
public sealed class StoreTests
{
    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Each_module_has_one_context_for_each_provider(string module) => Assert.Equal(
        [$"{module}Context", $"Sqlite{module}Context"],
        Contexts(module).Select(type => type.Name).Order());

    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Migrations_match_the_model(string module) => Each(module, db =>
    {
        Assert.NotEmpty(db.Database.GetMigrations());
        Assert.False(db.Database.HasPendingModelChanges(), $"{db.GetType().Name}: add a migration with tools/add-migration");
    });

    /// <summary>In PostgreSQL all modules share a database.</summary>
    [Theory, MemberData(nameof(Solution.Modules), MemberType = typeof(Solution))]
    public void Its_tables_are_in_its_own_schema(string module) => Each(module, db =>
    {
        var tables = db.Model.GetEntityTypes().ToList();
        Assert.NotEmpty(tables);
        Assert.All(tables, table => Assert.Equal(db is ISqliteContext ? null : module.ToLowerInvariant(), table.GetSchema()));
    });

    [Fact]
    public void No_two_modules_note_their_migrations_in_one_table()
    {
        var tables = new List<(string? Provider, string? Table, string? Schema)>();
        foreach (var module in Solution.ModuleFolders)
        {
            Each(module, db =>
            {
                var options = RelationalOptionsExtension.Extract(db.GetService<IDbContextOptions>());
                Assert.Equal(db is ISqliteContext ? null : module.ToLowerInvariant(), options.MigrationsHistoryTableSchema);
                tables.Add((db.Database.ProviderName, options.MigrationsHistoryTableName, options.MigrationsHistoryTableSchema));
            });
        }
        Assert.DoesNotContain(tables, table => table.Table is null or "__EFMigrationsHistory");
        Assert.Equal(Solution.ModuleFolders.Count * 2, tables.DistinctBy(table => (table.Provider, table.Table)).Count());
    }

    /// <summary>Opens nothing: a model, its migrations and its options are known without a database.</summary>
    private static void Each(string module, Action<ModuleContext> check)
    {
        using var provider = Solution.Provider(Solution.Registered(module));
        foreach (var type in Contexts(module))
        {
            var factory = provider.GetRequiredService(typeof(IDbContextFactory<>).MakeGenericType(type));
            using var db = (ModuleContext)factory.GetType().GetMethod("CreateDbContext")!.Invoke(factory, null)!;
            check(db);
        }
    }

    private static IEnumerable<Type> Contexts(string module) =>
        Solution.Module(module).Written().Where(type => type.IsAssignableTo(typeof(DbContext)));
}
