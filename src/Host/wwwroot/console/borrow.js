import { dayAndMonth, h, icon, timeOf } from './dom.js';
import { memberField } from './names.js';
import { action, confirm, form, sheet } from './sheet.js';

export const STATES = {
  open: 'open', accepted: 'agreed', handed_over: 'handed over', returned: 'returned', declined: 'declined', withdrawn: 'withdrawn',
  expired: 'expired', cancelled: 'cancelled', disputed: 'disputed',
};

const REASONS = { member_gone: ': somebody left', group_deleted: ': the group was deleted', message_deleted: ': the message was deleted' };

const DAY = 86_400_000;
const LOAN_DAYS = 14;

/** The label of a move's button, and the text of its confirmation. With `due` the lender is asked for the due date. */
const MOVES = {
  accept: { label: ({ kind }) => (kind === 'offer' ? 'Borrow it' : 'Lend it'), due: true },
  decline: { label: () => 'Decline' },
  withdraw: { label: () => 'Withdraw', confirmation: 'Nobody can answer it any more.' },
  hand_over: { label: () => 'Hand over', due: true },
  cancel: { label: () => 'Cancel the loan', confirmation: 'The garment stays with its lender.' },
  return: { label: () => 'It is back' },
  dispute: {
    label: () => 'Dispute',
    confirmation: 'Say so when the garment is lost, damaged or not what was agreed. It cannot be undone, '
      + 'and the points of this loan are taken back.',
  },
};

/** Returns the moves that somebody may make now, by the service's rules. */
export function movesOf(me, { kind, state, lender_id: lender, borrower_id: borrower }) {
  const isSender = me === (kind === 'offer' ? lender : borrower);
  switch (state) {
    case 'open': return isSender ? ['withdraw'] : kind === 'offer' || !lender ? ['accept'] : me === lender ? ['accept', 'decline'] : [];
    case 'accepted': return me === lender ? ['hand_over', 'cancel'] : me === borrower ? ['cancel'] : [];
    case 'handed_over': return me === lender ? ['return', 'dispute'] : me === borrower ? ['dispute'] : [];
    default: return [];
  }
}

/** Returns the end of the day that was picked. */
const dueFrom = (input) => (input.value ? new Date(`${input.value}T23:59:59`).toISOString() : null);

/** Creates a field for the day by which a garment is to be returned. */
function dueField(value) {
  const day = (at) => `${at.getFullYear()}-${`${at.getMonth() + 1}`.padStart(2, '0')}-${`${at.getDate()}`.padStart(2, '0')}`;
  return h('input', { type: 'date', min: day(new Date()), value: value ? day(new Date(value)) : '' });
}

const isOverdue = ({ state, due_at: due }) => state === 'handed_over' && due !== null && new Date(due) < new Date();

/** Creates the label of a loan's state. */
export const stateChip = (loan) => (isOverdue(loan)
  ? h('span', { class: 'chip late' }, 'overdue')
  : h('span', { class: `chip ${loan.state}` }, STATES[loan.state] ?? loan.state));

/** Garments have no names here: they are shown by the end of their id, with the whole as a tooltip. */
export const shortId = (id) => `…${id.slice(-8)}`;
export const garmentOf = (id) => h('span', { class: 'garment', title: id }, shortId(id));

/** Creates a button for each move that I may make now, of a loan as `GET /borrows` answers it or as `loanOf` returns it. */
export function movesRow(state, loan) {
  const name = `garment ${shortId(loan.garment_id)}`;
  const act = async (move, body) => {
    try {
      await state.messageChanges.moveLoan(loan, move, body);
    } catch (problem) {
      throw problem.code === 'garment_on_loan' ? { title: onLoanText(state, problem) } : problem;
    }
  };
  const moves = state.messageChanges.allowedMoves(loan) ?? movesOf(state.me, loan);
  const buttons = moves.filter((move) => MOVES[move]).map((move, i) => {
    const { label, confirmation, due } = MOVES[move];
    const title = label(loan);
    const attributes = { class: i === 0 && !confirmation ? 'small' : 'small quiet', 'data-key': `move ${move}` };
    return action(title, `${title}: ${name}`, async () => {
      if (due && !(move === 'accept' && loan.kind === 'offer')) return dueDialog(title, loan, (body) => act(move, body));
      if (confirmation) return confirm(`${title}?`, confirmation, title, () => act(move));
      return act(move);
    }, attributes);
  });
  return buttons.length > 0 && h('div', { class: 'moves beside' }, ...buttons);
}

function onLoanText(state, { profile_id: holder, due_at: due }) {
  const who = !holder ? '' : holder === state.me ? ', by you' : `: ${state.nameOf(holder)} has it`;
  return `This garment is lent already${who}${due ? ` until ${dayAndMonth(due)}` : ''}.`;
}

function dueDialog(title, loan, act) {
  sheet(title, (close) => {
    // A due date that has passed meanwhile cannot be proposed.
    const due = dueField(new Date(loan.due_at) > new Date() ? loan.due_at : Date.now() + LOAN_DAYS * DAY);
    due.setAttribute('autofocus', '');
    return form([['due_at', 'To be back by', due]], title, async () => {
      await act({ due_at: dueFrom(due) });
      close();
    });
  });
}

/** Creates the list of a loan's moves. */
export function historyOf(state, { history }) {
  return h('ol', { class: 'history' }, ...history.map((move) => h('li', {},
    h('span', { class: 'grow' }, h('strong', {}, STATES[move.state] ?? move.state),
      move.actor_id ? ` by ${move.actor_id === state.me ? 'you' : state.nameOf(move.actor_id)}` : REASONS[move.reason] ?? ''),
    h('time', { datetime: move.at }, `${dayAndMonth(move.at)}, ${timeOf(move.at)}`))));
}

/** Creates the card of a borrow message. `openHistories` remembers which histories are open while the card is drawn again. */
export function borrowCard(state, message, openHistories, actions) {
  const loan = loanOf(message);
  const name = message.sender_id === state.me ? 'You' : state.nameOf(message.sender_id);
  const isOffer = loan.kind === 'offer';
  const garment = h('button', {
    type: 'button', class: 'link', 'aria-label': `Garment ${shortId(loan.garment_id)}: its loans in this group`, 'data-key': 'garment',
    onclick: () => actions.showGarment(message),
  }, garmentOf(loan.garment_id));
  const other = isOffer ? loan.borrower_id : loan.lender_id;
  const toggled = () => { if (history.open) openHistories.add(message.id); else openHistories.delete(message.id); };
  const history = h('details', { open: openHistories.has(message.id), ontoggle: toggled },
    h('summary', { 'data-key': 'history' }, 'History'), historyOf(state, loan));
  const title = isOffer ? `${name} ${name === 'You' ? 'lend' : 'lends'} a garment` : `${name} would like to borrow a garment`;
  const terms = [
    ['Garment', garment],
    other && [isOffer ? 'Borrower' : 'Lender', other === state.me ? 'you' : state.nameOf(other)],
    loan.due_at && ['Back by', dayAndMonth(loan.due_at)],
  ].filter(Boolean);
  return h('div', { class: 'borrow' },
    h('p', { class: 'head' }, icon('bag'), h('strong', { class: 'grow' }, title), stateChip(loan)),
    h('dl', {}, ...terms.flatMap(([term, value]) => [h('dt', {}, term), h('dd', {}, value)])),
    movesRow(state, loan),
    loan.history.length > 0 && history);
}

/** Returns the loan of a borrow message, in the shape of `GET /borrows`. */
export const loanOf = ({ borrow, payload, group_id: groupId, id, revision }) =>
  ({ ...borrow, garment_id: payload.garment_id, group_id: groupId, message_id: id, revision });

/** Returns what a card shows beyond its message's revision: when one of these changes, it is drawn again. */
export function cardDependencies(state, message) {
  if (!message.borrow) return undefined;
  const { lender_id: lender, borrower_id: borrower, history } = message.borrow;
  const names = [lender, borrower, ...history.map((move) => move.actor_id)].map((id) => id && state.nameOf(id));
  return [isOverdue(message.borrow), state.messageChanges.allowedMoves(loanOf(message)), ...names];
}

/** Opens the form to ask for a garment or to offer one. */
export function borrowDialog(state, groupId) {
  sheet('Borrow or lend a garment', (close) => {
    // The same id for every attempt: a message that is sent again after a lost connection is stored once.
    const id = crypto.randomUUID();
    const kind = h('select', { autofocus: true },
      h('option', { value: 'request' }, 'I would like to borrow'), h('option', { value: 'offer' }, 'I have one to lend'));
    const garment = h('input', {
      required: true, autocomplete: 'off', spellcheck: 'false', maxlength: 100, placeholder: '01975b3e-8f2a-…',
    });
    const content = h('textarea', { required: true, rows: 2, maxlength: 4000 });
    const due = dueField(null);
    const lender = memberField(state, groupId, 'Anyone in the group');
    const filledForm = form([
      ['kind', 'What is it?', kind], ['garment_id', 'Garment id', garment], ['content', 'A few words', content],
      ['due_at', 'To be back by (optional)', due], ['owner_id', 'Who has it (optional)', lender.input, lender.list],
    ], 'Post it', async () => {
      const isOffer = kind.value === 'offer';
      const owner = isOffer ? null : lender.id();
      if (owner === undefined) throw { errors: { owner_id: ['Choose a member by name, or leave it empty.'] } };
      const borrow = { kind: kind.value };
      const body = { content: content.value.trim(), garment_id: garment.value.trim(), borrow, client_message_id: id };
      if (owner) borrow.owner_id = owner;
      if (due.value) borrow.due_at = dueFrom(due);
      try {
        await state.client.invoke('SendBorrowMessage', groupId, body);
      } catch (problem) {
        throw problem.errors ? { ...problem, errors: withFormNames(problem.errors) } : problem;
      }
      close();
    });
    const kindChanged = () => { lender.input.closest('.field').hidden = kind.value === 'offer'; };
    kind.onchange = kindChanged;
    kindChanged();
    return filledForm;
  });
}

/** The service's `borrow.due_at` is the form's `due_at`. */
const withFormNames = (errors) =>
  Object.fromEntries(Object.entries(errors).map(([field, faults]) => [field.split('.').at(-1), faults]));
