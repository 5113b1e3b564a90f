import { explain } from './api.js';

const TYPING_MS = 4_000;

/** Who is in a group, who is invited to it, who is online and who is typing. */
export class Members {
  #members = new Map(); #invites = new Map(); #requests = new Map(); #typing = new Map();
  #me; #api; #client; #groups; #people; #changed; #note;

  constructor({ me, api, client, groups, people, changed, note }) {
    [this.#me, this.#api, this.#client, this.#groups, this.#people] = [me, api, client, groups, people];
    [this.#changed, this.#note] = [changed, note];
  }

  /** The members of a group as last loaded; undefined before. */
  of(groupId) { return this.#members.get(groupId); }

  /** Invites to a group that are pending. */
  invitesTo(groupId) { return this.#invites.get(groupId) ?? []; }

  isOnline(groupId, profileId) { return this.#client.history(groupId)?.online.has(profileId) ?? false; }

  async load(groupId) {
    const request = (this.#requests.get(groupId) ?? 0) + 1;
    this.#requests.set(groupId, request);
    try {
      const members = await this.#api.all(`/api/groups/${groupId}/members?limit=100`);
      // The answer to a later request is newer than this one.
      if (request !== this.#requests.get(groupId)) return;
      for (const member of members) this.#people.add(member.profile_id, member.display_name);
      // More recent than the presence pushes, which come every few seconds.
      const [group, history] = [this.#groups.get(groupId), this.#client.history(groupId)];
      if (group) group.member_count = members.length;
      if (history) history.online = new Set(members.filter(({ online }) => online).map(({ profile_id: id }) => id));
      this.#members.set(groupId, members);
      this.#invites.set(groupId, await this.#api.all(`/api/groups/${groupId}/invites?status=pending&limit=100`));
      this.#changed();
    } catch (problem) {
      if (problem.code !== 'group_not_found') this.#note(explain(problem), 'error');
    }
  }

  /** Loads the members of a group again, if they were ever loaded. */
  reload(groupId) { if (this.#requests.has(groupId)) this.load(groupId); }

  forget(groupId) { this.#members.delete(groupId); }

  typingStarted(groupId, profileId) {
    const until = this.#typing.get(groupId) ?? new Map();
    this.#typing.set(groupId, until.set(profileId, Date.now() + TYPING_MS));
    setTimeout(() => this.#changed(), TYPING_MS + 50);
  }

  typingStopped(groupId, profileId) { this.#typing.get(groupId)?.delete(profileId); }

  /** The ids of those who are typing in a group, other than me. */
  typing(groupId) {
    return [...this.#typing.get(groupId) ?? []].filter(([id, until]) => id !== this.#me && until > Date.now()).map(([id]) => id);
  }
}
