import { STATES } from './borrow.js';
import { composer } from './composer.js';
import { members } from './dialogs.js';
import { dayKey, dayOf, h, iconButton, keyed, text, toast } from './dom.js';
import { garmentDialog } from './loans.js';
import { dayRow, messageRow, newRow, outboxRow } from './message.js';
import { searchDialog } from './search.js';

const NEAR = 80;
const TOGETHER = 5 * 60_000;

/** The conversation: history that grows upwards as one scrolls, what is being sent, and where one writes. */
export function chat(state, go) {
  const title = h('h2');
  const subtitle = h('small');
  const log = h('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': 'Messages', tabindex: 0 });
  const start = h('p', { class: 'start' });
  const rows = h('div', { class: 'rows-of-chat' });
  const down = h('button', { type: 'button', class: 'down', onclick: () => { wasAtEnd = true; state.leavePast(); element.update(); } });
  const typing = h('p', { class: 'typing' });
  // What comes is read out once; a history that loads is not.
  const heard = h('p', { class: 'sr', role: 'status', 'aria-live': 'polite' });
  const writing = composer(state, () => { wasAtEnd = true; });
  const room = h('div', { class: 'room' },
    h('header', {},
      iconButton('back', 'Back to the groups', () => go(null), { class: 'icon-button back' }),
      h('div', { class: 'grow' }, title, subtitle),
      iconButton('search', 'Search', () => searchDialog(state, state.groups.get(state.open), ({ id }) => actions.find(id))),
      iconButton('people', 'About this group', () => go(state.open, { isAbout: !location.hash.endsWith('/about') }))),
    log, h('div', { class: 'under' }, down, typing), writing.element, heard);
  const nothing = h('p', { class: 'empty nothing' }, 'Choose a group to read and write.');
  const element = h('section', { class: 'chat', 'aria-label': 'Conversation' }, nothing, room);
  log.append(start, rows);

  let [shown, wasAtEnd, first, seenHead] = [null, true, null, 0];
  // On a phone another pane may be in front.
  const isAtEnd = () => !state.past && log.clientHeight > 0 && fromEnd() < NEAR;
  const fromEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight;
  const toEnd = () => { log.scrollTop = log.scrollHeight; };
  log.onscroll = () => {
    wasAtEnd = state.isAtEnd = isAtEnd();
    down.hidden = wasAtEnd;
    if (wasAtEnd) {
      seenHead = state.client.history(state.open)?.head ?? 0;
      state.look();
    }
    more();
  };
  const more = () => {
    if (log.clientHeight === 0) return;
    if (log.scrollTop < 300) state.older(state.open).catch(() => {});
    if (state.past && fromEnd() < 300) state.newer(state.open).catch(() => {});
  };
  // The keyboard of a phone takes room from the log; who was at the end stays there.
  new ResizeObserver(() => { if (wasAtEnd) toEnd(); }).observe(log);
  log.onkeydown = (event) => {
    const all = [...rows.querySelectorAll('.message')];
    const at = all.indexOf(document.activeElement.closest('.message'));
    const next = { ArrowUp: at < 0 ? all.length - 1 : at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next >= 0 && next < all.length) all[next].focus();
    else if (next >= all.length) writing.focus();
  };
  const actions = {
    reply: (message) => writing.reply(message),
    edit: (message) => writing.edit(message),
    garment: (message) => garmentDialog(state, message, ({ id }) => actions.find(id)),
    /** Goes to a message, wherever in the history it is. */
    async find(messageId) {
      const groupId = state.open;
      wasAtEnd = false;
      const isThere = await state.goTo(groupId, messageId).catch(() => false);
      if (state.open !== groupId) return;
      element.update();
      const row = isThere && rows.querySelector(`[data-id="${messageId}"]`);
      if (!row) return toast('That message cannot be shown.', 'error');
      row.scrollIntoView({ block: 'center' });
      row.focus();
    },
  };
  state.client.addEventListener('push', ({ detail: { name, payload } }) => {
    if (payload.group_id !== state.open) return;
    if (name === 'MessageReceived' && payload.sender_id !== state.me) text(heard, `${state.nameOf(payload.sender_id)}: ${payload.payload.content}`);
    const moved = name === 'BorrowChanged' && payload.borrow.history.at(-1);
    if (moved && moved.actor_id !== state.me) text(heard, `Loan ${STATES[payload.borrow.state] ?? ''}${moved.actor_id ? ` by ${state.nameOf(moved.actor_id)}` : ''}: ${payload.payload.content ?? ''}`);
  });

  element.update = () => {
    const group = state.groups.get(state.open);
    [nothing.hidden, room.hidden] = [Boolean(group), !group];
    const isOther = shown !== state.open;
    if (isOther) {
      shown = state.open;
      wasAtEnd = true;
      text(heard, '');
    }
    if (!group) return;
    const history = state.client.history(group.id);
    if (isOther) [first, seenHead] = [null, history?.head ?? 0];
    text(title, group.name);
    text(subtitle, `${members(group.member_count)}${history?.online.size ? `, ${history.online.size} online` : ''}`);
    const view = state.view(group.id);
    const messages = view ? [...view.messages.values()].sort((a, b) => a.seq - b.seq) : [];
    const atEnd = wasAtEnd && !state.past;
    const below = log.scrollHeight - log.scrollTop;
    keyed(rows, itemsOf(state, group.id, messages), ({ key }) => key, (item) => item.make(state, item, actions));
    text(start, !history?.epoch ? 'Loading …' : view.oldest > 1 && messages.length ? 'Loading what came before …'
      : messages.length ? `This is where “${group.name}” began.` : 'Nothing has been said yet. Say hello!');
    // Older messages come above what is read, which stays in its place.
    if (atEnd) toEnd();
    else if (messages[0]?.seq < first) log.scrollTop = log.scrollHeight - below;
    first = messages[0]?.seq ?? null;
    const news = atEnd ? 0 : Math.max(0, (history?.head ?? 0) - seenHead);
    state.isAtEnd = isAtEnd();
    state.look();
    down.hidden = state.isAtEnd || log.clientHeight === 0;
    text(down, news > 0 ? `${news} new ↓` : 'To the newest ↓');
    const typists = state.typists(group.id).map((id) => state.nameOf(id));
    text(typing, typists.length === 0 ? '' : typists.length === 1 ? `${typists[0]} is typing …`
      : typists.length === 2 ? `${typists[0]} and ${typists[1]} are typing …` : `${typists.length} people are typing …`);
    writing.update(group);
    // A page that does not fill the screen cannot be scrolled: the next one comes by itself.
    if (history) more();
    if (state.target && history?.epoch) {
      const messageId = state.target;
      state.target = null;
      actions.find(messageId);
    }
  };
  return element;
}

/** Days, the mark of what is new, messages and what is on its way, each with whether it goes on from the one before. */
function itemsOf(state, groupId, messages) {
  const items = [];
  let [before, newFrom] = [null, messages[0]?.seq <= state.newFrom ? state.newFrom : null];
  for (const message of messages) {
    if (!before || dayKey(before.inserted_at) !== dayKey(message.inserted_at)) {
      items.push({ key: `day ${dayKey(message.inserted_at)}`, make: dayRow, day: dayOf(message.inserted_at) });
      before = null;
    }
    if (newFrom !== null && message.seq >= newFrom) {
      items.push({ key: 'new', make: newRow });
      [before, newFrom] = [null, null];
    }
    const goesOn = before?.sender_id === message.sender_id && before.type !== 'system' && message.type !== 'system' && !message.payload.reply_to
      && new Date(message.inserted_at) - new Date(before.inserted_at) < TOGETHER;
    items.push({ key: message.id, make: messageRow, message, goesOn });
    before = message;
  }
  if (!state.past) for (const send of state.outbox.get(groupId) ?? []) items.push({ key: send.id, make: outboxRow, send, groupId });
  return items;
}
