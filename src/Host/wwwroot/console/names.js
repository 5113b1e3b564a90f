import { h, set } from './dom.js';

const SHOWN = 6;

export const fold = (words) => words.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The members of a group, but me, of whose name a word begins like that. */
const matching = (state, groupId, wanted) => (state.members.get(groupId) ?? []).filter(({ profile_id: id, display_name: name }) =>
  id !== state.me && name && fold(name).split(' ').some((word) => word.startsWith(fold(wanted)))).slice(0, SHOWN);

/**
 * Names to choose from, in `list`, while one types into `input`. `wanted()` is what was typed of one, or undefined; `choose` takes the
 * member. `key` is true when the list took the key.
 */
export function completion(state, input, list, { groupId, wanted, choose }) {
  let [found, at] = [[], 0];
  const show = () => {
    list.hidden = found.length === 0;
    list.replaceChildren(...found.map((member, i) => h('li', {
      id: `${list.id}-${i}`, role: 'option', 'aria-selected': `${i === at}`, onpointerdown: (event) => { event.preventDefault(); at = i; take(); },
    }, member.display_name)));
    set(input, { 'aria-activedescendant': found.length ? `${list.id}-${at}` : null });
  };
  const close = () => { found = []; show(); };
  const take = () => { const member = found[at]; close(); choose(member); };
  return {
    close,
    follow() {
      const begun = document.activeElement === input ? wanted() : undefined;
      [found, at] = [begun === undefined ? [] : matching(state, groupId(), begun), 0];
      show();
    },
    key(event) {
      if (found.length === 0 || !['ArrowDown', 'ArrowUp', 'Enter', 'Tab', 'Escape'].includes(event.key)) return false;
      event.preventDefault();
      if (event.key === 'Escape') { event.stopPropagation(); close(); }
      else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { at = (at + (event.key === 'ArrowDown' ? 1 : found.length - 1)) % found.length; show(); }
      else take();
      return true;
    },
  };
}

/** A field for one member, by name: `id()` is who was chosen, null for nobody, undefined when the words name no member. */
export function memberField(state, groupId, placeholder) {
  const list = h('ul', { id: 'members', class: 'names', role: 'listbox', 'aria-label': 'Members', hidden: true });
  const input = h('input', { role: 'combobox', 'aria-autocomplete': 'list', 'aria-controls': 'members', 'aria-expanded': 'false', autocomplete: 'off', placeholder });
  let chosen = null;
  const names = completion(state, input, list, {
    groupId: () => groupId,
    wanted: () => (input.value.trim() === '' || chosen ? undefined : input.value.trim()),
    choose(member) { chosen = member; input.value = member.display_name; },
  });
  const follow = () => { names.follow(); input.setAttribute('aria-expanded', `${!list.hidden}`); };
  input.oninput = () => { chosen = null; follow(); };
  input.onblur = () => { names.close(); input.setAttribute('aria-expanded', 'false'); };
  input.onkeydown = (event) => { names.key(event); input.setAttribute('aria-expanded', `${!list.hidden}`); };
  return { input, list, id: () => (input.value.trim() === '' ? null : chosen?.profile_id) };
}
