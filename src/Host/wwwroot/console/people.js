/** The sender of system messages. */
const SYSTEM_ID = '00000000-0000-0000-0000-000000000000';
const UNKNOWN_NAME = 'Someone';
/** The service answers so many ids at once. */
const PAGE_SIZE = 100;
/** How long ids are collected before they are requested together. */
const COLLECT_MS = 20;

/** The display names of people, requested when one is first shown. */
export class People {
  #names = new Map(); #requested = new Set(); #api; #changed;

  constructor({ api, changed }) { [this.#api, this.#changed] = [api, changed]; }

  /** Returns the name, or “…” until it is known. */
  nameOf(profileId) {
    if (profileId === SYSTEM_ID) return 'Beat';
    if (!this.#names.has(profileId)) this.#request(profileId);
    return this.#names.get(profileId) ?? '…';
  }

  add(profileId, name) { this.#names.set(profileId, name ?? UNKNOWN_NAME); }

  /** Loads names before something is drawn that is drawn once only. */
  async load(ids) {
    const unknown = [...new Set(ids)].filter((id) => id && id !== SYSTEM_ID && !this.#names.has(id));
    if (unknown.length > 0) await this.#fetch(unknown.slice(0, PAGE_SIZE));
  }

  /** Collects what one drawing lacks into one request. */
  #request(profileId) {
    if (this.#requested.has(profileId)) return;
    this.#requested.add(profileId);
    if (this.#requested.size === 1) this.#fetchSoon();
  }

  #fetchSoon() { setTimeout(() => this.#fetch([...this.#requested].slice(0, PAGE_SIZE)), COLLECT_MS); }

  async #fetch(ids) {
    try {
      const { data } = await this.#api.get(`/api/users?ids=${ids.join(',')}`);
      for (const person of data) this.add(person.profile_id, person.display_name);
    } catch (problem) {
      // The next drawing requests them again. Any other refusal (a token without that scope) leaves people without a name.
      if (problem.code === 'connection_lost') return this.#requested.clear();
    }
    for (const id of ids) {
      this.#requested.delete(id);
      if (!this.#names.has(id)) this.add(id, null);
    }
    if (this.#requested.size > 0) this.#fetchSoon();
    this.#changed();
  }
}
