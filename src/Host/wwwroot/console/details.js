import { groupDialog, inviteDialog, memberDialog } from './dialogs.js';
import { avatar, dueOf, h, iconButton, keyed, text, timeOf } from './dom.js';
import { preferences } from './notifications.js';
import { points } from './points.js';
import { can, outranks, rankOfMember } from './rules.js';
import { action, confirm } from './sheet.js';

/** The open group: what it is, who is in it, and what I may do about that. */
export function details(state, go) {
  const name = h('h2');
  const description = h('p', { class: 'description' });
  const kind = h('p', { class: 'quiet' });
  const earned = points(state);
  const preferred = preferences(state);
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
    h('div', { class: 'scroll' }, description, kind, earned, preferred, invite, h('h3', {}, 'Members'), people, invitedTitle, invited, h('footer', {}, edit, leave, remove, ownerNote)));

  element.update = () => {
    const open = group();
    element.hidden = !open;
    if (!open) return;
    const list = state.members.get(open.id) ?? [];
    text(name, open.name);
    text(description, open.description);
    text(kind, open.is_public ? 'Public: anyone may find and join it.' : 'Private: people join by invitation.');
    invite.hidden = !can(open, 'invite:create');
    edit.hidden = !can(open, 'group:update');
    earned.update();
    preferred.update();
    remove.hidden = !can(open, 'group:delete');
    leave.hidden = open.my_role === 'owner' && open.member_count > 1;
    ownerNote.hidden = !leave.hidden;
    const sorted = list.toSorted((a, b) => rankOfMember(b) - rankOfMember(a) || (a.display_name ?? '').localeCompare(b.display_name ?? ''));
    keyed(people, sorted, ({ profile_id: id }) => `${open.id} ${id}`, (member) => memberRow(state, member));
    // An invitation is taken a moment after its invitee came in.
    const here = new Set(list.map(({ profile_id: id }) => id));
    const waiting = (state.sentInvites.get(open.id) ?? []).filter(({ invitee_id: id }) => !here.has(id));
    invitedTitle.hidden = waiting.length === 0;
    keyed(invited, waiting, ({ id }) => id, (one) => invitedRow(state, one));
  };
  return element;
}

/** An invitation that I may take back or repeat. */
function invitedRow(state, { id, group_id: groupId, invitee_id: invitee }) {
  const [name, until] = [h('span'), h('small')];
  const face = avatar(invitee, state.nameOf(invitee));
  const called = () => state.nameOf(invitee);
  const row = h('li', { class: 'invited' }, h('div', { class: 'person' }, face, h('span', { class: 'grow' }, name, ' ', until)),
    h('div', { class: 'beside' },
      action('Remind', `Remind ${called()} of the invitation`, async (button) => {
        await state.api.post(`/api/invites/${id}/resend`);
        button.replaceWith(h('small', { role: 'status' }, 'reminded'));
      }, { class: 'small quiet' }),
      action('Withdraw', `Withdraw the invitation of ${called()}`, async () => {
        await state.api.delete(`/api/invites/${id}`);
        await state.loadMembers(groupId);
      }, { class: 'small quiet' })));
  row.update = ({ expires_at: end }) => {
    face.update(called());
    text(name, called());
    text(until, `until ${dueOf(end)}, ${timeOf(end)}`);
    for (const [button, label] of [['Remind', `Remind ${called()} of the invitation`], ['Withdraw', `Withdraw the invitation of ${called()}`]])
      for (const one of row.querySelectorAll('button')) if (one.textContent === button) one.setAttribute('aria-label', label);
  };
  return row;
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
    const may = outranks(group, member) && (can(group, 'member:kick') || can(group, 'member:change_role'));
    const host = may ? button : row;
    if (about.parentElement !== host) host.append(about);
    if (may && !button.isConnected) row.append(button);
    if (!may) button.remove();
    button.onclick = () => memberDialog(state, group, member);
  };
  return row;
}
