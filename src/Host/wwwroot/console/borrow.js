import { dueOf, h, icon, timeOf } from './dom.js';
import { memberField } from './names.js';
import { action, confirm, form, sheet } from './sheet.js';

export const STATES = {
  open: 'open', accepted: 'agreed', handed_over: 'handed over', returned: 'returned', declined: 'declined', withdrawn: 'withdrawn',
  expired: 'expired', cancelled: 'cancelled', disputed: 'disputed',
};

const REASONS = { member_gone: ': somebody left', group_deleted: ': the group was deleted', message_deleted: ': the message was deleted' };

const DAY = 86_400_000;
const LOAN_DAYS = 14;

/** What is said on a button, and what it does if that is to be asked first. A due date is the lender's to say, where `due` is set. */
const MOVES = {
  accept: { label: ({ kind }) => (kind === 'offer' ? 'Borrow it' : 'Lend it'), due: true },
  decline: { label: () => 'Decline' },
  withdraw: { label: () => 'Withdraw', ask: 'Nobody can answer it any more.' },
  hand_over: { label: () => 'Hand over', due: true },
  cancel: { label: () => 'Cancel the loan', ask: 'The garment stays with its lender.' },
  return: { label: () => 'It is back' },
  dispute: { label: () => 'Dispute', ask: 'Say so when the garment is lost, damaged or not what was agreed. It cannot be undone, and the points of this loan are taken back.' },
};

/** The moves of a loan that somebody may make now, by the service's rules. */
export function movesOf(me, { kind, state, lender_id: lender, borrower_id: borrower }) {
  const isSender = me === (kind === 'offer' ? lender : borrower);
  switch (state) {
    case 'open': return isSender ? ['withdraw'] : kind === 'offer' || !lender ? ['accept'] : me === lender ? ['accept', 'decline'] : [];
    case 'accepted': return me === lender ? ['hand_over', 'cancel'] : me === borrower ? ['cancel'] : [];
    case 'handed_over': return me === lender ? ['return', 'dispute'] : me === borrower ? ['dispute'] : [];
    default: return [];
  }
}

/** The end of a day, as somebody picked it. */
const dueFrom = (input) => (input.value ? new Date(`${input.value}T23:59:59`).toISOString() : null);

/** A field for the day on which a garment is to come back. */
function dueField(value) {
  const day = (at) => `${at.getFullYear()}-${`${at.getMonth() + 1}`.padStart(2, '0')}-${`${at.getDate()}`.padStart(2, '0')}`;
  return h('input', { type: 'date', min: day(new Date()), value: value ? day(new Date(value)) : '' });
}

const isOverdue = ({ state, due_at: due }) => state === 'handed_over' && due !== null && new Date(due) < new Date();

/** Where it stands, in a word. */
export const stateChip = (loan) => h('span', { class: `chip ${isOverdue(loan) ? 'late' : loan.state}` }, isOverdue(loan) ? 'overdue' : STATES[loan.state] ?? loan.state);

/** Garments have no names here; the end of an id tells them apart, and the whole is a pointer away. */
export const shortOf = (id) => `…${id.slice(-8)}`;
export const garmentOf = (id) => h('span', { class: 'garment', title: id }, shortOf(id));

/** Buttons for exactly what I may do now. A loan of `GET /borrows` has its group and message, as one of a message has here. */
export function movesRow(state, loan) {
  const name = `garment ${shortOf(loan.garment_id)}`;
  const act = async (move, body) => {
    try {
      await state.act(loan, move, body);
    } catch (problem) {
      throw problem.code === 'garment_on_loan' ? { title: onLoan(state, problem) } : problem;
    }
  };
  const buttons = (state.allowed(loan) ?? movesOf(state.me, loan)).filter((move) => MOVES[move]).map((move, i) => {
    const { label, ask, due } = MOVES[move];
    const shown = label(loan);
    const look = { class: i === 0 && !ask ? 'small' : 'small quiet', 'data-key': `move ${move}` };
    return action(shown, `${shown}: ${name}`, async () => {
      if (due && !(move === 'accept' && loan.kind === 'offer')) return dueDialog(shown, loan, (body) => act(move, body));
      if (ask) return confirm(`${shown}?`, ask, shown, () => act(move));
      return act(move);
    }, look);
  });
  return buttons.length > 0 && h('div', { class: 'moves beside' }, ...buttons);
}

const onLoan = (state, { profile_id: holder, due_at: due }) => ['This garment is lent already',
  holder && (holder === state.me ? ', by you' : `: ${state.nameOf(holder)} has it`), due && ` until ${dueOf(due)}`, '.'].filter(Boolean).join('');

function dueDialog(title, loan, act) {
  sheet(title, (close) => {
    // A day that has passed meanwhile says nothing any more.
    const due = dueField(new Date(loan.due_at) > new Date() ? loan.due_at : Date.now() + LOAN_DAYS * DAY);
    due.setAttribute('autofocus', '');
    return form([['due_at', 'To be back by', due]], title, async () => {
      await act({ due_at: dueFrom(due) });
      close();
    });
  });
}

/** What a loan was and is, move by move. */
export function historyOf(state, { history }) {
  return h('ol', { class: 'history' }, ...history.map((one) => h('li', {},
    h('span', { class: 'grow' }, h('strong', {}, STATES[one.state] ?? one.state),
      one.actor_id ? ` by ${one.actor_id === state.me ? 'you' : state.nameOf(one.actor_id)}` : REASONS[one.reason] ?? ''),
    h('time', { datetime: one.at }, `${dueOf(one.at)}, ${timeOf(one.at)}`))));
}

/** A borrow message's card. Whether its history is open outlives its being drawn anew. */
export function borrowCard(state, message, open, actions) {
  const loan = loanOf(message);
  const name = message.sender_id === state.me ? 'You' : state.nameOf(message.sender_id);
  const isOffer = loan.kind === 'offer';
  const garment = h('button', { type: 'button', class: 'link', 'aria-label': `Garment ${shortOf(loan.garment_id)}: its loans in this group`, 'data-key': 'garment', onclick: () => actions.garment(message) }, garmentOf(loan.garment_id));
  const other = isOffer ? loan.borrower_id : loan.lender_id;
  const history = h('details', { open: open.has(message.id), ontoggle: () => { if (history.open) open.add(message.id); else open.delete(message.id); } },
    h('summary', { 'data-key': 'history' }, 'History'), historyOf(state, loan));
  return h('div', { class: 'borrow' },
    h('p', { class: 'head' }, icon('bag'), h('strong', { class: 'grow' }, isOffer ? `${name} ${name === 'You' ? 'lend' : 'lends'} a garment` : `${name} would like to borrow a garment`), stateChip(loan)),
    h('dl', {}, ...[['Garment', garment], other && [isOffer ? 'Borrower' : 'Lender', other === state.me ? 'you' : state.nameOf(other)], loan.due_at && ['Back by', dueOf(loan.due_at)]].filter(Boolean)
      .flatMap(([term, value]) => [h('dt', {}, term), h('dd', {}, value)])),
    movesRow(state, loan),
    loan.history.length > 0 && history);
}

export const loanOf = ({ borrow, payload, group_id: group, id, revision }) => ({ ...borrow, garment_id: payload.garment_id, group_id: group, message_id: id, revision });

/** What a card shows of time and people, beyond its message's revision. */
export const lookOf = (state, message) => message.borrow && [isOverdue(message.borrow), state.allowed(loanOf(message)),
  ...[message.borrow.lender_id, message.borrow.borrower_id, ...message.borrow.history.map((one) => one.actor_id)].map((id) => id && state.nameOf(id))];

/** Asks for a garment, or offers one. */
export function borrowDialog(state, groupId) {
  sheet('Borrow or lend a garment', (close) => {
    // Repeated after a lost connection it is stored once.
    const id = crypto.randomUUID();
    const kind = h('select', { autofocus: true }, h('option', { value: 'request' }, 'I would like to borrow'), h('option', { value: 'offer' }, 'I have one to lend'));
    const garment = h('input', { required: true, autocomplete: 'off', spellcheck: 'false', maxlength: 100, placeholder: '01975b3e-8f2a-…' });
    const words = h('textarea', { required: true, rows: 2, maxlength: 4000 });
    const due = dueField(null);
    const lender = memberField(state, groupId, 'Anyone in the group');
    const filled = form([
      ['kind', 'What is it?', kind], ['garment_id', 'Garment id', garment], ['content', 'A few words', words],
      ['due_at', 'To be back by (optional)', due], ['owner_id', 'Who has it (optional)', lender.input, lender.list],
    ], 'Post it', async () => {
      const isOffer = kind.value === 'offer';
      const owner = isOffer ? null : lender.id();
      if (owner === undefined) throw { errors: { owner_id: ['Choose a member by name, or leave it empty.'] } };
      const body = { content: words.value.trim(), garment_id: garment.value.trim(), borrow: { kind: kind.value }, client_message_id: id };
      if (owner) body.borrow.owner_id = owner;
      if (due.value) body.borrow.due_at = dueFrom(due);
      try {
        await state.client.invoke('SendBorrowMessage', groupId, body);
      } catch (problem) {
        throw problem.errors ? { ...problem, errors: plain(problem.errors) } : problem;
      }
      close();
    });
    const follow = () => { lender.input.closest('.field').hidden = kind.value === 'offer'; };
    kind.onchange = follow;
    follow();
    return filled;
  });
}

/** `borrow.due_at` of the service is `due_at` of the form. */
const plain = (errors) => Object.fromEntries(Object.entries(errors).map(([field, faults]) => [field.split('.').at(-1), faults]));
