/** Creates an element: h('button', {class: 'quiet', onclick: f, 'aria-label': 'Close'}, 'text', element …). Text is never markup. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  set(element, attributes);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element[name] = value;
    else if (name in element && typeof value === 'boolean') element[name] = value;
    else if (name === 'value') element.value = value;
    else if (value === null || value === undefined || value === false) element.removeAttribute(name);
    else if (element.getAttribute(name) !== `${value}`) element.setAttribute(name, value);
  }
}

/**
 * Makes the children of a container those of the items, in order. The element of a key is kept and updated, so that focus and selection
 * stay where they are.
 */
export function keyed(container, items, keyOf, make) {
  const elements = container.keyed ??= new Map();
  const keys = new Set(items.map(keyOf));
  for (const [key, element] of elements) {
    if (keys.has(key)) continue;
    element.remove();
    elements.delete(key);
  }
  let next = container.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let element = elements.get(key);
    if (!element) elements.set(key, element = make(item));
    element.update?.(item);
    if (element === next) next = next.nextElementSibling;
    else container.insertBefore(element, next);
  }
}

/** Sets an element's text, if it differs. */
export const text = (element, value) => { if (element.textContent !== value) element.textContent = value; };

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const short = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export const timeOf = (iso) => clock.format(new Date(iso));
export const dayKey = (iso) => new Date(iso).toDateString();

export function dayOf(iso) {
  const [day, today] = [dayKey(iso), new Date()];
  if (day === today.toDateString()) return 'Today';
  today.setDate(today.getDate() - 1);
  return day === today.toDateString() ? 'Yesterday' : date.format(new Date(iso));
}

export const whenOf = (iso) => (dayKey(iso) === new Date().toDateString() ? timeOf(iso) : short.format(new Date(iso)));

export const dayAndMonth = (iso) => short.format(new Date(iso));

export const initials = (name) => !name?.trim() ? '?'
  : name.trim().split(/\s+/).slice(0, 2).map((word) => [...word][0].toUpperCase()).join('');

/** Creates an avatar: initials on a colour that depends on the id. */
export function avatar(id, name) {
  const hue = parseInt(id.replaceAll('-', '').slice(-6), 16) % 360;
  const element = h('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(name));
  element.style.setProperty('--hue', hue);
  element.update = (newName) => text(element, initials(newName));
  return element;
}

const SHAPES = {
  back: 'M15 5l-7 7 7 7',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4',
  bag: 'M5 8h14l1 12H4zM9 8a3 3 0 0 1 6 0',
  close: 'M6 6l12 12M18 6L6 18',
  edit: 'M4 20l1-4L16 5l3 3L8 19z',
  exit: 'M14 4h5v16h-5M4 12h10M10 8l4 4-4 4',
  people: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M3 20c0-4 2.5-6 6-6s6 2 6 6M16 5a3.5 3.5 0 0 1 0 6M17 14c2.7.6 4 2.7 4 6',
  plus: 'M12 5v14M5 12h14',
  reply: 'M9 7l-5 5 5 5M4 12h9c4 0 6 2 7 6',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13M15.5 15.5L20 20',
  send: 'M4 12l16-8-5 16-4-6zM11 14l9-10',
  smile: 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17M8.5 14.2c1.8 2.4 5.2 2.4 7 0M9 9.6v.2M15 9.6v.2',
  trash: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13',
};

export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  set(svg, { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' });
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', SHAPES[name]);
  svg.append(path);
  return svg;
}

/** Creates a button with an icon; its label is its name for screen readers and its tooltip. */
export const iconButton = (name, label, onclick, attributes = {}) =>
  h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...attributes }, icon(name));

/** Shows a note to the user for some seconds. */
export function toast(message, kind = 'info') {
  const element = h('p', { class: `toast ${kind}` }, message);
  document.getElementById('toasts').append(element);
  setTimeout(() => element.remove(), kind === 'error' ? 8_000 : 4_000);
}
