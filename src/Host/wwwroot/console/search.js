import { avatar, h, whenOf } from './dom.js';
import { fold } from './names.js';
import { searchable, sheet } from './sheet.js';

const lastWanted = new Map();

/** Finds words and beginnings of words in a group's history, newest first; what one chooses is shown in its place. */
export function searchDialog(state, group, show) {
  sheet(`Search in ${group.name}`, (close) => searchable(
    'Words, or how they begin',
    async (wanted, cursor) => {
      lastWanted.set(group.id, wanted);
      if (!wanted) return { items: [] };
      const { data, pagination } = await state.api.get(
        `/api/groups/${group.id}/messages?limit=20&search=${encodeURIComponent(wanted)}${cursor === null ? '' : `&before=${encodeURIComponent(cursor)}`}`);
      await state.know(data.map(({ sender_id: id }) => id));
      return { items: data.toReversed().map((message) => ({ message, wanted })), next: pagination.has_more ? pagination.prev_cursor : null };
    },
    ({ message, wanted }) => {
      const name = state.nameOf(message.sender_id);
      return h('li', {}, h('button', { type: 'button', class: 'row found', onclick: () => { close(); show(message); } },
        avatar(message.sender_id, name),
        h('span', { class: 'grow' }, h('strong', {}, name), h('span', { class: 'said' }, ...marked(message.payload.content ?? '', wanted))),
        h('small', {}, whenOf(message.inserted_at))));
    },
    (wanted) => (wanted ? `Nothing here says “${wanted}”.` : 'Accents and capitals do not matter.'),
    lastWanted.get(group.id) ?? ''));
}

/** The words that were found stand out; all of it is text. */
function marked(content, wanted) {
  const begun = fold(wanted).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  return content.split(/([\p{L}\p{N}\p{M}]+)/u).map((part, i) => (i % 2 === 1 && begun.some((word) => fold(part).startsWith(word)) ? h('mark', {}, part) : part));
}
