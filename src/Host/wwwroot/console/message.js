import { borrowCard, lookOf } from './borrow.js';
import { avatar, h, iconButton, text, timeOf } from './dom.js';
import { chipsOf, namesIn, reactionPicker } from './reactions.js';
import { can, outranks } from './rules.js';
import { confirm } from './sheet.js';

const LINK = /(https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]])/g;

/** Words as text: links that begin with http(s) can be followed, names that were mentioned stand out, nothing is markup. */
export function wordsOf(state, content, mentions = []) {
  const names = mentions.map((id) => `@${state.nameOf(id)}`).filter((name) => name.length > 2).sort((a, b) => b.length - a.length);
  const named = names.length ? new RegExp(`(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`, 'g') : null;
  return content.split(LINK).flatMap((part, i) => {
    if (i % 2 === 1) return [h('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part)];
    return named ? part.split(named).map((word, j) => (j % 2 === 1 ? h('b', { class: 'mention' }, word) : word)) : [part];
  });
}

export const dayRow = (_, { day }) => {
  const row = h('h3', { class: 'day' }, day);
  row.update = (item) => text(row, item.day);
  return row;
};

export const newRow = () => h('p', { class: 'new' }, 'New');

export function messageRow(state, { message: { id, sender_id: sender } }, actions) {
  const row = h('article', { class: `message ${sender === state.me ? 'mine' : 'theirs'}`, tabindex: -1, 'data-id': id });
  const openHistories = new Set();
  let drawn = '';
  row.update = ({ message, goesOn }) => {
    const replied = message.payload.reply_to ? state.find(message.group_id, message.payload.reply_to) : null;
    const name = message.type === 'system' ? '' : state.nameOf(message.sender_id);
    const mayRemove = isRemovable(state, message);
    const look = JSON.stringify([message.revision, goesOn, name, replied?.revision, replied && state.nameOf(replied.sender_id), mayRemove, message.payload.mentions?.map((one) => state.nameOf(one)),
      lookOf(state, message), namesIn(state, message)]);
    if (look === drawn) return;
    drawn = look;
    // Its name for those who hear it; what it says follows by itself.
    row.setAttribute('aria-label', `${name}, ${timeOf(message.inserted_at)}`);
    row.classList.toggle('goes-on', goesOn);
    row.classList.toggle('system', message.type === 'system');
    row.classList.toggle('for-me', sender !== state.me && ((message.payload.mentions?.includes(state.me) ?? false) || replied?.sender_id === state.me));
    const said = message.deleted_at ? [h('em', { class: 'gone' }, 'This message was deleted.')] : wordsOf(state, message.payload.content, message.payload.mentions);
    if (message.type === 'system') return row.replaceChildren(h('p', {}, ...said));
    // Who has their focus on a part of it keeps it.
    const part = row.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    row.replaceChildren(
      goesOn ? h('span', { class: 'gap' }) : avatar(message.sender_id, name),
      h('div', { class: 'bubble' },
        !goesOn && h('header', {}, h('strong', {}, name)),
        message.payload.reply_to && quoteOf(state, message, replied, actions),
        h('p', { class: 'words' }, ...said),
        message.borrow && !message.deleted_at && borrowCard(state, message, openHistories, actions),
        h('footer', {}, message.edited_at && !message.deleted_at && h('small', {}, 'edited '), h('time', { datetime: message.inserted_at }, timeOf(message.inserted_at))),
        chipsOf(state, message)),
      h('div', { class: 'actions' }, ...actionsOf(state, message, actions, mayRemove)));
    if (part) ([...row.querySelectorAll('[data-key]')].find((one) => one.dataset.key === part) ?? row).focus();
  };
  row.onkeydown = (event) => {
    if (event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = { r: 'Reply', '+': 'React', e: 'Edit', Delete: 'Delete' }[event.key];
    const pressed = button && row.querySelector(`.actions [aria-label="${button}"]`);
    if (pressed) { event.preventDefault(); pressed.click(); }
  };
  return row;
}

function actionsOf(state, message, actions, mayRemove) {
  if (message.deleted_at) return [];
  return [
    iconButton('reply', 'Reply', () => actions.reply(message), { 'data-key': 'reply' }),
    iconButton('smile', 'React', ({ currentTarget }) => reactionPicker(state, message, currentTarget), { 'data-key': 'react', 'aria-haspopup': 'dialog' }),
    message.sender_id === state.me && iconButton('edit', 'Edit', () => actions.edit(message)),
    mayRemove && iconButton('trash', 'Delete', () =>
      confirm('Delete this message', 'It disappears for everybody in the group.', 'Delete', () => state.remove(message))),
  ].filter(Boolean);
}

/** Mine, or one of somebody whom I outrank. */
function isRemovable(state, message) {
  if (message.deleted_at || message.type === 'system') return false;
  if (message.sender_id === state.me) return true;
  const [group, members] = [state.groups.get(message.group_id), state.members.get(message.group_id)];
  if (!group || !members || !can(group, 'message:delete_others')) return false;
  const sender = members.find(({ profile_id: id }) => id === message.sender_id);
  return !sender || outranks(group, sender);
}

function quoteOf(state, message, replied, actions) {
  const words = !replied ? 'an earlier message' : replied.deleted_at ? 'a deleted message' : replied.payload.content;
  return h('button', { type: 'button', class: 'quote', onclick: () => actions.find(message.payload.reply_to) },
    replied && h('strong', {}, state.nameOf(replied.sender_id)), h('span', {}, words));
}

/** What I wrote and the service has not confirmed yet. */
export function outboxRow(state, { send, groupId }) {
  const note = h('small', { role: 'status' });
  const retry = h('button', { type: 'button', class: 'small', onclick: () => state.retry(groupId, send) }, 'Try again');
  const discard = h('button', { type: 'button', class: 'small quiet', onclick: () => state.discard(groupId, send) }, 'Discard');
  const row = h('article', { class: 'message mine pending', tabindex: -1, 'aria-label': 'Being sent' },
    h('span', { class: 'gap' }), h('div', { class: 'bubble' }, h('p', { class: 'words' }, ...wordsOf(state, send.content, send.mentions)), h('footer', {}, note, retry, discard)));
  row.update = () => {
    const hasFailed = send.state === 'failed';
    row.classList.toggle('failed', hasFailed);
    retry.hidden = discard.hidden = !hasFailed;
    text(note, hasFailed ? `Not sent. ${send.note}` : !state.online && send.state === 'pending' ? 'Waiting for the connection' : send.note ?? 'Sending …');
  };
  return row;
}
