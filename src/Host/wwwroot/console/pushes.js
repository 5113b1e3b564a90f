/**
 * What each push of the hub does to the state, by its name. Messages and presence are in the client's histories already, and the open
 * timeline is updated; a push that changes nothing else is not here.
 */
export const PUSHES = {
  TypingStarted: (state, { group_id: groupId, profile_id: profileId }) => state.members.typingStarted(groupId, profileId),
  MessageReceived: (state, { group_id: groupId, sender_id: senderId }) => state.members.typingStopped(groupId, senderId),
  BorrowChanged: (state, { borrow }) => { if ([borrow.lender_id, borrow.borrower_id].includes(state.me)) state.loansChanged(); },
  ReadMoved: (state, mark) => state.readMarks.moved(mark),

  GroupUpdated: (state, { group_id: groupId, ...changes }) => {
    const group = state.groups.get(groupId);
    if (group) Object.assign(group, changes);
  },
  GroupDeleted: (state, { group_id: groupId }) => {
    const group = state.groups.get(groupId);
    if (group) state.note(`“${group.name}” was deleted.`);
    state.forget(groupId);
  },
  MembershipGranted: (state, { group_id: groupId }) => { state.enter(groupId).catch(() => {}); },
  MembershipRevoked: (state, { group_id: groupId, reason }) => {
    const group = state.groups.get(groupId);
    if (group && reason === 'kicked') state.note(`You were removed from “${group.name}”.`, 'error');
    state.forget(groupId);
  },
  RoleChanged: (state, { group_id: groupId, profile_id: profileId }) => {
    // What I may do in the group changes with my role.
    if (profileId === state.me && state.groups.has(groupId)) state.enter(groupId).catch(() => {});
    state.members.reload(groupId);
  },
  MemberJoined: reloadMembers,
  MemberLeft: reloadMembers,
  MemberKicked: reloadMembers,

  InviteReceived: (state) => { state.inbox.loadInvites().catch(() => {}); },
  InviteWithdrawn: (state, { invite_id: inviteId }) => state.inbox.removeInvite(inviteId),
  NotificationReceived: (state, notification) => {
    state.inbox.add(notification);
    state.notificationArrived(notification);
    // No other push tells of a loan in a group that I left.
    if (notification.type.startsWith('borrow')) state.loansChanged();
  },
  NotificationWithdrawn: (state, { id }) => state.inbox.remove(id),
  UnreadChanged: (state, { unread }) => { state.inbox.unread = unread; },
};

function reloadMembers(state, { group_id: groupId, profile_id: profileId }) {
  if (profileId !== state.me) state.members.reload(groupId);
}
