import { explain } from './api.js';
import { h, iconButton, text } from './dom.js';

/** Opens a modal dialog with what `fill(close)` returns. Escape, its close button and a click beside it close it. */
export function sheet(title, fill) {
  const element = h('dialog', { 'aria-label': title });
  const close = () => element.close();
  const body = h('div', { class: 'sheet' }, h('header', {}, h('h2', {}, title), iconButton('close', 'Close', close)));
  body.append(...[fill(close)].flat());
  element.append(body);
  element.onclose = () => element.remove();
  element.onclick = (event) => { if (event.target === element) close(); };
  document.body.append(element);
  element.showModal();
  element.querySelector('[autofocus]')?.focus();
  return element;
}

/** Creates a form of [name, title, input, extra] fields, which shows beside each field what the service says is wrong with it. */
export function form(fields, label, act, { danger = false, before = [], after = [] } = {}) {
  const faults = new Map(fields.map(([name]) => [name, h('p', { class: 'fault', id: `fault-${name}` })]));
  const fault = h('p', { class: 'fault', role: 'alert' });
  const submit = h('button', { class: danger ? 'primary danger' : 'primary' }, label);
  return h('form', {
    onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      for (const element of [fault, ...faults.values()]) text(element, '');
      try {
        await act();
      } catch (problem) {
        const named = Object.entries(problem.errors ?? {}).filter(([name]) => faults.has(name));
        for (const [name, messages] of named) text(faults.get(name), messages.join(' '));
        if (named.length === 0) text(fault, explain(problem));
      } finally {
        submit.disabled = false;
      }
    },
  }, ...before, ...fields.map(([name, title, input, extra]) => {
    input.setAttribute('aria-describedby', `fault-${name}`);
    const isCheck = input.type === 'checkbox';
    const caption = h('span', {}, title);
    const label = h('label', { class: isCheck ? 'check' : null }, ...(isCheck ? [input, caption] : [caption, input]));
    return h('div', { class: 'field' }, label, extra, faults.get(name));
  }), fault, ...after, h('footer', {}, submit));
}

export function confirm(title, explanation, label, act) {
  sheet(title, (close) => form([], label, async () => { await act(); close(); }, { danger: true, before: [h('p', {}, explanation)] }));
}

/** Creates a button that shows beside itself why its action failed. */
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
 * Creates a list that is loaded page by page. `read(cursor)` returns {items, next}, without `next` for the last page; `row` creates the
 * element of an item, and `empty` returns the text of a list without items.
 */
export function paged(read, row, empty) {
  const list = h('ul', { class: 'rows' });
  const note = h('p', { class: 'empty', role: 'status' });
  const more = h('button', { type: 'button', class: 'quiet more', hidden: true, onclick: () => load(next) }, 'Show more');
  let [next, requests] = [null, 0];

  async function load(cursor = null) {
    const request = ++requests;
    try {
      const page = await read(cursor);
      if (request !== requests) return;
      if (cursor === null) list.replaceChildren();
      const first = list.children.length;
      list.append(...page.items.map(row));
      next = page.next ?? null;
      // The button that was pressed may be gone; the focus goes on to the first new item.
      if (cursor !== null) list.children[first]?.querySelector('a, button')?.focus();
      more.hidden = next === null;
      text(note, list.children.length ? '' : empty());
    } catch (problem) {
      if (request === requests) text(note, explain(problem));
    }
  }

  return { parts: [list, note, more], list, load };
}

/** Returns a page of the service's lists in the form that `paged` reads. */
export const pageOf = ({ data, pagination }) => ({ items: data, next: pagination.has_more ? pagination.next_cursor : null });

/** Creates a search field with the list of what it finds, loaded as one types. */
export function searchable(placeholder, read, row, empty, query = '') {
  const input = h('input', {
    type: 'search', placeholder, 'aria-label': placeholder, autofocus: true, autocomplete: 'off', value: query,
  });
  const { parts, load } = paged((cursor) => read(input.value.trim(), cursor), row, () => empty(input.value.trim()));
  let timer;
  input.oninput = () => { clearTimeout(timer); timer = setTimeout(() => load(), 200); };
  load();
  return [input, ...parts];
}
