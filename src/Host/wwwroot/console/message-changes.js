import { explain } from './api.js';

/** Changes to messages that are stored: edits, deletions, reactions, and the moves of loans. */
export class MessageChanges {
  #allowedMoves = new Map(); #api; #client; #apply; #loansChanged; #note;

  /** `apply` takes the message as the service answers it; `loansChanged` is called when a loan of mine may have moved. */
  constructor({ api, client, apply, loansChanged, note }) {
    [this.#api, this.#client, this.#apply, this.#loansChanged, this.#note] = [api, client, apply, loansChanged, note];
  }

  async edit({ group_id: groupId, id }, content, mentions) {
    this.#apply(await this.#client.invoke('EditMessage', groupId, id, { content, mentions }));
  }

  async remove({ group_id: groupId, id }) { this.#apply(await this.#client.invoke('DeleteMessage', groupId, id)); }

  /** Adds or removes my reaction; the changed message is pushed. */
  react({ group_id: groupId, id }, emoji, isOn) { return this.#client.invoke('React', groupId, id, emoji, isOn); }

  /** The same, where there is no place for an error but a note. */
  async toggleReaction(message, emoji, isOn) {
    try {
      await this.react(message, emoji, isOn);
    } catch (problem) {
      this.#note(explain(problem), 'error');
    }
  }

  /** Makes a move of a loan, also in a group that I am no longer in. */
  async moveLoan({ group_id: groupId, message_id: id, revision }, move, body) {
    const path = `/api/groups/${groupId}/messages/${id}`;
    try {
      const moved = await this.#api.post(`${path}/borrow/${move}`, body);
      if (moved?.seq !== undefined) this.#apply(moved);
    } catch (problem) {
      if (problem.code === 'borrow_transition') {
        // Somebody else was faster, or the service has a rule that is not known here.
        if (revision !== undefined && Array.isArray(problem.allowed)) this.#allowedMoves.set(id, { revision, moves: problem.allowed });
        this.#api.get(path).then((message) => this.#apply(message), () => {});
      }
      throw problem;
    } finally {
      this.#loansChanged();
    }
  }

  /** The moves that the service named when it refused one of a loan in its present state; otherwise undefined. */
  allowedMoves({ message_id: id, revision }) {
    const named = this.#allowedMoves.get(id);
    return named?.revision === revision ? named?.moves : undefined;
  }
}
