namespace Beat.Messaging.Members.Data;

/// <inheritdoc/>
internal sealed class NormalizeUserNames(ModuleStore<MembersContext> store, TimeProvider time)
    : NormalizeNames<MembersContext, User>(store, time)
{
    protected override Task Normalize(MembersContext db, IReadOnlyList<User> users, CancellationToken ct)
    {
        foreach (var user in users)
            user.Fold();
        return Task.CompletedTask;
    }
}
