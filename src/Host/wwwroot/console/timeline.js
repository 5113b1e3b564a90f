import { HistoryWindow } from './history-window.js';

const PAGE_SIZE = 50;
const REFRESH_PAGE_SIZE = 100;
const KEPT_WHEN_CLOSED = 200;

/**
 * The messages of the open group as they are shown: the end of its history, or an earlier part of it (a window) that somebody went to
 * by a search or a link. Messages are ordered by `seq`, and none is missing between the first and the last that are shown.
 */
export class Timeline {
  /** Whether the newest message is in view. */
  isAtEnd = false;
  /** The `seq` of the first message that is marked as new, or null. */
  firstNew;
  #window = null;
  #loading = new Map();
  #api; #client; #readMarks; #changed;

  constructor(groupId, { api, client, readMarks, changed }) {
    [this.groupId, this.#api, this.#client, this.#readMarks, this.#changed] = [groupId, api, client, readMarks, changed];
    this.firstNew = readMarks.firstUnread(groupId);
  }

  /** Whether an earlier part of the history is shown rather than its end. */
  get isInPast() { return this.#window !== null; }

  /** The `seq` of the first message that is shown. */
  get oldest() { return this.#shown?.oldest ?? Infinity; }

  /** The messages that are shown, in order. */
  get messages() { return bySeq(this.#shown); }

  /** A message by its id, if it is loaded. */
  find(messageId) { return findIn(this.#shown, messageId) ?? findIn(this.#history, messageId); }

  async loadOlder() {
    const [shown, { oldest }] = [this.#shown, this];
    if (oldest <= 1 || oldest === Infinity) return;
    await this.#once('older', shown, async () => {
      const { data } = await this.#page(PAGE_SIZE, `before=${oldest}`);
      // A part that begins elsewhere by now would have a gap.
      if (shown.oldest !== oldest) return;
      if (shown instanceof HistoryWindow) shown.merge(data);
      else this.#client.merge(this.groupId, data);
      this.#changed();
    });
  }

  /** Loads what follows an earlier part of the history. */
  async loadNewer() {
    const window = this.#window;
    if (!window) return;
    await this.#once('newer', window, async () => {
      const { data } = await this.#page(PAGE_SIZE, `after=${window.head}`);
      window.merge(data);
      if (window === this.#window) this.#joinHistory();
      this.#changed();
    });
  }

  /** Makes a message one of those that are shown. Returns false when it no longer exists. */
  async goTo(messageId) {
    if (findIn(this.#shown, messageId)) return true;
    if (findIn(this.#history, messageId)) this.#window = null;
    else {
      const { data } = await this.#page(PAGE_SIZE, `around=${messageId}`);
      if (data.length === 0) return false;
      this.#window = new HistoryWindow(data);
      this.#joinHistory();
    }
    this.#changed();
    return findIn(this.#shown, messageId) !== null;
  }

  goToEnd() { this.#window = null; this.#changed(); }

  /** Applies a newer revision of a message; the client's history is kept current by the client itself. */
  update(message) { this.#window?.update(message); }

  /** Reads an earlier part of the history again: pushes may have been missed while the connection was lost. */
  async refresh() {
    const window = this.#window;
    if (!window) return;
    for (let after = window.oldest - 1; after < window.head;) {
      const { data } = await this.#page(REFRESH_PAGE_SIZE, `after=${after}`);
      if (data.length === 0) return;
      window.merge(data);
      after = data.at(-1).seq;
    }
  }

  /** Moves the mark of new messages to those that came while nobody was looking. It stays while they are being read. */
  markNew() {
    if (this.isAtEnd && document.visibilityState === 'visible') return;
    const start = this.#readMarks.firstUnread(this.groupId);
    if (start !== null && (this.firstNew === null || this.#readMarks.isRead(this.groupId, this.firstNew))) this.firstNew = start;
  }

  /** Another group is opened: keeps only the newest messages in memory. */
  close() {
    const history = this.#history;
    if (!history || history.messages.size <= KEPT_WHEN_CLOSED) return;
    history.oldest = history.head - KEPT_WHEN_CLOSED + 1;
    for (const seq of history.messages.keys()) if (seq < history.oldest) history.messages.delete(seq);
  }

  get #history() { return this.#client.history(this.groupId); }

  get #shown() { return this.#window ?? this.#history; }

  async #page(limit, position) { return this.#api.get(`/api/groups/${this.groupId}/messages?limit=${limit}&${position}`); }

  /** Ignores a call while the same one is still running for the same part. */
  async #once(name, part, load) {
    if (this.#loading.get(name) === part) return;
    this.#loading.set(name, part);
    try { await load(); } finally { if (this.#loading.get(name) === part) this.#loading.delete(name); }
  }

  /** A window that reaches the newest messages becomes part of their history. */
  #joinHistory() {
    const [window, history] = [this.#window, this.#history];
    if (!history || window.head + 1 < history.oldest) return;
    this.#window = null;
    this.#client.merge(this.groupId, bySeq(window).reverse());
  }
}

const bySeq = (part) => [...part?.messages.values() ?? []].sort((a, b) => a.seq - b.seq);

function findIn(part, messageId) {
  for (const message of part?.messages.values() ?? []) if (message.id === messageId) return message;
  return null;
}
