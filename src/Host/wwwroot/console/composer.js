import { explain } from './api.js';
import { borrowDialog } from './borrow.js';
import { h, iconButton, text } from './dom.js';
import { completion } from './names.js';

const MAX_LENGTH = 4000;
/** From this length on, what is left is shown. */
const SHOW_LEFT_FROM = 3500;
const TYPING_INTERVAL_MS = 3000;

/** The composer: Enter sends, Shift+Enter breaks the line, @ completes a name, ↑ in an empty field edits my last message. */
export function composer(state, onSend) {
  const input = h('textarea', {
    rows: 1, placeholder: 'Write a message', autocomplete: 'off',
    'aria-label': 'Message', 'aria-autocomplete': 'list', 'aria-controls': 'names',
  });
  const names = h('ul', { id: 'names', class: 'names', role: 'listbox', 'aria-label': 'Members', hidden: true });
  const context = h('p', { class: 'about', hidden: true });
  const contextText = h('span', { class: 'grow' });
  context.append(contextText, iconButton('close', 'Cancel', () => { clear(); input.focus(); }));
  const fault = h('p', { class: 'fault', role: 'alert' });
  const left = h('small', { class: 'left', role: 'status' });
  const borrow = iconButton('bag', 'Borrow or lend a garment', () => borrowDialog(state, groupId), { class: 'icon-button bag' });
  const send = iconButton('send', 'Send', null, { type: 'submit', class: 'icon-button send' });
  const element = h('form', { class: 'composer', onsubmit: (event) => { event.preventDefault(); submit(); } },
    names, context, h('div', { class: 'line' }, input, borrow, send), h('div', { class: 'beside' }, fault, left));

  const drafts = new Map();
  let [groupId, replyTo, edited, mentioned, lastTyping] = [null, null, null, new Map(), 0];

  function clear() {
    [replyTo, edited, mentioned] = [null, null, new Map()];
    input.value = '';
    changed();
  }

  function changed() {
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 200)}px`;
    const length = [...input.value.trim()].length;
    text(left, length > SHOW_LEFT_FROM ? `${MAX_LENGTH - length} left` : '');
    text(fault, length > MAX_LENGTH ? `This is ${length - MAX_LENGTH} characters too long; a message holds ${MAX_LENGTH}.` : '');
    input.setAttribute('aria-invalid', `${length > MAX_LENGTH}`);
    send.disabled = length === 0 || length > MAX_LENGTH;
    context.hidden = !replyTo && !edited;
    text(contextText, edited ? 'Editing your message'
      : replyTo ? `Replying to ${state.nameOf(replyTo.sender_id)}: ${replyTo.payload.content ?? ''}`
      : '');
    nameCompletion.update();
  }

  async function submit() {
    const content = input.value.trim();
    if (send.disabled) return;
    const mentions = [...mentioned].filter(([, name]) => content.includes(`@${name}`)).map(([id]) => id).slice(0, 25);
    if (!edited) {
      state.send(groupId, content, mentions, replyTo?.id);
      onSend();
      clear();
      lastTyping = 0;
      return;
    }
    try {
      await state.messageChanges.edit(edited, content, mentions);
      clear();
    } catch (problem) {
      text(fault, `Not changed. ${explain(problem)}`);
    }
  }

  const nameCompletion = completion(state, input, names, {
    groupId: () => groupId,
    typed: () => /(?:^|\s)@([^\s@]*)$/u.exec(input.value.slice(0, input.selectionStart))?.[1],
    choose({ profile_id: id, display_name: name }) {
      const before = input.value.slice(0, input.selectionStart).replace(/@[^\s@]*$/u, `@${name} `);
      input.value = before + input.value.slice(input.selectionStart);
      input.setSelectionRange(before.length, before.length);
      mentioned.set(id, name);
      changed();
    },
  });

  input.oninput = () => {
    changed();
    if (edited || Date.now() - lastTyping < TYPING_INTERVAL_MS || !input.value.trim()) return;
    lastTyping = Date.now();
    state.reportTyping(groupId);
  };
  input.onblur = () => nameCompletion.close();
  input.onkeydown = (event) => {
    if (event.isComposing) return;
    if (nameCompletion.handleKey(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) { event.preventDefault(); submit(); }
    if (event.key === 'Escape' && (edited || replyTo)) clear();
    if (event.key === 'ArrowUp' && input.value === '') {
      const messages = [...state.client.history(groupId).messages.values()].sort((a, b) => a.seq - b.seq);
      const mine = messages.findLast((message) => message.sender_id === state.me && !message.deleted_at);
      if (mine) { event.preventDefault(); startEdit(mine); }
    }
  };

  function startEdit(message) {
    clear();
    edited = message;
    for (const id of message.payload.mentions) mentioned.set(id, state.nameOf(id));
    input.value = message.payload.content;
    changed();
    input.focus();
  }

  changed();
  return {
    element,
    focus: () => input.focus(),
    edit: startEdit,
    reply(message) {
      if (edited) clear();
      replyTo = message;
      changed();
      input.focus();
    },
    update(group) {
      if (group.id === groupId) return;
      if (groupId) drafts.set(groupId, edited ? { text: '' } : { text: input.value, replyTo, mentioned });
      groupId = group.id;
      clear();
      const draft = drafts.get(groupId);
      if (draft) [input.value, replyTo, mentioned] = [draft.text, draft.replyTo ?? null, draft.mentioned ?? new Map()];
      changed();
      if (matchMedia('(pointer: fine)').matches) input.focus();
    },
  };
}
