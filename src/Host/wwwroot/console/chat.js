import { STATES } from './borrow.js';
import { composer } from './composer.js';
import { members } from './dialogs.js';
import { dayKey, dayOf, h, iconButton, keyed, text, toast } from './dom.js';
import { garmentDialog } from './loans.js';
import { dayRow, messageRow, newRow, outboxRow } from './message.js';
import { searchDialog } from './search.js';

/** From how near an end of the log, in pixels, one counts as being at its end, and more is loaded. */
const AT_END_PX = 80;
const LOAD_MORE_PX = 300;
/** Messages of one person within this time are shown together. */
const TOGETHER_MS = 5 * 60_000;

/** The conversation: the timeline, which grows as one scrolls, what is being sent, and the composer. */
export function chat(state, go) {
  const title = h('h2');
  const subtitle = h('small');
  const log = h('div', { class: 'log', role: 'log', 'aria-live': 'off', 'aria-label': 'Messages', tabindex: 0 });
  const beginning = h('p', { class: 'start' });
  const rows = h('div', { class: 'rows-of-chat' });
  const goToEnd = () => { wasAtEnd = true; state.timeline.goToEnd(); element.update(); };
  const toEndButton = h('button', { type: 'button', class: 'down', onclick: goToEnd });
  const typing = h('p', { class: 'typing' });
  // A screen reader reads each new message once, and not the history as it loads.
  const announcement = h('p', { class: 'sr', role: 'status', 'aria-live': 'polite' });
  const input = composer(state, () => { wasAtEnd = true; });
  const room = h('div', { class: 'room' },
    h('header', {},
      iconButton('back', 'Back to the groups', () => go(null), { class: 'icon-button back' }),
      h('div', { class: 'grow' }, title, subtitle),
      iconButton('search', 'Search', () => searchDialog(state, state.openGroup, ({ id }) => actions.goTo(id))),
      iconButton('people', 'About this group', () => go(state.openGroupId, { isAbout: !location.hash.endsWith('/about') }))),
    log, h('div', { class: 'under' }, toEndButton, typing), input.element, announcement);
  const nothing = h('p', { class: 'empty nothing' }, 'Choose a group to read and write.');
  const element = h('section', { class: 'chat', 'aria-label': 'Conversation' }, nothing, room);
  log.append(beginning, rows);

  let [shownGroupId, wasAtEnd, firstSeq, seenHead] = [null, true, null, 0];
  const head = () => state.client.history(state.openGroupId)?.head ?? 0;
  const pixelsToEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight;
  // On a phone another pane may hide the log.
  const isAtEnd = () => !state.timeline.isInPast && log.clientHeight > 0 && pixelsToEnd() < AT_END_PX;
  const scrollToEnd = () => { log.scrollTop = log.scrollHeight; };
  log.onscroll = () => {
    if (!state.timeline) return;
    wasAtEnd = state.timeline.isAtEnd = isAtEnd();
    toEndButton.hidden = wasAtEnd;
    if (wasAtEnd) {
      seenHead = head();
      state.markRead();
    }
    loadMore();
  };
  const loadMore = () => {
    if (log.clientHeight === 0) return;
    if (log.scrollTop < LOAD_MORE_PX) state.timeline.loadOlder().catch(() => {});
    if (state.timeline.isInPast && pixelsToEnd() < LOAD_MORE_PX) state.timeline.loadNewer().catch(() => {});
  };
  // The keyboard of a phone makes the log smaller; whoever was at the end stays there.
  new ResizeObserver(() => { if (wasAtEnd) scrollToEnd(); }).observe(log);
  log.onkeydown = (event) => {
    const all = [...rows.querySelectorAll('.message')];
    const at = all.indexOf(document.activeElement.closest('.message'));
    const next = { ArrowUp: at < 0 ? all.length - 1 : at - 1, ArrowDown: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (next >= 0 && next < all.length) all[next].focus();
    else if (next >= all.length) input.focus();
  };
  const actions = {
    reply: (message) => input.reply(message),
    edit: (message) => input.edit(message),
    showGarment: (message) => garmentDialog(state, message, ({ id }) => actions.goTo(id)),
    /** Shows a message, wherever in the history it is. */
    async goTo(messageId) {
      const { timeline } = state;
      wasAtEnd = false;
      const exists = await timeline.goTo(messageId).catch(() => false);
      if (state.timeline !== timeline) return;
      element.update();
      const row = exists && rows.querySelector(`[data-id="${messageId}"]`);
      if (!row) return toast('That message cannot be shown.', 'error');
      row.scrollIntoView({ block: 'center' });
      row.focus();
    },
  };
  state.client.addEventListener('push', ({ detail: { name, payload } }) => {
    if (payload.group_id === state.openGroupId) text(announcement, announcementOf(state, name, payload) ?? announcement.textContent);
  });

  element.update = () => {
    const { openGroup: group, timeline } = state;
    [nothing.hidden, room.hidden] = [Boolean(group), !group];
    const isOtherGroup = shownGroupId !== state.openGroupId;
    if (isOtherGroup) {
      shownGroupId = state.openGroupId;
      wasAtEnd = true;
      text(announcement, '');
    }
    if (!group) return;
    const history = state.client.history(group.id);
    if (isOtherGroup) [firstSeq, seenHead] = [null, head()];
    text(title, group.name);
    text(subtitle, `${members(group.member_count)}${history?.online.size ? `, ${history.online.size} online` : ''}`);
    const { messages } = timeline;
    const staysAtEnd = wasAtEnd && !timeline.isInPast;
    const heightBelow = log.scrollHeight - log.scrollTop;
    keyed(rows, itemsOf(state, messages), ({ key }) => key, (item) => item.make(state, item, actions));
    text(beginning, !history?.epoch ? 'Loading …'
      : timeline.oldest > 1 && messages.length ? 'Loading what came before …'
      : messages.length ? `This is where “${group.name}” began.`
      : 'Nothing has been said yet. Say hello!');
    // Older messages are added above what is being read, which stays in its place.
    if (staysAtEnd) scrollToEnd();
    else if (messages[0]?.seq < firstSeq) log.scrollTop = log.scrollHeight - heightBelow;
    firstSeq = messages[0]?.seq ?? null;
    const unseen = staysAtEnd ? 0 : Math.max(0, head() - seenHead);
    timeline.isAtEnd = isAtEnd();
    state.markRead();
    toEndButton.hidden = timeline.isAtEnd || log.clientHeight === 0;
    text(toEndButton, unseen > 0 ? `${unseen} new ↓` : 'To the newest ↓');
    text(typing, typingText(state.members.typing(group.id).map((id) => state.nameOf(id))));
    input.update(group);
    // A page that does not fill the screen cannot be scrolled, so the next one is loaded at once.
    if (history) loadMore();
    if (state.targetMessageId && history?.epoch) {
      const messageId = state.targetMessageId;
      state.targetMessageId = null;
      actions.goTo(messageId);
    }
  };
  return element;
}

/** What a screen reader is to say of a push, if anything. */
function announcementOf(state, name, { sender_id: sender, payload, borrow }) {
  if (name === 'MessageReceived' && sender !== state.me) return `${state.nameOf(sender)}: ${payload.content}`;
  const move = name === 'BorrowChanged' ? borrow.history.at(-1) : null;
  if (!move || move.actor_id === state.me) return undefined;
  return `Loan ${STATES[borrow.state] ?? ''}${move.actor_id ? ` by ${state.nameOf(move.actor_id)}` : ''}: ${payload.content ?? ''}`;
}

function typingText(names) {
  switch (names.length) {
    case 0: return '';
    case 1: return `${names[0]} is typing …`;
    case 2: return `${names[0]} and ${names[1]} are typing …`;
    default: return `${names.length} people are typing …`;
  }
}

/** The rows of the log: days, the mark of what is new, messages, and what is being sent. */
function itemsOf(state, messages) {
  const { timeline } = state;
  const items = [];
  let [previous, firstNew] = [null, messages[0]?.seq <= timeline.firstNew ? timeline.firstNew : null];
  for (const message of messages) {
    if (!previous || dayKey(previous.inserted_at) !== dayKey(message.inserted_at)) {
      items.push({ key: `day ${dayKey(message.inserted_at)}`, make: dayRow, day: dayOf(message.inserted_at) });
      previous = null;
    }
    if (firstNew !== null && message.seq >= firstNew) {
      items.push({ key: 'new', make: newRow });
      [previous, firstNew] = [null, null];
    }
    items.push({ key: message.id, make: messageRow, message, isContinuation: isContinuation(previous, message) });
    previous = message;
  }
  if (!timeline.isInPast)
    for (const send of state.outbox.of(timeline.groupId)) items.push({ key: send.id, make: outboxRow, send, groupId: timeline.groupId });
  return items;
}

/** Whether a message is shown without a header of its own, below the one before it. */
const isContinuation = (previous, message) => previous?.sender_id === message.sender_id && previous.type !== 'system'
  && message.type !== 'system' && !message.payload.reply_to && new Date(message.inserted_at) - new Date(previous.inserted_at) < TOGETHER_MS;
