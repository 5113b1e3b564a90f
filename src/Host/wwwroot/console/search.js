import { avatar, h, whenOf } from './dom.js';
import { normalize } from './names.js';
import { searchable, sheet } from './sheet.js';

/** The last query in each group. */
const lastQueries = new Map();

/** Opens the search for words, or how they begin, in a group's history; `show` is called with the message that is chosen. */
export function searchDialog(state, group, show) {
  sheet(`Search in ${group.name}`, (close) => searchable(
    'Words, or how they begin',
    async (query, cursor) => {
      lastQueries.set(group.id, query);
      if (!query) return { items: [] };
      const before = cursor === null ? '' : `&before=${encodeURIComponent(cursor)}`;
      const { data, pagination } = await state.api.get(
        `/api/groups/${group.id}/messages?limit=20&search=${encodeURIComponent(query)}${before}`);
      await state.people.load(data.map(({ sender_id: id }) => id));
      return { items: data.toReversed().map((message) => ({ message, query })), next: pagination.has_more ? pagination.prev_cursor : null };
    },
    ({ message, query }) => {
      const name = state.nameOf(message.sender_id);
      return h('li', {}, h('button', { type: 'button', class: 'row found', onclick: () => { close(); show(message); } },
        avatar(message.sender_id, name),
        h('span', { class: 'grow' },
          h('strong', {}, name), h('span', { class: 'said' }, ...highlighted(message.payload.content ?? '', query))),
        h('small', {}, whenOf(message.inserted_at))));
    },
    (query) => (query ? `Nothing here says “${query}”.` : 'Accents and capitals do not matter.'),
    lastQueries.get(group.id) ?? ''));
}

/** Returns text nodes and `mark` elements for the words that were found. */
function highlighted(content, query) {
  const prefixes = normalize(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const isFound = (word) => prefixes.some((prefix) => normalize(word).startsWith(prefix));
  return content.split(/([\p{L}\p{N}\p{M}]+)/u).map((part, i) => (i % 2 === 1 && isFound(part) ? h('mark', {}, part) : part));
}
