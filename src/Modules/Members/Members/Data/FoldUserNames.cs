namespace Beat.Messaging.Members.Data;

/// <inheritdoc/>
internal sealed class FoldUserNames(ModuleStore<MembersContext> store, TimeProvider time) : FoldNames<MembersContext, User>(store, time)
{
    protected override Task Fold(MembersContext db, IReadOnlyList<User> users, CancellationToken ct)
    {
        foreach (var user in users)
            user.Fold();
        return Task.CompletedTask;
    }
}
