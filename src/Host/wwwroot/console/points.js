import { avatar, h, keyed, text, whenOf } from './dom.js';
import { pageOf, paged, sheet } from './sheet.js';

const RULES = {
  group_created: 'made the group', invite_accepted: 'brought somebody in', message_sent: 'wrote', borrow_returned: 'a garment came back',
  borrow_handed_over: 'handed a garment over',
};
const SHOWN = 10;

const signed = (value) => (value > 0 ? `+${value}` : `${value}`.replace('-', '−'));

/** A group's points and XP; opened, who earned them. */
export function points(state) {
  const sum = h('span', { class: 'grow' });
  const leaders = h('ol', { class: 'leaders', 'aria-label': 'Leaderboard' });
  const fault = h('p', { class: 'fault' });
  const ledger = h('button', { type: 'button', class: 'quiet', onclick: () => ledgerDialog(state, state.groups.get(state.open)) }, 'How they were earned');
  const element = h('details', { class: 'fold points' }, h('summary', {}, sum), leaders, fault, ledger);
  let [read, board] = [null, []];

  const load = async (key, groupId) => {
    try {
      const { data } = await state.api.get(`/api/groups/${groupId}/leaderboard?limit=${SHOWN}`);
      if (key === read) board = data;
      text(fault, '');
    } catch {
      text(fault, 'The leaderboard cannot be read now.');
    }
    element.update();
  };
  element.ontoggle = () => element.update();
  element.update = () => {
    const group = state.groups.get(state.open);
    if (!group) return;
    text(sum, `${group.sustainability_points} points · ${group.xp} XP`);
    // Read when it is opened and whenever the sum is another; an empty one has no names in it while it is closed.
    const key = element.open ? `${group.id} ${group.sustainability_points} ${group.xp}` : null;
    if (key !== read) {
      if (key?.split(' ')[0] !== read?.split(' ')[0]) board = [];
      read = key;
      if (key) load(key, group.id);
    }
    keyed(leaders, board, ({ profile_id: id }) => `${group.id} ${id}`, (one) => leaderRow(state, one));
  };
  return element;
}

function leaderRow(state, { profile_id: id }) {
  const [place, name, earned] = [h('span', { class: 'place' }), h('span', { class: 'grow' }), h('small')];
  const face = avatar(id, state.nameOf(id));
  const row = h('li', {}, place, face, name, earned);
  row.update = ({ rank, points: sum, xp }) => {
    const called = state.nameOf(id);
    text(place, `${rank}`);
    face.update(called);
    text(name, id === state.me ? `${called} (you)` : called);
    text(earned, `${sum} · ${xp} XP`);
  };
  return row;
}

/** The append-only ledger: every award, and every one that was taken back. */
function ledgerDialog(state, group) {
  const shown = sheet(`Points of ${group.name}`, () => {
    const list = paged(
      async (cursor) => {
        const page = await state.api.page(`/api/groups/${group.id}/points?limit=20`, cursor);
        await state.know(page.data.map(({ profile_id: id }) => id));
        return pageOf(page);
      },
      ({ rule, profile_id: id, points: sum, xp, kind, inserted_at: at }) => h('li', {},
        avatar(id, state.nameOf(id)),
        h('div', { class: 'grow' }, h('strong', {}, state.nameOf(id)), h('p', {}, `${RULES[rule] ?? rule.replaceAll('_', ' ')}${kind === 'reversal' ? ', taken back' : ''}`)),
        h('span', { class: 'side' }, h('span', { class: 'sum' }, [sum && `${signed(sum)} points`, xp && `${signed(xp)} XP`].filter(Boolean).join(', ') || '0'), h('small', {}, whenOf(at)))),
      () => 'Nobody has earned any yet.');
    list.load();
    return list.parts;
  });
  shown.classList.add('wide');
}
