import { h, text, whenOf } from './dom.js';
import { loansDialog } from './loans.js';
import { action, sheet } from './sheet.js';

/** What I am to know, newest first; each leads to what it speaks of. */
export function notificationsDialog(state, go) {
  let [follow, drawn] = [null, ''];
  const shown = sheet('Notifications', (close) => {
    const list = h('ul', { class: 'rows' });
    const note = h('p', { class: 'empty' });
    const all = action('Mark all as read', 'Mark all as read', () => state.readNotifications(), { class: 'quiet' });
    const allow = h('button', { class: 'quiet', onclick: async () => { await Notification.requestPermission(); follow(); } }, 'Show them on my desktop, too');
    follow = () => {
      all.hidden = state.unreadNotifications === 0;
      allow.hidden = !('Notification' in globalThis) || Notification.permission !== 'default';
      // Drawn anew only for news, so that focus stays.
      const look = JSON.stringify(state.notifications.map(({ id, read: isRead, title, body }) => [id, isRead, title, body]));
      if (look === drawn) return;
      drawn = look;
      list.replaceChildren(...state.notifications.map((one) => h('li', { class: one.read ? null : 'unread' },
        h('button', { type: 'button', class: 'row grow', onclick: () => { read(one); open(one); } },
          h('span', { class: 'grow' }, h('strong', {}, one.title), h('p', {}, one.body)), h('small', {}, !one.read && h('span', { class: 'sr' }, 'new, '), whenOf(one.inserted_at))),
        !one.read && action('Read', `Mark as read: ${one.title}`, () => state.readNotification(one), { class: 'small quiet' }))));
      text(note, state.notifications.length ? '' : 'Nothing yet. Mentions, replies, loans and invitations will be here.');
    };
    const read = (one) => { if (!one.read) state.readNotification(one).catch(() => {}); };
    const open = ({ type, data }) => {
      const isHere = state.groups.has(data?.group_id);
      if (!isHere && !type.startsWith('borrow')) return;
      close();
      if (isHere) go(data.group_id, { messageId: data.message_id });
      else loansDialog(state, go);
    };
    follow();
    return [list, note, h('footer', {}, allow, all)];
  });
  shown.classList.add('wide');
  state.addEventListener('change', follow);
  shown.addEventListener('close', () => state.removeEventListener('change', follow));
}

const LEVELS = [['all', 'all messages'], ['mentions', 'mentions'], ['none', 'nothing']];
const HOUR = 3_600_000;
const MUTES = [['1', 'for 1 hour'], ['8', 'for 8 hours'], ['168', 'for 1 week']];

/** What I am told about the open group, and when not. */
export function preferences(state) {
  const fault = h('p', { class: 'fault', role: 'alert' });
  const level = h('select', {}, LEVELS.map(([value, name]) => h('option', { value }, name)));
  const mute = h('select', {});
  const summary = h('summary');
  const element = h('details', { class: 'fold' }, summary,
    h('div', { class: 'preferences' }, h('label', {}, h('span', {}, 'Notify me about'), level), h('label', {}, h('span', {}, 'Mute'), mute), fault));
  const save = async (change) => {
    level.disabled = mute.disabled = true;
    text(fault, '');
    try { await state.prefer(state.open, change); } catch { text(fault, 'Not changed. Try again.'); }
    level.disabled = mute.disabled = false;
    element.update();
  };
  level.onchange = () => save({ level: level.value });
  mute.onchange = () => save({ muted_until: mute.value === 'off' ? null : new Date(Date.now() + mute.value * HOUR).toISOString() });
  let drawn = '';
  element.update = () => {
    const { level: chosen, muted_until: until } = state.preference(state.open);
    const isMuted = until !== null && new Date(until) > new Date();
    const look = `${state.open} ${chosen} ${isMuted && until}`;
    if (look === drawn || level.disabled) return;
    drawn = look;
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
