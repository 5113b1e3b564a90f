import { h, text, whenOf } from './dom.js';
import { loansDialog } from './loans.js';
import { action, sheet } from './sheet.js';

/** Opens my notifications, newest first; each leads to the group, message or loan that it is about. */
export function notificationsDialog(state, go) {
  let [update, lastDrawn] = [null, ''];
  const dialog = sheet('Notifications', (close) => {
    const list = h('ul', { class: 'rows' });
    const note = h('p', { class: 'empty' });
    const markAll = action('Mark all as read', 'Mark all as read', () => state.inbox.markAllRead(), { class: 'quiet' });
    const requestPermission = async () => { await Notification.requestPermission(); update(); };
    const allow = h('button', { class: 'quiet', onclick: requestPermission }, 'Show them on my desktop, too');
    update = () => {
      markAll.hidden = state.inbox.unread === 0;
      allow.hidden = !('Notification' in globalThis) || Notification.permission !== 'default';
      const { notifications } = state.inbox;
      // Drawn again only when something changed, so that the focus stays.
      const toDraw = JSON.stringify(notifications.map(({ id, read: isRead, title, body }) => [id, isRead, title, body]));
      if (toDraw === lastDrawn) return;
      lastDrawn = toDraw;
      list.replaceChildren(...notifications.map((one) => h('li', { class: one.read ? null : 'unread' },
        h('button', { type: 'button', class: 'row grow', onclick: () => { read(one); open(one); } },
          h('span', { class: 'grow' }, h('strong', {}, one.title), h('p', {}, one.body)),
          h('small', {}, !one.read && h('span', { class: 'sr' }, 'new, '), whenOf(one.inserted_at))),
        !one.read && action('Read', `Mark as read: ${one.title}`, () => state.inbox.markRead(one), { class: 'small quiet' }))));
      text(note, notifications.length ? '' : 'Nothing yet. Mentions, replies, loans and invitations will be here.');
    };
    const read = (one) => { if (!one.read) state.inbox.markRead(one).catch(() => {}); };
    const open = ({ type, data }) => {
      const isInGroup = state.groups.has(data?.group_id);
      if (!isInGroup && !type.startsWith('borrow')) return;
      close();
      if (isInGroup) go(data.group_id, { messageId: data.message_id });
      else loansDialog(state, go);
    };
    update();
    return [list, note, h('footer', {}, allow, markAll)];
  });
  dialog.classList.add('wide');
  state.addEventListener('change', update);
  dialog.addEventListener('close', () => state.removeEventListener('change', update));
}

const LEVELS = [['all', 'all messages'], ['mentions', 'mentions'], ['none', 'nothing']];
const HOUR = 3_600_000;
const MUTES = [['1', 'for 1 hour'], ['8', 'for 8 hours'], ['168', 'for 1 week']];

/** Creates the preferences for the open group: what it notifies me about, and until when it is muted. */
export function preferences(state) {
  const fault = h('p', { class: 'fault', role: 'alert' });
  const level = h('select', {}, LEVELS.map(([value, name]) => h('option', { value }, name)));
  const mute = h('select', {});
  const summary = h('summary');
  const fields = [h('label', {}, h('span', {}, 'Notify me about'), level), h('label', {}, h('span', {}, 'Mute'), mute)];
  const element = h('details', { class: 'fold' }, summary, h('div', { class: 'preferences' }, ...fields, fault));
  const save = async (change) => {
    level.disabled = mute.disabled = true;
    text(fault, '');
    try { await state.inbox.changePreference(state.openGroupId, change); } catch { text(fault, 'Not changed. Try again.'); }
    level.disabled = mute.disabled = false;
    element.update();
  };
  level.onchange = () => save({ level: level.value });
  mute.onchange = () => save({ muted_until: mute.value === 'off' ? null : new Date(Date.now() + mute.value * HOUR).toISOString() });
  let lastDrawn = '';
  element.update = () => {
    const { level: chosen, muted_until: until } = state.inbox.preference(state.openGroupId);
    const isMuted = until !== null && new Date(until) > new Date();
    const toDraw = `${state.openGroupId} ${chosen} ${isMuted && until}`;
    if (toDraw === lastDrawn || level.disabled) return;
    lastDrawn = toDraw;
    text(summary, isMuted ? `Muted until ${whenOf(until)}` : `Notifies me about ${LEVELS.find(([value]) => value === chosen)[1]}`);
    level.value = chosen;
    mute.replaceChildren(
      ...(isMuted ? [h('option', { value: 'on' }, `until ${whenOf(until)}`)] : []),
      h('option', { value: 'off' }, isMuted ? 'no longer' : 'no'),
      ...MUTES.map(([value, name]) => h('option', { value }, name)));
    mute.selectedIndex = 0;
  };
  return element;
}
