import { explain } from './api.js';
import { h, iconButton, text } from './dom.js';

const COMMON = [
  ['👍', 'Thumbs up'], ['❤️', 'Heart'], ['😂', 'Laughing'], ['🎉', 'Party'], ['🙏', 'Thank you'], ['😮', 'Surprised'],
  ['😢', 'Sad'], ['👏', 'Applause'], ['🌱', 'Seedling'], ['♻️', 'Reuse'], ['👗', 'Dress'], ['✅', 'Done'],
];
/** In a row of the picker. */
const COLUMNS = 6;

/** Creates the list of a message's reactions: each is a button that adds mine or removes it. */
export function reactionList(state, message) {
  if (message.reactions.length === 0) return null;
  return h('ul', { class: 'reactions', 'aria-label': 'Reactions' }, ...message.reactions.map(({ emoji, count, profile_ids: ids }) => {
    const isMine = ids.includes(state.me);
    const who = namesOf(state, ids, count);
    return h('li', {}, h('button', {
      type: 'button', class: 'reaction', 'aria-pressed': `${isMine}`, 'aria-label': `${emoji} ${count}: ${who}`, title: who,
      'data-key': `reaction ${emoji}`, onclick: () => state.messageChanges.toggleReaction(message, emoji, !isMine),
    }, h('span', {}, emoji), ` ${count}`));
  }));
}

/** The service names at most 20 of those who reacted. */
function namesOf(state, ids, count) {
  const meFirst = [...ids].sort((a, b) => (b === state.me) - (a === state.me));
  const names = meFirst.map((id) => (id === state.me ? 'you' : state.nameOf(id)));
  if (count > ids.length) names.push(count - ids.length === 1 ? '1 more' : `${count - ids.length} more`);
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join('');
}

/** Returns what the list shows beyond the message's revision: when one of these names changes, it is drawn again. */
export const reactionDependencies = (state, { reactions }) =>
  reactions.flatMap(({ profile_ids: ids }) => ids.map((id) => state.nameOf(id)));

/** Opens the picker: a dozen emoji, and a field for any other one. */
export function reactionPicker(state, message, anchor) {
  const fault = h('p', { class: 'fault', role: 'alert' });
  const choose = async (emoji) => {
    try {
      await state.messageChanges.react(message, emoji, true);
      picker.hidePopover();
    } catch (problem) {
      text(fault, problem.errors ? 'That is not one emoji.' : explain(problem));
    }
  };
  const buttons = COMMON.map(([emoji, name]) =>
    h('button', { type: 'button', 'aria-label': name, title: name, onclick: () => choose(emoji) }, emoji));
  const other = h('input', { 'aria-label': 'Another emoji', placeholder: 'Another emoji', maxlength: 64, autocomplete: 'off' });
  const submitOther = (event) => {
    event.preventDefault();
    if (other.value.trim()) choose(other.value.trim());
  };
  const picker = h('div', { class: 'picker', popover: 'auto', role: 'dialog', 'aria-label': 'React' },
    h('div', { class: 'emoji' }, ...buttons),
    h('form', { class: 'beside', onsubmit: submitOther }, other, iconButton('plus', 'React with it', null, { type: 'submit' })),
    fault);
  picker.onkeydown = (event) => {
    const at = buttons.indexOf(document.activeElement);
    if (at < 0) return;
    const next = {
      ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + COLUMNS, ArrowUp: at - COLUMNS, Home: 0, End: buttons.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    buttons[next]?.focus();
  };
  picker.ontoggle = ({ newState }) => { if (newState === 'closed') picker.remove(); };
  document.body.append(picker);
  picker.showPopover();
  // Above the button that opened it if there is room, and always inside the window.
  const [from, size] = [anchor.getBoundingClientRect(), picker.getBoundingClientRect()];
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  const above = from.top - size.height - 4;
  const top = above > 0 ? above : Math.max(8, Math.min(from.bottom + 4, height - size.height - 8));
  picker.style.setProperty('left', `${Math.max(8, Math.min(from.right - size.width, width - size.width - 8))}px`);
  picker.style.setProperty('top', `${top}px`);
  buttons[0].focus();
}
