import { findDialog, groupDialog, meDialog, members } from './dialogs.js';
import { avatar, dueOf, h, iconButton, keyed, text, timeOf, whenOf } from './dom.js';
import { loansDialog } from './loans.js';
import { notificationsDialog } from './notifications.js';
import { action } from './sheet.js';

/** Who I am, who invites me, and my groups, those with news first. */
export function sidebar(state, go, signOut) {
  const bell = iconButton('bell', 'Notifications', () => notificationsDialog(state, go));
  const bellCount = h('span', { class: 'count' });
  bell.append(bellCount);
  const me = h('strong', { class: 'grow' });
  const face = avatar(state.me, '');
  const self = h('button', { type: 'button', class: 'self', title: 'You and your data', onclick: () => meDialog(state) }, face, me);
  const invites = h('ul', { class: 'invites', 'aria-label': 'Invitations' });
  const groups = h('ul', { class: 'groups' });
  const empty = h('p', { class: 'empty' });
  const element = h('nav', { class: 'sidebar', 'aria-label': 'Groups' },
    h('header', {}, self, iconButton('bag', 'My loans', () => loansDialog(state, go)), bell, iconButton('exit', 'Sign out', () => signOut())),
    h('div', { class: 'scroll' }, invites, groups, empty),
    h('footer', {},
      h('button', { type: 'button', class: 'primary', onclick: () => groupDialog(state, null, go) }, 'New group'),
      h('button', { type: 'button', class: 'quiet', onclick: () => findDialog(state, go) }, 'Find groups')));

  element.update = () => {
    const name = state.nameOf(state.me);
    text(me, name);
    face.update(name);
    text(bellCount, state.unreadNotifications > 0 ? `${state.unreadNotifications}` : '');
    bell.setAttribute('aria-label', state.unreadNotifications > 0 ? `Notifications, ${state.unreadNotifications} unread` : 'Notifications');
    keyed(invites, state.invites, ({ id }) => id, (invite) => inviteCard(state, invite, go));
    keyed(groups, state.sorted, ({ id }) => id, (group) => groupRow(state, group));
    text(empty, state.groups.size > 0 ? '' : state.isLoaded ? 'You are in no group yet. Make one, or find one that is open to all.' : 'Loading …');
  };
  return element;
}

function groupRow(state, { id, name }) {
  const [title, preview, when, count, mentioned] = [h('strong'), h('span', { class: 'preview' }), h('small'), h('span', { class: 'count' }), h('span', { class: 'count' })];
  const face = avatar(id, name);
  const link = h('a', { href: `#/groups/${id}` }, face, h('span', { class: 'grow' }, title, preview), h('span', { class: 'side' }, when, h('span', { class: 'counts' }, mentioned, count)));
  const row = h('li', {}, link);
  const tell = (element, number, shown, label) => {
    text(element, number > 0 ? shown : '');
    if (number > 0) element.setAttribute('aria-label', label);
    else element.removeAttribute('aria-label');
  };
  row.update = (group) => {
    const [last, { unread, mentions }, typists] = [state.last(id), state.reads.count(id), state.typists(id)];
    text(title, group.name);
    face.update(group.name);
    text(preview, typists.length ? `${state.nameOf(typists[0])} is typing …` : last ? previewOf(state, last) : group.description);
    text(when, last ? whenOf(last.inserted_at) : '');
    tell(count, unread, `${unread}`, `${unread} unread`);
    tell(mentioned, mentions, mentions > 1 ? `@${mentions}` : '@', mentions > 1 ? `${mentions} mentions` : '1 mention');
    link.classList.toggle('muted', state.isQuiet(id));
    if (state.open === id) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  };
  return row;
}

function previewOf(state, message) {
  const words = message.deleted_at ? 'deleted a message' : message.type === 'borrow' ? `${message.borrow.kind === 'offer' ? 'lends' : 'asks for'} a garment: ${message.payload.content}` : message.payload.content;
  if (message.type === 'system') return words;
  return `${message.sender_id === state.me ? 'You' : state.nameOf(message.sender_id)}: ${words}`;
}

function inviteCard(state, invite, go) {
  const answer = async (verb) => {
    await state.api.post(`/api/invites/${invite.id}/${verb}`);
    state.invites = state.invites.filter(({ id }) => id !== invite.id);
    if (verb === 'accept') {
      await state.enter(invite.group_id);
      go(invite.group_id);
    }
    state.changed();
  };
  return h('li', {},
    h('p', {}, h('strong', {}, invite.inviter_name ?? 'Someone'), ' invites you to ', h('strong', {}, invite.group_name),
      h('small', {}, h('br'), `${members(invite.member_count)}${invite.role === 'member' ? '' : ` · as ${invite.role}`} · until ${dueOf(invite.expires_at)}, ${timeOf(invite.expires_at)}`)),
    h('div', { class: 'beside' },
      action('Accept', `Accept the invitation to ${invite.group_name}`, () => answer('accept')),
      action('Decline', `Decline the invitation to ${invite.group_name}`, () => answer('decline'), { class: 'small quiet' })));
}
