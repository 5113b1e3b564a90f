/**
 * A part of a group's history that somebody went to, read by itself until it meets the newest messages. As in a history of the client
 * no message is missing from `oldest` to `head`.
 */
export class HistoryWindow {
  messages = new Map();

  constructor(messages) { this.merge(messages); }

  get oldest() { return Math.min(...this.messages.keys()); }
  get head() { return Math.max(...this.messages.keys()); }

  /** Adds pages that are adjacent to this one, and newer revisions of its messages. */
  merge(messages) {
    for (const message of messages) {
      const current = this.messages.get(message.seq);
      if (!current || message.revision > current.revision) this.messages.set(message.seq, message);
    }
  }

  /** Applies a message that was pushed, if an older revision of it is here. */
  update(message) { if (this.messages.has(message.seq)) this.merge([message]); }
}
