import { Api, explain } from './api.js';
import { MessagingClient } from './messaging-client.js';
import { become } from './session.js';

const TYPING_SHOWN = 4_000;
const KEPT_WHEN_CLOSED = 200;

/**
 * Everything that this window knows. Histories are the client's; what is here comes by REST and is kept current by pushes. Whatever
 * changes, `change` is dispatched; `note` {text, kind} is for people; `arrived` {title, body, groupId} may be worth an interruption.
 */
export class State extends EventTarget {
  groups = new Map();
  members = new Map();
  sentInvites = new Map();
  people = new Map();
  invites = [];
  notifications = [];
  unreadNotifications = 0;
  outbox = new Map();
  typing = new Map();
  open = null;
  newFrom = null;
  online = false;
  wasOnline = false;
  retryAt = null;
  isLoaded = false;
  #seen;
  #asked = new Set();
  #membersAsked = new Map();

  constructor(session) {
    super();
    this.session = session;
    this.me = session.profileId;
    this.api = new Api(() => session.token, () => this.#renew());
    this.client = new MessagingClient({ url: '/hubs/messaging', token: () => session.token });
    if (session.name) this.people.set(this.me, session.name);
    this.#seen = JSON.parse(localStorage.getItem(`beat.seen.${this.me}`) ?? '{}');
    for (const [groupId, sends] of Object.entries(JSON.parse(sessionStorage.getItem(`beat.outbox.${this.me}`) ?? '{}')))
      this.outbox.set(groupId, sends.map((send) => ({ ...send, state: 'pending' })));
  }

  async start() {
    this.client.addEventListener('state', ({ detail }) => this.#connected(detail));
    this.client.addEventListener('history', ({ detail }) => this.#grew(detail.groupId));
    this.client.addEventListener('push', ({ detail }) => this.#heard(detail.name, detail.payload));
    this.client.addEventListener('refused', ({ detail }) => this.#note(explain(detail.problem), 'error'));
    this.client.start();
    await this.#refresh();
  }

  stop() { this.client.stop(); }

  nameOf(profileId) {
    if (profileId === NOBODY) return 'Beat';
    if (!this.people.has(profileId)) this.#askWho(profileId);
    return this.people.get(profileId) ?? '…';
  }

  /** Groups, most recently active first. */
  get sorted() {
    const at = (group) => this.last(group.id)?.inserted_at ?? group.updated_at;
    return [...this.groups.values()].sort((a, b) => (at(a) < at(b) ? 1 : -1));
  }

  /** A message that is loaded. */
  find(groupId, messageId) {
    for (const message of this.client.history(groupId)?.messages.values() ?? []) if (message.id === messageId) return message;
    return null;
  }

  last(groupId) {
    const history = this.client.history(groupId);
    return history?.messages.get(history.head);
  }

  unread(groupId) {
    const history = this.client.history(groupId);
    return history?.epoch ? Math.max(0, history.head - (this.#seen[groupId] ?? 0)) : 0;
  }

  show(groupId) {
    if (this.open === groupId) return;
    if (this.open) this.#trim(this.open);
    this.open = groupId;
    if (groupId) {
      this.newFrom = this.unread(groupId) > 0 ? this.#seen[groupId] + 1 : null;
      this.look();
      this.loadMembers(groupId);
    }
    this.changed();
  }

  /** What is open and in front of somebody has been seen. */
  look() {
    const history = this.open && document.visibilityState === 'visible' ? this.client.history(this.open) : null;
    if (!history || this.#seen[this.open] === history.head) return;
    this.#see(this.open, history.head);
    this.changed();
  }

  async older(groupId) {
    const history = this.client.history(groupId);
    if (!history || history.oldest <= 1 || history.oldest === Infinity || history.loadingOlder) return;
    history.loadingOlder = true;
    try {
      const { data } = await this.api.get(`/api/groups/${groupId}/messages?limit=50&before=${history.oldest}`);
      this.client.take(groupId, data);
    } finally {
      history.loadingOlder = false;
    }
  }

  send(groupId, content, mentions, replyTo) {
    const send = { id: crypto.randomUUID(), content, mentions, reply_to: replyTo ?? null, at: new Date().toISOString(), state: 'pending' };
    this.outbox.set(groupId, [...(this.outbox.get(groupId) ?? []), send]);
    this.#keepOutbox();
    this.#deliver(groupId, send);
  }

  retry(groupId, send) {
    send.state = 'pending';
    this.#deliver(groupId, send);
  }

  discard(groupId, send) {
    this.outbox.set(groupId, (this.outbox.get(groupId) ?? []).filter((other) => other !== send));
    this.#keepOutbox();
    this.changed();
  }

  async edit(message, content, mentions) {
    const edited = await this.client.invoke('EditMessage', message.group_id, message.id, { content, mentions });
    this.client.take(message.group_id, [edited]);
  }

  async remove(message) {
    this.client.take(message.group_id, [await this.client.invoke('DeleteMessage', message.group_id, message.id)]);
  }

  typingNow(groupId) { this.client.invoke('Typing', groupId).catch(() => {}); }

  /** Who is writing in a group right now. */
  typists(groupId) {
    const until = this.typing.get(groupId) ?? new Map();
    return [...until].filter(([id, end]) => id !== this.me && end > Date.now()).map(([id]) => id);
  }

  async enter(groupId) {
    const group = await this.api.get(`/api/groups/${groupId}`);
    this.groups.set(groupId, group);
    await this.#join(groupId, true);
    this.changed();
    return group;
  }

  async loadMembers(groupId) {
    const asked = this.#membersAsked.set(groupId, (this.#membersAsked.get(groupId) ?? 0) + 1).get(groupId);
    try {
      const members = await this.api.all(`/api/groups/${groupId}/members?limit=100`);
      // An answer that is older than a later question tells what was.
      if (asked !== this.#membersAsked.get(groupId)) return;
      for (const member of members) this.people.set(member.profile_id, member.display_name ?? 'Someone');
      // Nearer than the pushes, which come every few seconds.
      const [group, history] = [this.groups.get(groupId), this.client.history(groupId)];
      if (group) group.member_count = members.length;
      if (history) history.online = new Set(members.filter(({ online }) => online).map(({ profile_id: id }) => id));
      this.members.set(groupId, members);
      this.sentInvites.set(groupId, await this.api.all(`/api/groups/${groupId}/invites?status=pending&limit=100`));
      this.changed();
    } catch (problem) {
      if (problem.code !== 'group_not_found') this.#note(explain(problem), 'error');
    }
  }

  isOnline(groupId, profileId) { return this.client.history(groupId)?.online.has(profileId) ?? false; }

  forget(groupId) {
    this.groups.delete(groupId);
    this.members.delete(groupId);
    this.outbox.delete(groupId);
    this.client.leave(groupId).catch(() => {});
    if (this.open === groupId) this.open = null;
    this.changed();
  }

  async loadInvites() { this.invites = await this.api.all('/api/invites?status=pending&limit=100'); this.changed(); }

  async loadNotifications() {
    const [{ data }, { unread }] = await Promise.all([this.api.get('/api/notifications?limit=50'), this.api.get('/api/notifications/unread_count')]);
    [this.notifications, this.unreadNotifications] = [data, unread];
    this.changed();
  }

  async readNotification(one) {
    await this.api.put(`/api/notifications/${one.id}/read`);
    await this.loadNotifications();
  }

  async readNotifications() {
    await this.api.put('/api/notifications/read');
    await this.loadNotifications();
  }

  changed() { this.dispatchEvent(new Event('change')); }

  #connected({ online, retryIn }) {
    this.online = online;
    this.wasOnline ||= online || this.isLoaded;
    this.retryAt = online || !retryIn ? null : Date.now() + retryIn;
    this.changed();
    if (!online) {
      if (this.session.expiresAt < Date.now()) this.#renew().catch(() => {});
      return;
    }
    for (const [groupId, sends] of this.outbox)
      for (const send of sends) if (send.state === 'pending') this.#deliver(groupId, send);
    // Pushes of the time in between were for nobody.
    if (this.isLoaded) this.#refresh().catch(() => {});
  }

  async #refresh() {
    try {
      const groups = await this.api.all('/api/groups?limit=100');
      const before = this.groups;
      this.groups = new Map(groups.map((group) => [group.id, group]));
      for (const id of before.keys()) if (!this.groups.has(id)) this.forget(id);
      await Promise.all([this.loadInvites(), this.loadNotifications(), ...groups.map(({ id }) => this.#join(id, false))]);
      if (this.open) this.loadMembers(this.open);
      this.isLoaded = true;
      this.changed();
    } catch (problem) {
      // Without a connection it is tried again when there is one.
      if (problem.code === 'connection_lost') this.isLoaded = true;
      else if (problem.status === 401) return;
      else this.#note(explain(problem), 'error');
    }
  }

  /** Where names are handed out a window may stay open for days; a token of the auth service ends with its time. */
  async #renew() {
    if (!this.session.isRenewable) {
      this.dispatchEvent(new Event('expired'));
      return false;
    }
    Object.assign(this.session, await become(this.session.name, this.me));
    return true;
  }

  async #join(groupId, isNew) {
    // One that is being joined is waited for: what is read after this is kept current by pushes.
    if (this.client.history(groupId)?.epoch) return;
    try {
      const history = await this.client.join(groupId);
      // What was there before this browser came is not news.
      if (isNew || this.#seen[groupId] === undefined) this.#see(groupId, history.head);
    } catch (problem) {
      if (problem.code === 'group_not_found') this.forget(groupId);
      else if (problem.code !== 'connection_lost') throw problem;
    }
  }

  #grew(groupId) {
    const history = this.client.history(groupId);
    const sends = this.outbox.get(groupId);
    if (sends?.length) {
      const stored = new Set([...history.messages.values()].filter((m) => m.sender_id === this.me).map((m) => m.client_message_id));
      const left = sends.filter((send) => !stored.has(send.id));
      if (left.length !== sends.length) {
        this.outbox.set(groupId, left);
        this.#keepOutbox();
      }
    }
    if (this.#seen[groupId] === undefined && history.epoch) this.#see(groupId, history.head);
    // My own words are no news to me.
    for (let next = this.#seen[groupId] + 1; history.messages.get(next)?.sender_id === this.me; next++) this.#seen[groupId] = next;
    if (this.open === groupId) this.look();
    this.changed();
  }

  async #deliver(groupId, send) {
    this.changed();
    try {
      await this.client.invoke('SendTextMessage', groupId, {
        content: send.content, mentions: send.mentions, reply_to: send.reply_to, client_message_id: send.id,
      });
    } catch (problem) {
      // It is sent again when the connection is back: under the same id it is stored once.
      if (problem.code === 'connection_lost') return;
      if (problem.code === 'rate_limited' || problem.status === 503) {
        send.note = problem.code === 'rate_limited' ? 'Too fast: it is sent in a moment.' : 'The service is busy: it is sent in a moment.';
        setTimeout(() => { if (this.online && send.state === 'pending') this.#deliver(groupId, send); }, (problem.retry_after ?? 1) * 1000);
        this.changed();
        return;
      }
      Object.assign(send, { state: 'failed', note: explain(problem) });
      this.#keepOutbox();
      this.changed();
    }
  }

  #heard(name, payload) {
    const { group_id: groupId, profile_id: profileId } = payload;
    switch (name) {
      case 'TypingStarted': {
        const typing = this.typing.get(groupId) ?? new Map();
        this.typing.set(groupId, typing.set(profileId, Date.now() + TYPING_SHOWN));
        setTimeout(() => this.changed(), TYPING_SHOWN + 50);
        break;
      }
      case 'MessageReceived':
        this.typing.get(groupId)?.delete(payload.sender_id);
        if (payload.sender_id !== this.me)
          this.dispatchEvent(new CustomEvent('arrived', { detail: { title: `${this.nameOf(payload.sender_id)} · ${this.groups.get(groupId)?.name ?? ''}`, body: payload.payload.content, groupId } }));
        break;
      case 'GroupUpdated':
        if (this.groups.has(groupId)) Object.assign(this.groups.get(groupId), payload, { id: groupId });
        break;
      case 'GroupDeleted':
        if (this.groups.has(groupId)) this.#note(`“${this.groups.get(groupId).name}” was deleted.`);
        this.forget(groupId);
        break;
      case 'MembershipGranted':
        this.enter(groupId).catch(() => {});
        break;
      case 'MembershipRevoked':
        if (this.groups.has(groupId) && payload.reason === 'kicked') this.#note(`You were removed from “${this.groups.get(groupId).name}”.`, 'error');
        this.forget(groupId);
        break;
      case 'RoleChanged':
        if (profileId === this.me && this.groups.has(groupId)) this.enter(groupId).catch(() => {});
        if (this.#membersAsked.has(groupId)) this.loadMembers(groupId);
        break;
      case 'MemberJoined': case 'MemberLeft': case 'MemberKicked':
        if (this.#membersAsked.has(groupId) && profileId !== this.me) this.loadMembers(groupId);
        break;
      case 'InviteReceived':
        this.loadInvites().catch(() => {});
        break;
      case 'InviteWithdrawn':
        this.invites = this.invites.filter(({ id }) => id !== payload.invite_id);
        break;
      case 'NotificationReceived':
        this.notifications = [payload, ...this.notifications.filter(({ id }) => id !== payload.id)];
        this.dispatchEvent(new CustomEvent('arrived', { detail: { title: payload.title, body: payload.body, groupId: null } }));
        break;
      case 'UnreadChanged':
        this.unreadNotifications = payload.unread;
        break;
      default:
    }
    this.changed();
  }

  /** All that one drawing lacks, in one question. */
  #askWho(profileId) {
    if (this.#asked.has(profileId)) return;
    this.#asked.add(profileId);
    if (this.#asked.size === 1) setTimeout(() => this.#hearWho([...this.#asked].slice(0, 100)), 20);
  }

  async #hearWho(ids) {
    try {
      const { data } = await this.api.get(`/api/users?ids=${ids.join(',')}`);
      for (const person of data) this.people.set(person.profile_id, person.display_name ?? 'Someone');
    } catch (problem) {
      // Asked again by the next drawing. A token without that scope knows nobody by name.
      if (problem.code === 'connection_lost') return this.#asked.clear();
    }
    for (const id of ids) {
      this.#asked.delete(id);
      if (!this.people.has(id)) this.people.set(id, 'Someone');
    }
    if (this.#asked.size > 0) setTimeout(() => this.#hearWho([...this.#asked].slice(0, 100)), 20);
    this.changed();
  }

  #see(groupId, seq) {
    this.#seen[groupId] = Math.max(seq, this.#seen[groupId] ?? 0);
    // Several windows of one person share it.
    const stored = JSON.parse(localStorage.getItem(`beat.seen.${this.me}`) ?? '{}');
    for (const [id, at] of Object.entries(stored)) this.#seen[id] = Math.max(at, this.#seen[id] ?? 0);
    localStorage.setItem(`beat.seen.${this.me}`, JSON.stringify(this.#seen));
  }

  #trim(groupId) {
    const history = this.client.history(groupId);
    if (!history || history.messages.size <= KEPT_WHEN_CLOSED) return;
    const oldest = history.head - KEPT_WHEN_CLOSED + 1;
    for (const seq of history.messages.keys()) if (seq < oldest) history.messages.delete(seq);
    history.oldest = oldest;
  }

  #keepOutbox() {
    const waiting = [...this.outbox].map(([id, sends]) => [id, sends.filter((send) => send.state === 'pending')]).filter(([, sends]) => sends.length);
    sessionStorage.setItem(`beat.outbox.${this.me}`, JSON.stringify(Object.fromEntries(waiting)));
  }

  #note(text, kind = 'info') { this.dispatchEvent(new CustomEvent('note', { detail: { text, kind } })); }
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
