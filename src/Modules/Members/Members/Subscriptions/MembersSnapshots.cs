using System.Runtime.CompilerServices;

namespace Beat.Messaging.Members.Subscriptions;

/// <summary>Tells today's memberships to a sibling that has none.</summary>
internal sealed class MemberSnapshot(ModuleStore<MembersContext> store) : ISnapshotSource
{
    public Type EventType => typeof(MemberJoined);

    public async IAsyncEnumerable<object> Stream([EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = store.Open();
        await foreach (var member in db.Members.AsNoTracking().Where(m => m.State == MemberState.Present).AsAsyncEnumerable()
            .WithCancellation(ct))
        {
            yield return new Envelope<MemberJoined>(
                Guid.CreateVersion7(), $"{member.GroupId}:members", member.Version, member.JoinedAt, null,
                new MemberJoined(member.GroupId, member.ProfileId, member.Role));
        }
    }
}

/// <summary>Tells who owns the groups that changed hands.</summary>
internal sealed class OwnershipSnapshot(ModuleStore<MembersContext> store) : ISnapshotSource
{
    public Type EventType => typeof(OwnershipTransferred);

    public async IAsyncEnumerable<object> Stream([EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = store.Open();
        await foreach (var roster in db.Rosters.AsNoTracking().Where(r => !r.IsDeleted).AsAsyncEnumerable().WithCancellation(ct))
        {
            yield return new Envelope<OwnershipTransferred>(
                Guid.CreateVersion7(), $"{roster.GroupId}:members", roster.Version, DateTimeOffset.UnixEpoch, null,
                new OwnershipTransferred(roster.GroupId, roster.OwnerId, roster.OwnerId));
        }
    }
}

/// <summary>Tells the people of today.</summary>
internal sealed class UserSnapshot(ModuleStore<MembersContext> store) : ISnapshotSource
{
    public Type EventType => typeof(UserRecorded);

    public async IAsyncEnumerable<object> Stream([EnumeratorCancellation] CancellationToken ct)
    {
        await using var db = store.Open();
        await foreach (var user in db.Users.AsNoTracking().Where(u => u.IsCreated && !u.IsDeleted).AsAsyncEnumerable()
            .WithCancellation(ct))
        {
            yield return new Envelope<UserRecorded>(
                Guid.CreateVersion7(), user.ProfileId.ToString(), user.Version, DateTimeOffset.UnixEpoch, null,
                new UserRecorded(user.ProfileId, user.DisplayName));
        }
    }
}
