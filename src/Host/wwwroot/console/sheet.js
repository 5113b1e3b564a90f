import { explain } from './api.js';
import { h, iconButton, text } from './dom.js';

/** A modal sheet. Escape, its close button and a click beside it close it; focus returns to where it was. */
export function sheet(title, fill) {
  const element = h('dialog', { 'aria-label': title });
  const close = () => element.close();
  const body = h('div', { class: 'sheet' }, h('header', {}, h('h2', {}, title), iconButton('close', 'Close', close)));
  body.append(...[fill(close, element)].flat());
  element.append(body);
  element.onclose = () => element.remove();
  element.onclick = (event) => { if (event.target === element) close(); };
  document.body.append(element);
  element.showModal();
  element.querySelector('[autofocus]')?.focus();
  return element;
}

/** A form that says beside each field what is wrong with it, and closes when its action is done. */
export function form(fields, label, act, { danger = false, before = [], after = [] } = {}) {
  const faults = new Map(fields.map(([name]) => [name, h('p', { class: 'fault', id: `fault-${name}` })]));
  const fault = h('p', { class: 'fault', role: 'alert' });
  const submit = h('button', { class: danger ? 'primary danger' : 'primary' }, label);
  return h('form', {
    onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      for (const shown of [fault, ...faults.values()]) text(shown, '');
      try {
        await act();
      } catch (problem) {
        const named = Object.entries(problem.errors ?? {}).filter(([name]) => faults.has(name));
        for (const [name, wrong] of named) text(faults.get(name), wrong.join(' '));
        if (named.length === 0) text(fault, explain(problem));
      } finally {
        submit.disabled = false;
      }
    },
  }, ...before, ...fields.map(([name, title, input, beside]) => {
    input.setAttribute('aria-describedby', `fault-${name}`);
    const isCheck = input.type === 'checkbox';
    const label = h('label', { class: isCheck ? 'check' : null }, ...(isCheck ? [input, h('span', {}, title)] : [h('span', {}, title), input]));
    return h('div', { class: 'field' }, label, beside, faults.get(name));
  }), fault, ...after, h('footer', {}, submit));
}

export function confirm(title, explanation, label, act) {
  sheet(title, (close) => form([], label, async () => { await act(); close(); }, { danger: true, before: [h('p', {}, explanation)] }));
}

/** A button that does one thing and says beside itself why it could not. */
export function action(label, name, act, attributes = {}) {
  const fault = h('small', { class: 'fault', role: 'alert' });
  const button = h('button', {
    type: 'button', class: 'small', 'aria-label': name, ...attributes, onclick: async () => {
      button.disabled = true;
      text(fault, '');
      try { await act(button); } catch (problem) { text(fault, explain(problem)); } finally { button.disabled = false; }
    },
  }, label);
  return h('span', { class: 'action' }, button, fault);
}

/**
 * A list that is read page by page: `read(cursor)` answers {items, next}, and without a `next` it was the last page. `row` makes an
 * element of an item, `empty` says what it means that there is none.
 */
export function paged(read, row, empty) {
  const list = h('ul', { class: 'rows' });
  const note = h('p', { class: 'empty', role: 'status' });
  const more = h('button', { type: 'button', class: 'quiet more', hidden: true, onclick: () => load(next) }, 'Show more');
  let [next, asked] = [null, 0];

  async function load(cursor = null) {
    const mine = ++asked;
    try {
      const page = await read(cursor);
      if (mine !== asked) return;
      if (cursor === null) list.replaceChildren();
      const first = list.children.length;
      list.append(...page.items.map(row));
      next = page.next ?? null;
      // What one pressed may be gone now; one goes on with what came.
      if (cursor !== null) list.children[first]?.querySelector('a, button')?.focus();
      more.hidden = next === null;
      text(note, list.children.length ? '' : empty());
    } catch (problem) {
      if (mine === asked) text(note, explain(problem));
    }
  }

  return { parts: [list, note, more], list, load };
}

/** What a list of the service answers, for `paged`. */
export const pageOf = ({ data, pagination }) => ({ items: data, next: pagination.has_more ? pagination.next_cursor : null });

/** A list that follows what is typed. */
export function searchable(placeholder, read, row, empty, wanted = '') {
  const input = h('input', { type: 'search', placeholder, 'aria-label': placeholder, autofocus: true, autocomplete: 'off', value: wanted });
  const { parts, load } = paged((cursor) => read(input.value.trim(), cursor), row, () => empty(input.value.trim()));
  let timer;
  input.oninput = () => { clearTimeout(timer); timer = setTimeout(() => load(), 200); };
  load();
  return [input, ...parts];
}
