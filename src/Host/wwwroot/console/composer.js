import { explain } from './api.js';
import { borrowDialog } from './borrow.js';
import { h, iconButton, text } from './dom.js';
import { completion } from './names.js';

const LIMIT = 4000;
const TELL_FROM = 3500;
const TYPING_EVERY = 3000;

/** Where one writes: Enter sends, Shift+Enter breaks the line, @ completes a name, ↑ in an empty field edits one's last words. */
export function composer(state, sent) {
  const input = h('textarea', {
    rows: 1, placeholder: 'Write a message', 'aria-label': 'Message', 'aria-autocomplete': 'list', 'aria-controls': 'names', autocomplete: 'off',
  });
  const names = h('ul', { id: 'names', class: 'names', role: 'listbox', 'aria-label': 'Members', hidden: true });
  const about = h('p', { class: 'about', hidden: true });
  const aboutWords = h('span', { class: 'grow' });
  about.append(aboutWords, iconButton('close', 'Cancel', () => { clear(); input.focus(); }));
  const fault = h('p', { class: 'fault', role: 'alert' });
  const left = h('small', { class: 'left', role: 'status' });
  const borrow = iconButton('bag', 'Borrow or lend a garment', () => borrowDialog(state, groupId), { class: 'icon-button bag' });
  const send = iconButton('send', 'Send', null, { type: 'submit', class: 'icon-button send' });
  const element = h('form', { class: 'composer', onsubmit: (event) => { event.preventDefault(); submit(); } },
    names, about, h('div', { class: 'line' }, input, borrow, send), h('div', { class: 'beside' }, fault, left));

  const drafts = new Map();
  let [groupId, replyTo, edited, chosen, lastTyping] = [null, null, null, new Map(), 0];

  function clear() {
    [replyTo, edited, chosen] = [null, null, new Map()];
    input.value = '';
    changed();
  }

  function changed() {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 200)}px`;
    const length = [...input.value.trim()].length;
    text(left, length > TELL_FROM ? `${LIMIT - length} left` : '');
    text(fault, length > LIMIT ? `This is ${length - LIMIT} characters too long; a message holds ${LIMIT}.` : '');
    input.setAttribute('aria-invalid', `${length > LIMIT}`);
    send.disabled = length === 0 || length > LIMIT;
    about.hidden = !replyTo && !edited;
    text(aboutWords, edited ? 'Editing your message' : replyTo ? `Replying to ${state.nameOf(replyTo.sender_id)}: ${replyTo.payload.content ?? ''}` : '');
    completing.follow();
  }

  async function submit() {
    const content = input.value.trim();
    if (send.disabled) return;
    const mentions = [...chosen].filter(([, name]) => content.includes(`@${name}`)).map(([id]) => id).slice(0, 25);
    if (!edited) {
      state.send(groupId, content, mentions, replyTo?.id);
      sent();
      clear();
      lastTyping = 0;
      return;
    }
    try {
      await state.edit(edited, content, mentions);
      clear();
    } catch (problem) {
      text(fault, `Not changed. ${explain(problem)}`);
    }
  }

  const completing = completion(state, input, names, {
    groupId: () => groupId,
    wanted: () => /(?:^|\s)@([^\s@]*)$/u.exec(input.value.slice(0, input.selectionStart))?.[1],
    choose({ profile_id: id, display_name: name }) {
      const before = input.value.slice(0, input.selectionStart).replace(/@[^\s@]*$/u, `@${name} `);
      input.value = before + input.value.slice(input.selectionStart);
      input.setSelectionRange(before.length, before.length);
      chosen.set(id, name);
      changed();
    },
  });

  input.oninput = () => {
    changed();
    if (edited || Date.now() - lastTyping < TYPING_EVERY || !input.value.trim()) return;
    lastTyping = Date.now();
    state.typingNow(groupId);
  };
  input.onblur = () => completing.close();
  input.onkeydown = (event) => {
    if (event.isComposing) return;
    if (completing.key(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); submit(); }
    if (event.key === 'Escape' && (edited || replyTo)) clear();
    if (event.key === 'ArrowUp' && input.value === '') {
      const mine = [...state.client.history(groupId).messages.values()].sort((a, b) => b.seq - a.seq).find((m) => m.sender_id === state.me && !m.deleted_at);
      if (mine) { event.preventDefault(); start(mine); }
    }
  };

  function start(message) {
    clear();
    edited = message;
    for (const id of message.payload.mentions) chosen.set(id, state.nameOf(id));
    input.value = message.payload.content;
    changed();
    input.focus();
  }

  changed();
  return {
    element,
    focus: () => input.focus(),
    edit: start,
    reply(message) {
      if (edited) clear();
      replyTo = message;
      changed();
      input.focus();
    },
    update(group) {
      if (group.id === groupId) return;
      if (groupId) drafts.set(groupId, edited ? { text: '' } : { text: input.value, replyTo, chosen });
      groupId = group.id;
      clear();
      const draft = drafts.get(groupId);
      if (draft) [input.value, replyTo, chosen] = [draft.text, draft.replyTo ?? null, draft.chosen ?? new Map()];
      changed();
      if (matchMedia('(pointer: fine)').matches) input.focus();
    },
  };
}
