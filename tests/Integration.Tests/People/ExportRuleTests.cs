using Beat.Messaging.Shared.Abstractions;
using Beat.Messaging.Shared.Events.Persistence;
using Microsoft.EntityFrameworkCore;

namespace Beat.Messaging.Integration.Tests.People;

/// <summary>Whoever asks for their data gets all of it.</summary>
public sealed class ExportRuleTests(EmbeddedService running) : IClassFixture<EmbeddedService>
{
    /// <summary>Words for a person in the names of ids.</summary>
    private static readonly string[] People =
        ["Profile", "User", "Person", "Owner", "Creator", "Sender", "Author", "Actor", "Recipient", "Inviter", "Invitee",
            "Member", "Lender", "Borrower", "Voter"];

    public static TheoryData<string> Modules => [.. Host.Modules.All.Select(module => module.Name)];

    [Theory, MemberData(nameof(Modules))]
    public void A_module_that_keeps_rows_of_people_exports_them_or_says_why_not(string module)
    {
        var assembly = Host.Modules.All.Single(one => one.Name == module).GetType().Assembly;
        var context = assembly.GetTypes()
            .Single(type => type.IsAssignableTo(typeof(ModuleContext)) && !type.IsAssignableTo(typeof(ISqliteContext)));
        var sqlite = assembly.GetTypes().Single(type => type.IsSubclassOf(context));
        var factory = running.Service.Services.GetRequiredService(typeof(IDbContextFactory<>).MakeGenericType(sqlite));
        using var db = (ModuleContext)factory.GetType().GetMethod("CreateDbContext")!.Invoke(factory, null)!;
        // A copy of what siblings own is theirs to export.
        var personal = db.Model.GetEntityTypes()
            .Where(entity => entity.ClrType.Assembly == assembly
                && entity.GetProperties().Any(property => People.Any(person => property.Name == $"{person}Id")))
            .Select(entity => entity.ClrType.Name).ToList();
        var exports = assembly.GetTypes()
            .Any(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IExportSource)))
            && running.Service.Services.GetServices<IExportSource>().Any(source => source.GetType().Assembly == assembly);
        Assert.True(
            personal.Count == 0 || exports || Scenarios.Of(module).ExportsNothing is not null,
            $"{string.Join(", ", personal)} of {module} belong to people: export them with .Exports<T>() in its table of contents, or say in "
            + $"{nameof(ModuleScenario.ExportsNothing)} of {Scenarios.FileOf(module)} why nothing of them is anybody's to take.");
        Assert.False(exports && Scenarios.Of(module).ExportsNothing is not null, $"{module} exports, and says why it does not.");
    }
}
