import { chat } from './chat.js';
import { details } from './details.js';
import { h, toast } from './dom.js';
import { sidebar } from './sidebar.js';

/**
 * The three panes, and the address of what they show: `#/groups/ID`, with `/about` for the details. On a phone one pane fills the
 * screen, and the browser's back button goes from pane to pane.
 */
export function shell(state, signOut) {
  const go = (groupId, { isAbout = false, messageId = null } = {}) => {
    state.targetMessageId = messageId;
    location.hash = groupId ? `/groups/${groupId}${isAbout ? '/about' : ''}` : '/';
    state.changed();
  };
  const [list, conversation, about] = [sidebar(state, go, signOut), chat(state, go), details(state, go)];
  const offline = h('p', { class: 'offline', role: 'status', hidden: true });
  const element = h('div', { class: 'shell' }, h('h1', { class: 'sr' }, 'Beat Messaging'), offline, list, conversation, about);

  let isUpdateScheduled = false;
  const update = () => {
    isUpdateScheduled = false;
    const [, , groupId, isAbout] = location.hash.split('/');
    const openId = state.groups.has(groupId) ? groupId : null;
    state.open(openId);
    element.dataset.pane = !openId ? 'list' : isAbout ? 'about' : 'chat';
    const wait = state.retryAt ? Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000)) : 0;
    offline.hidden = state.isOnline || !state.wasOnline;
    const retry = wait > 1 ? `Trying again in ${wait} s.` : 'Trying again …';
    offline.textContent = `You are offline. What you write is kept and sent later. ${retry}`;
    // The conversation comes first: it marks what is in view as read, before the sidebar counts what is unread.
    for (const pane of [conversation, list, about]) pane.update();
    const counted = [...state.groups.keys()].filter((id) => !state.inbox.isQuiet(id));
    const unread = counted.reduce((sum, id) => sum + state.readMarks.count(id).unread, 0);
    document.title = unread > 0 ? `(${unread}) Beat Messaging` : 'Beat Messaging';
  };
  // One update for everything that changed together. A window in the background gets no frames, but its title still counts.
  const scheduleUpdate = () => {
    if (isUpdateScheduled) return;
    isUpdateScheduled = true;
    if (document.hidden) setTimeout(update, 200);
    else requestAnimationFrame(update);
  };
  const visibilityChanged = () => { state.markRead(); scheduleUpdate(); };
  const listeners = {
    change: scheduleUpdate,
    note: ({ detail }) => toast(detail.text, detail.kind),
    notification: ({ detail }) => showOnDesktop(state, go, detail),
  };
  for (const [name, listener] of Object.entries(listeners)) state.addEventListener(name, listener);
  addEventListener('hashchange', scheduleUpdate);
  document.addEventListener('visibilitychange', visibilityChanged);
  // Times such as "Today" and the countdown of a reconnect change without an event.
  const clock = setInterval(() => { if (!state.isOnline || new Date().getSeconds() === 0) scheduleUpdate(); }, 1000);
  scheduleUpdate();
  return {
    element,
    stop() {
      clearInterval(clock);
      removeEventListener('hashchange', scheduleUpdate);
      document.removeEventListener('visibilitychange', visibilityChanged);
      for (const [name, listener] of Object.entries(listeners)) state.removeEventListener(name, listener);
      for (const dialog of document.querySelectorAll('dialog')) dialog.close();
      location.hash = '/';
    },
  };
}

/** Shows a notification on the desktop if the user allowed that and this window is not in front. */
function showOnDesktop(state, go, { id, title, body, data }) {
  if (!document.hidden || !('Notification' in globalThis) || Notification.permission !== 'granted') return;
  const shown = new Notification(title, { body: body ?? '', tag: id, icon: '/favicon.svg' });
  shown.onclick = () => {
    window.focus();
    if (state.groups.has(data?.group_id)) go(data.group_id, { messageId: data.message_id });
    shown.close();
  };
}
