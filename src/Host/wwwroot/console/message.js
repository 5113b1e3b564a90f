import { borrowCard, cardDependencies } from './borrow.js';
import { avatar, h, iconButton, text, timeOf } from './dom.js';
import { reactionDependencies, reactionList, reactionPicker } from './reactions.js';
import { can, outranks } from './rules.js';
import { confirm } from './sheet.js';

const LINK = /(https?:\/\/[^\s<>"]*[^\s<>"'.,;:!?)\]])/g;

/** Returns a message's content as text nodes, links, and mentioned names in bold; nothing in it is markup. */
export function contentOf(state, content, mentions = []) {
  const names = mentions.map((id) => `@${state.nameOf(id)}`).filter((name) => name.length > 2).sort((a, b) => b.length - a.length);
  const escaped = names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = names.length ? new RegExp(`(${escaped.join('|')})`, 'g') : null;
  return content.split(LINK).flatMap((part, i) => {
    if (i % 2 === 1) return [h('a', { href: part, target: '_blank', rel: 'noopener noreferrer' }, part)];
    return pattern ? part.split(pattern).map((piece, j) => (j % 2 === 1 ? h('b', { class: 'mention' }, piece) : piece)) : [part];
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
  let lastDrawn = '';
  row.update = ({ message, isContinuation }) => {
    const { mentions, reply_to: replyTo } = message.payload;
    const replied = replyTo ? state.timeline.find(replyTo) : null;
    const name = message.type === 'system' ? '' : state.nameOf(message.sender_id);
    const mayRemove = isRemovable(state, message);
    const toDraw = JSON.stringify([
      message.revision, isContinuation, name, replied?.revision, replied && state.nameOf(replied.sender_id), mayRemove,
      mentions?.map((one) => state.nameOf(one)), cardDependencies(state, message), reactionDependencies(state, message),
    ]);
    if (toDraw === lastDrawn) return;
    lastDrawn = toDraw;
    // For screen readers, which read the content by themselves.
    row.setAttribute('aria-label', `${name}, ${timeOf(message.inserted_at)}`);
    row.classList.toggle('goes-on', isContinuation);
    row.classList.toggle('system', message.type === 'system');
    const isForMe = (mentions?.includes(state.me) ?? false) || replied?.sender_id === state.me;
    row.classList.toggle('for-me', sender !== state.me && isForMe);
    const content = message.deleted_at
      ? [h('em', { class: 'gone' }, 'This message was deleted.')]
      : contentOf(state, message.payload.content, mentions);
    if (message.type === 'system') return row.replaceChildren(h('p', {}, ...content));
    // The focus stays on the same part of the message.
    const focusedKey = row.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    row.replaceChildren(
      isContinuation ? h('span', { class: 'gap' }) : avatar(message.sender_id, name),
      h('div', { class: 'bubble' },
        !isContinuation && h('header', {}, h('strong', {}, name)),
        replyTo && quoteOf(state, message, replied, actions),
        h('p', { class: 'words' }, ...content),
        message.borrow && !message.deleted_at && borrowCard(state, message, openHistories, actions),
        h('footer', {},
          message.edited_at && !message.deleted_at && h('small', {}, 'edited '),
          h('time', { datetime: message.inserted_at }, timeOf(message.inserted_at))),
        reactionList(state, message)),
      h('div', { class: 'actions' }, ...actionsOf(state, message, actions, mayRemove)));
    if (focusedKey) ([...row.querySelectorAll('[data-key]')].find((one) => one.dataset.key === focusedKey) ?? row).focus();
  };
  row.onkeydown = (event) => {
    if (event.target !== row || event.ctrlKey || event.metaKey || event.altKey) return;
    const label = { r: 'Reply', '+': 'React', e: 'Edit', Delete: 'Delete' }[event.key];
    const button = label && row.querySelector(`.actions [aria-label="${label}"]`);
    if (button) { event.preventDefault(); button.click(); }
  };
  return row;
}

function actionsOf(state, message, actions, mayRemove) {
  if (message.deleted_at) return [];
  return [
    iconButton('reply', 'Reply', () => actions.reply(message), { 'data-key': 'reply' }),
    iconButton('smile', 'React', ({ currentTarget }) => reactionPicker(state, message, currentTarget),
      { 'data-key': 'react', 'aria-haspopup': 'dialog' }),
    message.sender_id === state.me && iconButton('edit', 'Edit', () => actions.edit(message)),
    mayRemove && iconButton('trash', 'Delete', () =>
      confirm('Delete this message', 'It disappears for everybody in the group.', 'Delete', () => state.messageChanges.remove(message))),
  ].filter(Boolean);
}

/** Whether I may delete a message: mine, or one of somebody whom I outrank. */
function isRemovable(state, message) {
  if (message.deleted_at || message.type === 'system') return false;
  if (message.sender_id === state.me) return true;
  const [group, members] = [state.groups.get(message.group_id), state.members.of(message.group_id)];
  if (!group || !members || !can(group, 'message:delete_others')) return false;
  const sender = members.find(({ profile_id: id }) => id === message.sender_id);
  return !sender || outranks(group, sender);
}

function quoteOf(state, message, replied, actions) {
  const content = !replied ? 'an earlier message' : replied.deleted_at ? 'a deleted message' : replied.payload.content;
  return h('button', { type: 'button', class: 'quote', onclick: () => actions.goTo(message.payload.reply_to) },
    replied && h('strong', {}, state.nameOf(replied.sender_id)), h('span', {}, content));
}

/** A message that is being sent. */
export function outboxRow(state, { send, groupId }) {
  const note = h('small', { role: 'status' });
  const retry = h('button', { type: 'button', class: 'small', onclick: () => state.outbox.retry(groupId, send) }, 'Try again');
  const discard = h('button', { type: 'button', class: 'small quiet', onclick: () => state.outbox.discard(groupId, send) }, 'Discard');
  const row = h('article', { class: 'message mine pending', tabindex: -1, 'aria-label': 'Being sent' },
    h('span', { class: 'gap' }), h('div', { class: 'bubble' },
      h('p', { class: 'words' }, ...contentOf(state, send.content, send.mentions)), h('footer', {}, note, retry, discard)));
  row.update = () => {
    const hasFailed = send.state === 'failed';
    row.classList.toggle('failed', hasFailed);
    retry.hidden = discard.hidden = !hasFailed;
    const isWaiting = send.state === 'pending' && !state.isOnline;
    text(note, hasFailed ? `Not sent. ${send.note}` : isWaiting ? 'Waiting for the connection' : send.note ?? 'Sending …');
  };
  return row;
}
