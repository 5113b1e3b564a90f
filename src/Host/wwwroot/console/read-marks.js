const NOTHING = { unread: 0, mentions: 0 };

/**
 * How far I have read in each group (my read marks), and what is unread. The service keeps the marks and counts; what came since it was
 * asked is counted from the histories, which miss nothing, so that a lost push makes no count wrong.
 */
export class ReadMarks {
  #marks = new Map(); #me; #api; #client;

  constructor({ me, api, client }) { [this.#me, this.#api, this.#client] = [me, api, client]; }

  /** Loads the marks of all groups in one request. */
  async load() {
    for (const one of await this.#api.all('/api/messages/unread')) {
      const mark = this.#marks.get(one.group_id) ?? { seq: 0, reported: 0, isReporting: false };
      const reported = Math.max(mark.reported, one.last_read_seq);
      Object.assign(mark, { lastMessage: one.last_message, lastActivityAt: one.last_activity_at, reported });
      // An answer from before the latest reading still counts that as unread.
      if (one.last_read_seq >= mark.seq)
        Object.assign(mark, { seq: one.last_read_seq, head: one.head_seq, unread: one.unread, mentions: one.mentions });
      this.#marks.set(one.group_id, mark);
    }
  }

  forget(groupId) { this.#marks.delete(groupId); }

  /** The newest message of a group when the service was asked. */
  lastMessage(groupId) { return this.#marks.get(groupId)?.lastMessage; }

  /** When something last happened in a group when the service was asked. */
  lastActivityAt(groupId) { return this.#marks.get(groupId)?.lastActivityAt; }

  /** The `seq` of the first unread message; null when all is read. */
  firstUnread(groupId) {
    const { unread } = this.count(groupId);
    const history = this.#client.history(groupId);
    return unread > 0 ? (history?.epoch ? history.head : this.#marks.get(groupId).head) - unread + 1 : null;
  }

  isRead(groupId, seq) { return seq <= this.#marks.get(groupId)?.seq; }

  /** Counts {unread, mentions}. Deleted messages count; a message of mine marks all before it as read. */
  count(groupId) {
    const [mark, history] = [this.#marks.get(groupId), this.#client.history(groupId)];
    if (!mark) return NOTHING;
    const since = { unread: 0, mentions: 0 };
    // When everything after the mark is loaded, the history alone is enough.
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

  /** Marks all of a group as read. Returns whether anything was unread. */
  markRead(groupId) {
    const [mark, history] = [this.#marks.get(groupId), this.#client.history(groupId)];
    if (!mark || !history?.epoch || mark.seq >= history.head) return false;
    const wasUnread = this.count(groupId).unread > 0;
    Object.assign(mark, { seq: history.head, head: history.head, unread: 0, mentions: 0 });
    // What I wrote myself is not unread in my other windows either.
    if (wasUnread) this.#report(groupId, mark);
    return wasUnread;
  }

  /** Takes over a mark that another window of mine moved, or that the service answers with. */
  moved({ group_id: groupId, seq, unread, mentions }) {
    const mark = this.#marks.get(groupId);
    if (!mark || seq < mark.seq) return;
    const head = this.#client.history(groupId)?.head ?? seq;
    Object.assign(mark, { seq, reported: Math.max(mark.reported, seq), unread, mentions, head });
  }

  /** Reports a mark to the service: one call at a time, and what is read meanwhile goes with the next. */
  async #report(groupId, mark) {
    if (mark.isReporting) return;
    mark.isReporting = true;
    try {
      while (mark.reported < mark.seq) {
        const { seq } = mark;
        await this.#client.invoke('MarkRead', groupId, seq);
        mark.reported = Math.max(mark.reported, seq);
      }
    } catch {
      // After a reconnect the service answers with the mark that it has, and this one is reported again.
      mark.seq = mark.reported;
    } finally {
      mark.isReporting = false;
    }
  }
}
