import { avatar, h, keyed, text, whenOf } from './dom.js';
import { pageOf, paged, sheet } from './sheet.js';

const RULES = {
  group_created: 'made the group', invite_accepted: 'brought somebody in', message_sent: 'wrote', borrow_returned: 'a garment came back',
  borrow_handed_over: 'handed a garment over',
};
const LEADERS = 10;

const signed = (value) => (value > 0 ? `+${value}` : `${value}`.replace('-', '−'));

/** Creates the open group's points and XP, with a leaderboard that is loaded when it is unfolded. */
export function points(state) {
  const sum = h('span', { class: 'grow' });
  const leaders = h('ol', { class: 'leaders', 'aria-label': 'Leaderboard' });
  const fault = h('p', { class: 'fault' });
  const openLedger = () => ledgerDialog(state, state.openGroup);
  const ledger = h('button', { type: 'button', class: 'quiet', onclick: openLedger }, 'How they were earned');
  const element = h('details', { class: 'fold points' }, h('summary', {}, sum), leaders, fault, ledger);
  let [loadedKey, entries] = [null, []];

  const load = async (key, groupId) => {
    try {
      const { data } = await state.api.get(`/api/groups/${groupId}/leaderboard?limit=${LEADERS}`);
      if (key === loadedKey) entries = data;
      text(fault, '');
    } catch {
      text(fault, 'The leaderboard cannot be read now.');
    }
    element.update();
  };
  element.ontoggle = () => element.update();
  element.update = () => {
    const group = state.openGroup;
    if (!group) return;
    text(sum, `${group.sustainability_points} points · ${group.xp} XP`);
    // Loaded when it is unfolded and whenever the sum changes; while it is folded it is empty, so that it requests no names.
    const key = element.open ? `${group.id} ${group.sustainability_points} ${group.xp}` : null;
    if (key !== loadedKey) {
      if (key?.split(' ')[0] !== loadedKey?.split(' ')[0]) entries = [];
      loadedKey = key;
      if (key) load(key, group.id);
    }
    keyed(leaders, entries, ({ profile_id: id }) => `${group.id} ${id}`, (entry) => leaderRow(state, entry));
  };
  return element;
}

function leaderRow(state, { profile_id: id }) {
  const [place, name, earned] = [h('span', { class: 'place' }), h('span', { class: 'grow' }), h('small')];
  const picture = avatar(id, state.nameOf(id));
  const row = h('li', {}, place, picture, name, earned);
  row.update = ({ rank, points: sum, xp }) => {
    const displayName = state.nameOf(id);
    text(place, `${rank}`);
    picture.update(displayName);
    text(name, id === state.me ? `${displayName} (you)` : displayName);
    text(earned, `${sum} · ${xp} XP`);
  };
  return row;
}

/** Opens the ledger: every award of points, and every reversal. */
function ledgerDialog(state, group) {
  const dialog = sheet(`Points of ${group.name}`, () => {
    const list = paged(
      async (cursor) => {
        const page = await state.api.page(`/api/groups/${group.id}/points?limit=20`, cursor);
        await state.people.load(page.data.map(({ profile_id: id }) => id));
        return pageOf(page);
      },
      ({ rule, profile_id: id, points: sum, xp, kind, inserted_at: at }) => {
        const reason = `${RULES[rule] ?? rule.replaceAll('_', ' ')}${kind === 'reversal' ? ', taken back' : ''}`;
        const amount = [sum && `${signed(sum)} points`, xp && `${signed(xp)} XP`].filter(Boolean).join(', ') || '0';
        return h('li', {},
          avatar(id, state.nameOf(id)),
          h('div', { class: 'grow' }, h('strong', {}, state.nameOf(id)), h('p', {}, reason)),
          h('span', { class: 'side' }, h('span', { class: 'sum' }, amount), h('small', {}, whenOf(at))));
      },
      () => 'Nobody has earned any yet.');
    list.load();
    return list.parts;
  });
  dialog.classList.add('wide');
}
