const NOTHING = { unread: 0, mentions: 0 };

/**
 * How far I have read in each group. The service keeps that and counts what is unread; what came since is counted from the histories,
 * which miss nothing, so that a lost push makes no count wrong.
 */
export class Reads {
  #marks = new Map(); #me; #api; #client;

  constructor(me, api, client) { [this.#me, this.#api, this.#client] = [me, api, client]; }

  /** All groups in one question. */
  async load() {
    for (const one of await this.#api.all('/api/messages/unread')) {
      const mark = this.#marks.get(one.group_id) ?? { seq: 0, told: 0, isTelling: false };
      Object.assign(mark, { last: one.last_message, lastAt: one.last_activity_at, told: Math.max(mark.told, one.last_read_seq) });
      // An answer that is older than what was looked at meanwhile counts that as unread.
      if (one.last_read_seq >= mark.seq) Object.assign(mark, { seq: one.last_read_seq, head: one.head_seq, unread: one.unread, mentions: one.mentions });
      this.#marks.set(one.group_id, mark);
    }
  }

  forget(groupId) { this.#marks.delete(groupId); }

  /** The newest message and when something last happened, as far as the service said when it was asked. */
  last(groupId) { return this.#marks.get(groupId)?.last; }
  lastAt(groupId) { return this.#marks.get(groupId)?.lastAt; }

  /** Where what is unread begins, to the end; null when all is read. */
  start(groupId) {
    const { unread } = this.count(groupId);
    const history = this.#client.history(groupId);
    return unread > 0 ? (history?.epoch ? history.head : this.#marks.get(groupId).head) - unread + 1 : null;
  }

  isRead(groupId, seq) { return seq <= this.#marks.get(groupId)?.seq; }

  /** Tombstones count, what I wrote does not: it marks all before it as read. */
  count(groupId) {
    const [mark, history] = [this.#marks.get(groupId), this.#client.history(groupId)];
    if (!mark) return NOTHING;
    const since = { unread: 0, mentions: 0 };
    // With everything after the mark at hand the history alone says it.
    const isWhole = history?.epoch && history.oldest <= mark.seq + 1;
    const from = isWhole ? mark.seq : mark.head;
    for (let seq = history?.head ?? 0; seq > from; seq--) {
      const message = history.messages.get(seq);
      if (message?.sender_id === this.#me) return since;
      since.unread++;
      if (message?.payload.mentions?.includes(this.#me)) since.mentions++;
    }
    return isWhole ? since : { unread: mark.unread + since.unread, mentions: mark.mentions + since.mentions };
  }

  /** The end of a group is in front of somebody: all of it is read. True when that is news. */
  look(groupId) {
    const [mark, history] = [this.#marks.get(groupId), this.#client.history(groupId)];
    if (!mark || !history?.epoch || mark.seq >= history.head) return false;
    const isNew = this.count(groupId).unread > 0;
    Object.assign(mark, { seq: history.head, head: history.head, unread: 0, mentions: 0 });
    // My own words are no news to me, nor to my other windows.
    if (isNew) this.#tell(groupId, mark);
    return isNew;
  }

  /** Another window of mine has read, or this one was answered. */
  moved({ group_id: groupId, seq, unread, mentions }) {
    const mark = this.#marks.get(groupId);
    if (!mark || seq < mark.seq) return;
    Object.assign(mark, { seq, told: Math.max(mark.told, seq), unread, mentions, head: this.#client.history(groupId)?.head ?? seq });
  }

  /** One call at a time; what is read meanwhile goes with the next. */
  async #tell(groupId, mark) {
    if (mark.isTelling) return;
    mark.isTelling = true;
    try {
      while (mark.told < mark.seq) {
        const { seq } = mark;
        await this.#client.invoke('MarkRead', groupId, seq);
        mark.told = Math.max(mark.told, seq);
      }
    } catch {
      // Asked again after a reconnect, the service answers with the mark that it has, and this one is told anew.
      mark.seq = mark.told;
    } finally {
      mark.isTelling = false;
    }
  }
}
