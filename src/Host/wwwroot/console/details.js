import { groupDialog, inviteDialog, memberDialog } from './dialogs.js';
import { avatar, dayAndMonth, h, iconButton, keyed, text, timeOf } from './dom.js';
import { preferences } from './notifications.js';
import { points } from './points.js';
import { can, outranks, rankOfMember } from './rules.js';
import { action, confirm } from './sheet.js';

/** The details of the open group: its description, points, preferences and members, and what I may do with them. */
export function details(state, go) {
  const name = h('h2');
  const description = h('p', { class: 'description' });
  const kind = h('p', { class: 'quiet' });
  const groupPoints = points(state);
  const groupPreferences = preferences(state);
  const people = h('ul', { class: 'people' });
  const invited = h('ul', { class: 'people' });
  const invitedTitle = h('h3', {}, 'Invited');
  const button = (label, onclick, style = 'quiet') => h('button', { type: 'button', class: style, onclick }, label);
  const invite = button('Invite people', () => inviteDialog(state, state.openGroup), 'primary');
  const edit = button('Edit group', () => groupDialog(state, state.openGroup));
  const leave = button('Leave group', () => {
    const { id, name: groupName, member_count: count } = state.openGroup;
    const explanation = count === 1 ? 'You are its last member: the group is deleted.' : 'You stop hearing of it at once.';
    confirm(`Leave “${groupName}”`, explanation, 'Leave', async () => {
      await state.api.post(`/api/groups/${id}/leave`);
      state.forget(id);
    });
  }, 'quiet danger');
  const remove = button('Delete group', () => {
    const { id, name: groupName } = state.openGroup;
    confirm(`Delete “${groupName}”`, 'Nobody will be able to read it any more.', 'Delete', async () => {
      await state.api.delete(`/api/groups/${id}`);
      state.forget(id);
    });
  }, 'quiet danger');
  const ownerNote = h('p', { class: 'hint' }, 'To leave, make somebody else the owner first.');
  const element = h('aside', { class: 'details', 'aria-label': 'About this group' },
    h('header', {}, iconButton('close', 'Close', () => go(state.openGroupId)), name),
    h('div', { class: 'scroll' }, description, kind, groupPoints, groupPreferences, invite, h('h3', {}, 'Members'), people,
      invitedTitle, invited, h('footer', {}, edit, leave, remove, ownerNote)));

  element.update = () => {
    const { openGroup: group } = state;
    element.hidden = !group;
    if (!group) return;
    const members = state.members.of(group.id) ?? [];
    text(name, group.name);
    text(description, group.description);
    text(kind, group.is_public ? 'Public: anyone may find and join it.' : 'Private: people join by invitation.');
    invite.hidden = !can(group, 'invite:create');
    edit.hidden = !can(group, 'group:update');
    groupPoints.update();
    groupPreferences.update();
    remove.hidden = !can(group, 'group:delete');
    leave.hidden = group.my_role === 'owner' && group.member_count > 1;
    ownerNote.hidden = !leave.hidden;
    const byName = (a, b) => (a.display_name ?? '').localeCompare(b.display_name ?? '');
    const sorted = members.toSorted((a, b) => rankOfMember(b) - rankOfMember(a) || byName(a, b));
    keyed(people, sorted, ({ profile_id: id }) => `${group.id} ${id}`, (member) => memberRow(state, member));
    // An invite is closed a moment after its invitee became a member.
    const memberIds = new Set(members.map(({ profile_id: id }) => id));
    const pending = state.members.invitesTo(group.id).filter(({ invitee_id: id }) => !memberIds.has(id));
    invitedTitle.hidden = pending.length === 0;
    keyed(invited, pending, ({ id }) => id, (one) => inviteRow(state, one));
  };
  return element;
}

/** An invite that I may withdraw or repeat. */
function inviteRow(state, { id, group_id: groupId, invitee_id: invitee }) {
  const [name, until] = [h('span'), h('small')];
  const picture = avatar(invitee, state.nameOf(invitee));
  const labels = () => ({
    Remind: `Remind ${state.nameOf(invitee)} of the invitation`,
    Withdraw: `Withdraw the invitation of ${state.nameOf(invitee)}`,
  });
  const row = h('li', { class: 'invited' }, h('div', { class: 'person' }, picture, h('span', { class: 'grow' }, name, ' ', until)),
    h('div', { class: 'beside' },
      action('Remind', labels().Remind, async (button) => {
        await state.api.post(`/api/invites/${id}/resend`);
        button.replaceWith(h('small', { role: 'status' }, 'reminded'));
      }, { class: 'small quiet' }),
      action('Withdraw', labels().Withdraw, async () => {
        await state.api.delete(`/api/invites/${id}`);
        await state.members.load(groupId);
      }, { class: 'small quiet' })));
  row.update = ({ expires_at: end }) => {
    picture.update(state.nameOf(invitee));
    text(name, state.nameOf(invitee));
    text(until, `until ${dayAndMonth(end)}, ${timeOf(end)}`);
    for (const one of row.querySelectorAll('button')) one.setAttribute('aria-label', labels()[one.textContent]);
  };
  return row;
}

function memberRow(state, { profile_id: id, display_name: displayName }) {
  const picture = avatar(id, displayName);
  const [name, role, presence] = [h('span', { class: 'grow' }), h('small'), h('span', { class: 'sr' })];
  const about = h('span', { class: 'person' }, picture, name, presence, role);
  const button = h('button', { type: 'button', class: 'row' });
  const row = h('li');
  row.update = (member) => {
    const group = state.openGroup;
    const isOnline = state.members.isOnline(group.id, id);
    text(name, `${member.display_name ?? 'Someone'}${id === state.me ? ' (you)' : ''}`);
    text(role, member.is_owner ? 'owner' : member.role === 'member' ? '' : member.role);
    text(presence, isOnline ? 'online' : '');
    picture.classList.toggle('online', isOnline);
    // A button only if I may do something to this member.
    const hasActions = outranks(group, member) && (can(group, 'member:kick') || can(group, 'member:change_role'));
    const parent = hasActions ? button : row;
    if (about.parentElement !== parent) parent.append(about);
    if (hasActions && !button.isConnected) row.append(button);
    if (!hasActions) button.remove();
    button.onclick = () => memberDialog(state, group, member);
  };
  return row;
}
