import { STATES, garmentOf, historyOf, loanOf, movesRow, shortId, stateChip } from './borrow.js';
import { avatar, dayAndMonth, h, whenOf } from './dom.js';
import { pageOf, paged, sheet } from './sheet.js';

/** Opens the list of my loans in all groups, including those that I left. */
export function loansDialog(state, go) {
  let reload;
  const dialog = sheet('My loans', (close) => {
    const role = h('select', { 'aria-label': 'My part', autofocus: true },
      h('option', { value: '' }, 'All loans'), h('option', { value: 'lender' }, 'I lend'), h('option', { value: 'borrower' }, 'I borrow'));
    const stateFilter = h('select', { 'aria-label': 'State' },
      h('option', { value: '' }, 'In any state'), Object.entries(STATES).map(([value, name]) => h('option', { value }, name)));
    const list = paged(
      async (cursor) => {
        const query = new URLSearchParams({
          limit: 20, ...(role.value && { role: role.value }), ...(stateFilter.value && { state: stateFilter.value }),
        });
        const page = await state.api.page(`/api/borrows?${query}`, cursor);
        const peopleOf = (loan) => [loan.lender_id, loan.borrower_id, ...loan.history.map((move) => move.actor_id)];
        await state.people.load(page.data.flatMap(peopleOf));
        return pageOf(page);
      },
      (loan) => loanRow(state, loan, () => { close(); go(loan.group_id, { messageId: loan.message_id }); }),
      () => (role.value || stateFilter.value ? 'No loan is like that.'
        : 'Nothing lent and nothing borrowed yet. Ask for a garment in one of your groups.'));
    role.onchange = stateFilter.onchange = () => list.load();
    reload = () => list.load();
    list.load();
    return [h('div', { class: 'beside filters' }, role, stateFilter), ...list.parts];
  });
  dialog.classList.add('wide');
  state.addEventListener('loans', reload);
  dialog.addEventListener('close', () => state.removeEventListener('loans', reload));
}

function loanRow(state, loan, openGroup) {
  const isLender = loan.lender_id === state.me;
  const other = isLender ? loan.borrower_id : loan.lender_id;
  const group = state.groups.get(loan.group_id);
  const isSettled = ['accepted', 'handed_over', 'returned', 'disputed'].includes(loan.state);
  const title = isSettled ? (isLender ? 'Lent to' : 'Borrowed from') : !isLender ? 'Asked of' : other ? 'Asked for by' : 'Offered to';
  return h('li', { class: 'loan' },
    h('p', { class: 'head' }, h('strong', { class: 'grow' }, `${title} ${other ? state.nameOf(other) : 'anyone'}`), stateChip(loan)),
    h('p', {}, 'Garment ', garmentOf(loan.garment_id), loan.due_at && ` · back by ${dayAndMonth(loan.due_at)}`, ' · ',
      group ? h('button', { type: 'button', class: 'link', onclick: openGroup }, group.name) : 'a group that you are not in'),
    movesRow(state, loan),
    loan.history.length > 0 && h('details', {}, h('summary', {}, 'History'), historyOf(state, loan)));
}

/** Opens the list of a garment's borrow messages in a group, newest first; `show` is called with the one that is chosen. */
export function garmentDialog(state, { group_id: groupId, payload: { garment_id: id } }, show) {
  sheet(`Garment ${shortId(id)}`, (close) => {
    const list = paged(
      async (cursor) => {
        const before = cursor === null ? '' : `&before=${encodeURIComponent(cursor)}`;
        const { data, pagination } = await state.api.get(`/api/groups/${groupId}/messages?limit=20&type=borrow&garment_id=${id}${before}`);
        await state.people.load(data.flatMap(({ sender_id: sender, borrow }) => [sender, borrow.lender_id, borrow.borrower_id]));
        return { items: data.toReversed(), next: pagination.has_more ? pagination.prev_cursor : null };
      },
      (message) => {
        const loan = loanOf(message);
        const isOffer = loan.kind === 'offer';
        const [name, other] = [state.nameOf(message.sender_id), isOffer ? loan.borrower_id : loan.lender_id];
        const detail = other ? `${isOffer ? 'Borrower' : 'Lender'}: ${state.nameOf(other)}` : message.payload.content ?? '';
        return h('li', {}, h('button', { type: 'button', class: 'row found', onclick: () => { close(); show(message); } },
          avatar(message.sender_id, name),
          h('span', { class: 'grow' },
            h('strong', {}, `${name}${isOffer ? ' lends it' : ' asks for it'}`), h('span', { class: 'said' }, detail)),
          h('span', { class: 'side' }, stateChip(loan), h('small', {}, whenOf(message.inserted_at)))));
      },
      () => 'Nothing was asked or offered of it here.');
    list.load();
    return list.parts;
  });
}
