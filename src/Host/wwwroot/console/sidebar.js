import { findDialog, groupDialog, meDialog, members } from './dialogs.js';
import { avatar, dayAndMonth, h, iconButton, keyed, text, timeOf, whenOf } from './dom.js';
import { loansDialog } from './loans.js';
import { notificationsDialog } from './notifications.js';
import { action } from './sheet.js';

/** The sidebar: me, invites to me, and my groups, most recently active first. */
export function sidebar(state, go, signOut) {
  const bell = iconButton('bell', 'Notifications', () => notificationsDialog(state, go));
  const bellCount = h('span', { class: 'count' });
  bell.append(bellCount);
  const myName = h('strong', { class: 'grow' });
  const picture = avatar(state.me, '');
  const self = h('button', { type: 'button', class: 'self', title: 'You and your data', onclick: () => meDialog(state) }, picture, myName);
  const invites = h('ul', { class: 'invites', 'aria-label': 'Invitations' });
  const groups = h('ul', { class: 'groups' });
  const empty = h('p', { class: 'empty' });
  const element = h('nav', { class: 'sidebar', 'aria-label': 'Groups' },
    h('header', {},
      self, iconButton('bag', 'My loans', () => loansDialog(state, go)), bell, iconButton('exit', 'Sign out', () => signOut())),
    h('div', { class: 'scroll' }, invites, groups, empty),
    h('footer', {},
      h('button', { type: 'button', class: 'primary', onclick: () => groupDialog(state, null, go) }, 'New group'),
      h('button', { type: 'button', class: 'quiet', onclick: () => findDialog(state, go) }, 'Find groups')));

  element.update = () => {
    const name = state.nameOf(state.me);
    text(myName, name);
    picture.update(name);
    const { unread, invites: received } = state.inbox;
    text(bellCount, unread > 0 ? `${unread}` : '');
    bell.setAttribute('aria-label', unread > 0 ? `Notifications, ${unread} unread` : 'Notifications');
    keyed(invites, received, ({ id }) => id, (invite) => inviteCard(state, invite, go));
    keyed(groups, state.groupsByActivity, ({ id }) => id, (group) => groupRow(state, group));
    text(empty, state.groups.size > 0 ? '' : !state.isLoaded ? 'Loading …'
      : 'You are in no group yet. Make one, or find one that is open to all.');
  };
  return element;
}

function groupRow(state, { id, name }) {
  const [title, preview, when] = [h('strong'), h('span', { class: 'preview' }), h('small')];
  const [unreadCount, mentionCount] = [h('span', { class: 'count' }), h('span', { class: 'count' })];
  const picture = avatar(id, name);
  const link = h('a', { href: `#/groups/${id}` }, picture, h('span', { class: 'grow' }, title, preview),
    h('span', { class: 'side' }, when, h('span', { class: 'counts' }, mentionCount, unreadCount)));
  const row = h('li', {}, link);
  const setCount = (element, number, shown, label) => {
    text(element, number > 0 ? shown : '');
    if (number > 0) element.setAttribute('aria-label', label);
    else element.removeAttribute('aria-label');
  };
  row.update = (group) => {
    const [last, { unread, mentions }, typing] = [state.lastMessage(id), state.readMarks.count(id), state.members.typing(id)];
    text(title, group.name);
    picture.update(group.name);
    text(preview, typing.length ? `${state.nameOf(typing[0])} is typing …` : last ? previewOf(state, last) : group.description);
    text(when, last ? whenOf(last.inserted_at) : '');
    setCount(unreadCount, unread, `${unread}`, `${unread} unread`);
    setCount(mentionCount, mentions, mentions > 1 ? `@${mentions}` : '@', mentions > 1 ? `${mentions} mentions` : '1 mention');
    link.classList.toggle('muted', state.inbox.isQuiet(id));
    if (state.openGroupId === id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  };
  return row;
}

function previewOf(state, message) {
  const { content } = message.payload;
  if (message.type === 'system') return content;
  const summary = message.deleted_at ? 'deleted a message'
    : message.type === 'borrow' ? `${message.borrow.kind === 'offer' ? 'lends' : 'asks for'} a garment: ${content}`
    : content;
  return `${message.sender_id === state.me ? 'You' : state.nameOf(message.sender_id)}: ${summary}`;
}

function inviteCard(state, invite, go) {
  const answer = async (verb) => {
    await state.api.post(`/api/invites/${invite.id}/${verb}`);
    state.inbox.removeInvite(invite.id);
    if (verb === 'accept') {
      await state.enter(invite.group_id);
      go(invite.group_id);
    }
    state.changed();
  };
  const role = invite.role === 'member' ? '' : ` · as ${invite.role}`;
  const expiry = `until ${dayAndMonth(invite.expires_at)}, ${timeOf(invite.expires_at)}`;
  return h('li', {},
    h('p', {}, h('strong', {}, invite.inviter_name ?? 'Someone'), ' invites you to ', h('strong', {}, invite.group_name),
      h('small', {}, h('br'), `${members(invite.member_count)}${role} · ${expiry}`)),
    h('div', { class: 'beside' },
      action('Accept', `Accept the invitation to ${invite.group_name}`, () => answer('accept')),
      action('Decline', `Decline the invitation to ${invite.group_name}`, () => answer('decline'), { class: 'small quiet' })));
}
