import { chat } from './chat.js';
import { details } from './details.js';
import { h, toast } from './dom.js';
import { sidebar } from './sidebar.js';

/**
 * The three panes, and the address of what they show: `#/groups/ID`, with `/about` for the pane beside it. On a phone one pane fills
 * the screen, and the browser's back button goes from pane to pane.
 */
export function shell(state, signOut) {
  const go = (groupId, { isAbout = false, messageId = null } = {}) => {
    state.target = messageId;
    location.hash = groupId ? `/groups/${groupId}${isAbout ? '/about' : ''}` : '/';
    state.changed();
  };
  const [list, conversation, about] = [sidebar(state, go, signOut), chat(state, go), details(state, go)];
  const offline = h('p', { class: 'offline', role: 'status', hidden: true });
  const element = h('div', { class: 'shell' }, h('h1', { class: 'sr' }, 'Beat Messaging'), offline, list, conversation, about);

  let isDue = false;
  const update = () => {
    isDue = false;
    const [, , groupId, isAbout] = location.hash.split('/');
    const known = state.groups.has(groupId) ? groupId : null;
    state.show(known);
    element.dataset.pane = !known ? 'list' : isAbout ? 'about' : 'chat';
    const wait = state.retryAt ? Math.max(0, Math.ceil((state.retryAt - Date.now()) / 1000)) : 0;
    offline.hidden = state.online || !state.wasOnline;
    offline.textContent = `You are offline. What you write is kept and sent later. ${wait > 1 ? `Trying again in ${wait} s.` : 'Trying again …'}`;
    // What is in front of somebody is read before it is counted.
    for (const pane of [conversation, list, about]) pane.update();
    const unread = [...state.groups.keys()].reduce((sum, id) => sum + (state.isQuiet(id) ? 0 : state.reads.count(id).unread), 0);
    document.title = unread > 0 ? `(${unread}) Beat Messaging` : 'Beat Messaging';
  };
  // Once for all that changed together; a window in the background gets no frames, and its title still counts.
  const soon = () => {
    if (isDue) return;
    isDue = true;
    if (document.hidden) setTimeout(update, 200);
    else requestAnimationFrame(update);
  };
  const looked = () => { state.look(); soon(); };
  const note = ({ detail }) => toast(detail.text, detail.kind);
  const arrived = ({ detail: { id, title, body, data } }) => {
    if (!document.hidden || !('Notification' in globalThis) || Notification.permission !== 'granted') return;
    const shown = new Notification(title, { body: body ?? '', tag: id, icon: '/favicon.svg' });
    shown.onclick = () => { window.focus(); if (state.groups.has(data?.group_id)) go(data.group_id, { messageId: data.message_id }); shown.close(); };
  };
  state.addEventListener('change', soon);
  state.addEventListener('note', note);
  state.addEventListener('arrived', arrived);
  addEventListener('hashchange', soon);
  document.addEventListener('visibilitychange', looked);
  // "Today" ends, countdowns go on.
  const clock = setInterval(() => { if (!state.online || new Date().getSeconds() === 0) soon(); }, 1000);
  soon();
  return {
    element,
    stop() {
      clearInterval(clock);
      removeEventListener('hashchange', soon);
      document.removeEventListener('visibilitychange', looked);
      for (const [name, heard] of [['change', soon], ['note', note], ['arrived', arrived]]) state.removeEventListener(name, heard);
      for (const open of document.querySelectorAll('dialog')) open.close();
      location.hash = '/';
    },
  };
}
