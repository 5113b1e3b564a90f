import { action, confirm, groupDialog, inviteDialog, memberDialog } from './dialogs.js';
import { avatar, h, iconButton, keyed, text } from './dom.js';
import { canActOn, rankOf, rankOfMember } from './rules.js';

/** The open group: what it is, who is in it, and what I may do about that. */
export function details(state, go) {
  const name = h('h2');
  const description = h('p', { class: 'description' });
  const kind = h('p', { class: 'quiet' });
  const people = h('ul', { class: 'people' });
  const invited = h('ul', { class: 'people' });
  const invitedTitle = h('h3', {}, 'Invited');
  const group = () => state.groups.get(state.open);
  const button = (label, onclick, kindOf = 'quiet') => h('button', { type: 'button', class: kindOf, onclick }, label);
  const invite = button('Invite people', () => inviteDialog(state, group()), 'primary');
  const edit = button('Edit group', () => groupDialog(state, group()));
  const leave = button('Leave group', () => {
    const { id, name: called, member_count: count } = group();
    confirm(`Leave “${called}”`, count === 1 ? 'You are its last member: the group is deleted.' : 'You stop hearing of it at once.', 'Leave', async () => {
      await state.api.post(`/api/groups/${id}/leave`);
      state.forget(id);
    });
  }, 'quiet danger');
  const remove = button('Delete group', () => {
    const { id, name: called } = group();
    confirm(`Delete “${called}”`, 'Nobody will be able to read it any more.', 'Delete', async () => {
      await state.api.delete(`/api/groups/${id}`);
      state.forget(id);
    });
  }, 'quiet danger');
  const ownerNote = h('p', { class: 'hint' }, 'To leave, make somebody else the owner first.');
  const element = h('aside', { class: 'details', 'aria-label': 'About this group' },
    h('header', {}, iconButton('close', 'Close', () => go(state.open)), name),
    h('div', { class: 'scroll' }, description, kind, invite, h('h3', {}, 'Members'), people, invitedTitle, invited, h('footer', {}, edit, leave, remove, ownerNote)));

  element.update = () => {
    const open = group();
    element.hidden = !open;
    if (!open) return;
    const rank = rankOf(open.my_role);
    const list = state.members.get(open.id) ?? [];
    text(name, open.name);
    text(description, open.description);
    text(kind, open.is_public ? 'Public: anyone may find and join it.' : 'Private: people join by invitation.');
    edit.hidden = rank < rankOf('admin');
    remove.hidden = open.my_role !== 'owner';
    leave.hidden = open.my_role === 'owner' && open.member_count > 1;
    ownerNote.hidden = !leave.hidden;
    const sorted = list.toSorted((a, b) => rankOfMember(b) - rankOfMember(a) || (a.display_name ?? '').localeCompare(b.display_name ?? ''));
    keyed(people, sorted, ({ profile_id: id }) => `${open.id} ${id}`, (member) => memberRow(state, member));
    const waiting = state.sentInvites.get(open.id) ?? [];
    invitedTitle.hidden = waiting.length === 0;
    keyed(invited, waiting, ({ id }) => id, (one) => h('li', {}, avatar(one.invitee_id, state.nameOf(one.invitee_id)), h('span', { class: 'grow' }, state.nameOf(one.invitee_id)),
      action('Withdraw', `Withdraw the invitation of ${state.nameOf(one.invitee_id)}`, async () => {
        await state.api.delete(`/api/invites/${one.id}`);
        await state.loadMembers(one.group_id);
      }, { class: 'small quiet' })));
  };
  return element;
}

function memberRow(state, { profile_id: id, display_name: first }) {
  const face = avatar(id, first);
  const [name, role, presence] = [h('span', { class: 'grow' }), h('small'), h('span', { class: 'sr' })];
  const about = h('span', { class: 'person' }, face, name, presence, role);
  const button = h('button', { type: 'button', class: 'row' });
  const row = h('li');
  row.update = (member) => {
    const group = state.groups.get(state.open);
    const isOnline = state.isOnline(group.id, id);
    text(name, `${member.display_name ?? 'Someone'}${id === state.me ? ' (you)' : ''}`);
    text(role, member.is_owner ? 'owner' : member.role === 'member' ? '' : member.role);
    text(presence, isOnline ? 'online' : '');
    face.classList.toggle('online', isOnline);
    // A button only where there is something to do.
    const may = canActOn(group, member) && rankOf(group.my_role) >= rankOf('moderator');
    const host = may ? button : row;
    if (about.parentElement !== host) host.append(about);
    if (may && !button.isConnected) row.append(button);
    if (!may) button.remove();
    button.onclick = () => memberDialog(state, group, member);
  };
  return row;
}
