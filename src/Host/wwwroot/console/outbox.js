import { durationOf, explain } from './api.js';

/**
 * Messages that were written here and that the service has not confirmed yet, by group and in order. A send keeps its id however often
 * it is repeated, so that it is stored once; pending ones outlive a reload of the window.
 */
export class Outbox {
  #sends = new Map(); #delivering = new Set(); #me; #client; #changed;

  constructor({ me, client, changed }) {
    [this.#me, this.#client, this.#changed] = [me, client, changed];
    for (const [groupId, sends] of Object.entries(JSON.parse(sessionStorage.getItem(this.#storageKey) ?? '{}')))
      this.#sends.set(groupId, sends.map((send) => ({ ...send, state: 'pending' })));
  }

  /** What is on its way to a group: {id, content, mentions, reply_to, state: pending, accepted or failed, note}. */
  of(groupId) { return this.#sends.get(groupId) ?? []; }

  send(groupId, content, mentions, replyTo) {
    const send = { id: crypto.randomUUID(), content, mentions, reply_to: replyTo ?? null, at: new Date().toISOString(), state: 'pending' };
    this.#sends.set(groupId, [...this.of(groupId), send]);
    this.#save();
    this.#deliver(groupId);
  }

  retry(groupId, send) {
    send.state = 'pending';
    this.#deliver(groupId);
  }

  discard(groupId, send) {
    this.#sends.set(groupId, this.of(groupId).filter((other) => other !== send));
    this.#save();
    this.#changed();
  }

  /** The connection is back: sends everything that is pending. */
  deliverAll() { for (const groupId of this.#sends.keys()) this.#deliver(groupId); }

  /** Removes what a group's history contains by now. */
  removeStored(groupId, messages) {
    const sends = this.of(groupId);
    if (sends.length === 0) return;
    const mine = [...messages].filter((message) => message.sender_id === this.#me);
    const stored = new Set(mine.map((message) => message.client_message_id));
    const left = sends.filter((send) => !stored.has(send.id));
    if (left.length === sends.length) return;
    this.#sends.set(groupId, left);
    this.#save();
  }

  forget(groupId) { this.#sends.delete(groupId); }

  /** One after the other, so that a message that is retried later is not overtaken by the next one. */
  async #deliver(groupId) {
    if (this.#delivering.has(groupId)) return this.#changed();
    this.#delivering.add(groupId);
    try {
      for (let send; (send = this.of(groupId).find(({ state }) => state === 'pending'));) {
        this.#changed();
        await this.#deliverOne(groupId, send);
      }
    } catch {
      // Sent again when the connection is back.
    } finally {
      this.#delivering.delete(groupId);
    }
    this.#changed();
  }

  /** Rejects when the connection is lost. An accepted message is shown until its group's history contains it. */
  async #deliverOne(groupId, send) {
    delete send.note;
    try {
      await this.#client.invoke('SendTextMessage', groupId, {
        content: send.content, mentions: send.mentions, reply_to: send.reply_to, client_message_id: send.id,
      });
      send.state = 'accepted';
    } catch (problem) {
      if (problem.code === 'connection_lost') throw problem;
      if (problem.code !== 'rate_limited' && problem.status !== 503) {
        Object.assign(send, { state: 'failed', note: explain(problem) });
        this.#save();
        return;
      }
      const seconds = problem.retry_after ?? 1;
      const reason = problem.code === 'rate_limited' ? 'That was too fast' : 'The service is busy';
      const note = `${reason}: it is sent in ${durationOf(seconds)}.`;
      for (const waiting of this.of(groupId)) if (waiting.state === 'pending') waiting.note = note;
      this.#changed();
      await new Promise((resolve) => { setTimeout(resolve, seconds * 1000); });
    }
  }

  get #storageKey() { return `beat.outbox.${this.#me}`; }

  #save() {
    const pending = [...this.#sends].map(([id, sends]) => [id, sends.filter(({ state }) => state === 'pending')]);
    sessionStorage.setItem(this.#storageKey, JSON.stringify(Object.fromEntries(pending.filter(([, sends]) => sends.length > 0))));
  }
}
