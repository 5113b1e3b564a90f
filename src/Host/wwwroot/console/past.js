/**
 * A place in a group's past that one went to, read by itself until it meets the newest messages. As in a history there is no hole from
 * `oldest` to `head`.
 */
export class Past {
  messages = new Map();
  epoch = true;

  constructor(groupId, messages) {
    this.groupId = groupId;
    this.take(messages);
  }

  get oldest() { return Math.min(...this.messages.keys()); }
  get head() { return Math.max(...this.messages.keys()); }

  /** Pages that follow on, and newer states of what is here. */
  take(messages) {
    for (const message of messages) {
      const held = this.messages.get(message.seq);
      if (!held || message.revision > held.revision) this.messages.set(message.seq, message);
    }
  }

  /** A push: of concern only when it changes what is here. */
  hear(message) { if (this.messages.has(message.seq)) this.take([message]); }
}
