import { h, set } from './dom.js';

const MAX_SHOWN = 6;

/** Returns text without accents and in lower case, to compare. */
export const normalize = (value) => value.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Returns the other members of a group with a name of which a word begins like that. */
const matching = (state, groupId, prefix) => (state.members.of(groupId) ?? []).filter(({ profile_id: id, display_name: name }) =>
  id !== state.me && name && normalize(name).split(' ').some((word) => word.startsWith(normalize(prefix)))).slice(0, MAX_SHOWN);

/**
 * Offers names of members in `list` while one types into `input`. `typed()` returns what was typed of a name, or undefined; `choose` is
 * called with the member. `handleKey` returns whether the list used the key.
 */
export function completion(state, input, list, { groupId, typed, choose }) {
  let [found, selected] = [[], 0];
  const show = () => {
    list.hidden = found.length === 0;
    list.replaceChildren(...found.map((member, i) => h('li', {
      id: `${list.id}-${i}`, role: 'option', 'aria-selected': `${i === selected}`,
      onpointerdown: (event) => { event.preventDefault(); selected = i; accept(); },
    }, member.display_name)));
    set(input, { 'aria-activedescendant': found.length ? `${list.id}-${selected}` : null });
  };
  const close = () => { found = []; show(); };
  const accept = () => { const member = found[selected]; close(); choose(member); };
  return {
    close,
    update() {
      const prefix = document.activeElement === input ? typed() : undefined;
      [found, selected] = [prefix === undefined ? [] : matching(state, groupId(), prefix), 0];
      show();
    },
    handleKey(event) {
      if (found.length === 0 || !['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape'].includes(event.key)) return false;
      event.preventDefault();
      if (event.key === 'Escape') { event.stopPropagation(); close(); }
      else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        selected = (selected + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length;
        show();
      } else accept();
      return true;
    },
  };
}

/** Creates a field for one member, by name. `id()` returns who was chosen, null for nobody, undefined when no member has that name. */
export function memberField(state, groupId, placeholder) {
  const list = h('ul', { id: 'members', class: 'names', role: 'listbox', 'aria-label': 'Members', hidden: true });
  const input = h('input', {
    role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': 'members', 'aria-expanded': 'false', autocomplete: 'off', placeholder,
  });
  let chosen = null;
  const names = completion(state, input, list, {
    groupId: () => groupId,
    typed: () => (input.value.trim() === '' || chosen ? undefined : input.value.trim()),
    choose(member) { chosen = member; input.value = member.display_name; },
  });
  const showExpanded = () => input.setAttribute('aria-expanded', `${!list.hidden}`);
  input.oninput = () => { chosen = null; names.update(); showExpanded(); };
  input.onblur = () => { names.close(); showExpanded(); };
  input.onkeydown = (event) => { names.handleKey(event); showExpanded(); };
  return { input, list, id: () => (input.value.trim() === '' ? null : chosen?.profile_id) };
}
