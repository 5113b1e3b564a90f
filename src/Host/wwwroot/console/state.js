import { Api, explain, waitOf } from './api.js';
import { MessagingClient } from './messaging-client.js';
import { Past } from './past.js';
import { Reads } from './reads.js';
import { become } from './session.js';

const TYPING_SHOWN = 4_000;
const KEPT_WHEN_CLOSED = 200;

/**
 * Everything that this window knows. Histories are the client's; what is here comes by REST and is kept current by pushes. Whatever
 * changes, `change` is dispatched; `loans` when one of mine may have moved; `note` {text, kind} is for people; `arrived` {id, title, body,
 * data} may be worth an interruption.
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
  preferences = new Map();
  open = null;
  newFrom = null;
  past = null;
  target = null;
  isAtEnd = false;
  online = false;
  wasOnline = false;
  retryAt = null;
  isLoaded = false;
  #allowed = new Map();
  #delivering = new Set();
  #focus;
  #asked = new Set();
  #membersAsked = new Map();

  constructor(session) {
    super();
    this.session = session;
    this.me = session.profileId;
    this.api = new Api(() => session.token, () => this.#renew());
    this.client = new MessagingClient({ url: '/hubs/messaging', token: () => session.token });
    this.reads = new Reads(this.me, this.api, this.client);
    if (session.name) this.people.set(this.me, session.name);
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
    const at = (group) => this.last(group.id)?.inserted_at ?? this.reads.lastAt(group.id) ?? group.updated_at;
    return [...this.groups.values()].sort((a, b) => (at(a) < at(b) ? 1 : -1));
  }

  /** What is shown of a group: the end of its history, or the place in its past that one went to. */
  view(groupId) { return this.past?.groupId === groupId ? this.past : this.client.history(groupId); }

  /** A message that is loaded. */
  find(groupId, messageId) {
    for (const held of [this.view(groupId), this.client.history(groupId)])
      for (const message of held?.messages.values() ?? []) if (message.id === messageId) return message;
    return null;
  }

  last(groupId) {
    const history = this.client.history(groupId);
    return history?.messages.get(history.head) ?? this.reads.last(groupId);
  }

  preference(groupId) { return this.preferences.get(groupId) ?? { group_id: groupId, level: 'mentions', muted_until: null }; }

  /** Whether a group is to be quiet: it still counts what is unread, without calling for me. */
  isQuiet(groupId) {
    const { level, muted_until: until } = this.preference(groupId);
    return level === 'none' || (until !== null && new Date(until) > new Date());
  }

  async prefer(groupId, change) {
    const saved = await this.api.put('/api/notifications/preferences', { ...this.preference(groupId), ...change });
    this.preferences.set(groupId, saved);
    this.changed();
  }

  show(groupId) {
    if (this.open === groupId) return;
    if (this.open) this.#trim(this.open);
    [this.open, this.past, this.isAtEnd] = [groupId, null, false];
    if (groupId) {
      this.newFrom = this.reads.start(groupId);
      this.loadMembers(groupId);
    }
    this.#tellFocus();
    this.changed();
  }

  /** What is open and in front of somebody, down to its end, is read. */
  look() {
    this.#tellFocus();
    if (!this.open || document.visibilityState !== 'visible') return;
    if (this.isAtEnd && !this.past && this.reads.look(this.open)) this.changed();
  }

  async older(groupId) {
    const view = this.view(groupId);
    if (!view || view.oldest <= 1 || view.oldest === Infinity || view.loadingOlder) return;
    view.loadingOlder = true;
    try {
      const { data } = await this.api.get(`/api/groups/${groupId}/messages?limit=50&before=${view.oldest}`);
      if (view === this.past) { this.past.take(data); this.changed(); } else this.client.take(groupId, data);
    } finally {
      view.loadingOlder = false;
    }
  }

  /** Goes on from a place in the past towards the end. */
  async newer(groupId) {
    const { past } = this;
    if (past?.groupId !== groupId || past.loadingNewer) return;
    past.loadingNewer = true;
    try {
      const { data } = await this.api.get(`/api/groups/${groupId}/messages?limit=50&after=${past.head}`);
      past.take(data);
      if (past === this.past) this.#meet();
      this.changed();
    } finally {
      past.loadingNewer = false;
    }
  }

  /** Makes a message be among those that are shown; false when there is no such message any more. */
  async goTo(groupId, messageId) {
    const isHere = () => [...this.view(groupId)?.messages.values() ?? []].some(({ id }) => id === messageId);
    if (isHere()) return true;
    if (this.past && this.find(groupId, messageId)) this.past = null;
    else {
      const { data } = await this.api.get(`/api/groups/${groupId}/messages?limit=50&around=${messageId}`);
      if (this.open !== groupId || data.length === 0) return false;
      this.past = new Past(groupId, data);
      this.#meet();
    }
    this.changed();
    return isHere();
  }

  /** Back to the newest messages. */
  leavePast() { this.past = null; this.changed(); }

  /** What changed there while nothing was heard. */
  async #renewPast() {
    const { past } = this;
    for (let after = past.oldest - 1; after < past.head;) {
      const { data } = await this.api.get(`/api/groups/${past.groupId}/messages?limit=100&after=${after}`);
      if (data.length === 0) return;
      past.take(data);
      after = data.at(-1).seq;
    }
  }

  /** A past that reaches the newest messages becomes part of their history. */
  #meet() {
    const history = this.client.history(this.past.groupId);
    if (!history || this.past.head + 1 < history.oldest) return;
    const { groupId, messages } = this.past;
    this.past = null;
    this.client.take(groupId, [...messages.values()].sort((a, b) => b.seq - a.seq));
  }

  send(groupId, content, mentions, replyTo) {
    this.leavePast();
    const send = { id: crypto.randomUUID(), content, mentions, reply_to: replyTo ?? null, at: new Date().toISOString(), state: 'pending' };
    this.outbox.set(groupId, [...(this.outbox.get(groupId) ?? []), send]);
    this.#keepOutbox();
    this.#deliver(groupId);
  }

  retry(groupId, send) {
    send.state = 'pending';
    this.#deliver(groupId);
  }

  discard(groupId, send) {
    this.outbox.set(groupId, (this.outbox.get(groupId) ?? []).filter((other) => other !== send));
    this.#keepOutbox();
    this.changed();
  }

  async edit(message, content, mentions) { this.#took(await this.client.invoke('EditMessage', message.group_id, message.id, { content, mentions })); }

  async remove(message) { this.#took(await this.client.invoke('DeleteMessage', message.group_id, message.id)); }

  /** Puts my reaction beside those of others, or takes it away; what it looks like then is pushed. */
  async react(message, emoji, isOn, notes = true) {
    try {
      await this.client.invoke('React', message.group_id, message.id, emoji, isOn);
    } catch (problem) {
      if (!notes) throw problem;
      this.#note(explain(problem), 'error');
    }
  }

  /** Makes a move of a loan; also of one in a group that I am not in any more. */
  async act({ group_id: groupId, message_id: id, revision }, move, body) {
    const path = `/api/groups/${groupId}/messages/${id}`;
    try {
      const moved = await this.api.post(`${path}/borrow/${move}`, body);
      if (moved?.seq !== undefined) this.#took(moved);
    } catch (problem) {
      if (problem.code === 'borrow_transition') {
        // Somebody was faster, or knows better than the rules here.
        if (revision !== undefined && Array.isArray(problem.allowed)) this.#allowed.set(id, { revision, moves: problem.allowed });
        this.api.get(path).then((message) => this.#took(message), () => {});
      }
      throw problem;
    } finally {
      this.dispatchEvent(new Event('loans'));
    }
  }

  /** The moves that the service named for a loan as it stands, when it refused one; otherwise undefined. */
  allowed({ message_id: id, revision }) {
    const told = this.#allowed.get(id);
    return told?.revision === revision ? told?.moves : undefined;
  }

  #took(message) {
    this.client.take(message.group_id, [message]);
    if (this.past?.groupId === message.group_id) this.past.hear(message);
    this.changed();
  }

  typingNow(groupId) { this.client.invoke('Typing', groupId).catch(() => {}); }

  /** Who is writing in a group right now. */
  typists(groupId) {
    const until = this.typing.get(groupId) ?? new Map();
    return [...until].filter(([id, end]) => id !== this.me && end > Date.now()).map(([id]) => id);
  }

  async enter(groupId) {
    const [group] = await Promise.all([this.api.get(`/api/groups/${groupId}`), this.reads.load()]);
    this.groups.set(groupId, group);
    await this.#join(groupId);
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
    this.reads.forget(groupId);
    this.client.leave(groupId).catch(() => {});
    if (this.open === groupId) this.show(null);
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

  async loadPreferences() {
    this.preferences = new Map((await this.api.all('/api/notifications/preferences')).map((one) => [one.group_id, one]));
    this.changed();
  }

  changed() { this.dispatchEvent(new Event('change')); }

  #connected({ online, retryIn }) {
    this.online = online;
    this.wasOnline ||= online || this.isLoaded;
    this.retryAt = online || !retryIn ? null : Date.now() + retryIn;
    this.changed();
    this.#focus = undefined;
    if (!online) {
      if (this.session.expiresAt < Date.now()) this.#renew().catch(() => {});
      return;
    }
    this.#tellFocus();
    for (const groupId of this.outbox.keys()) this.#deliver(groupId);
    // Pushes of the time in between were for nobody.
    if (this.isLoaded) this.#refresh().catch(() => {});
  }

  async #refresh() {
    try {
      const [groups] = await Promise.all([this.api.all('/api/groups?limit=100'), this.reads.load()]);
      const before = this.groups;
      this.groups = new Map(groups.map((group) => [group.id, group]));
      for (const id of before.keys()) if (!this.groups.has(id)) this.forget(id);
      await Promise.all([this.loadInvites(), this.loadNotifications(), this.loadPreferences(), ...groups.map(({ id }) => this.#join(id))]);
      if (this.open) this.loadMembers(this.open);
      if (this.past) await this.#renewPast();
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

  async #join(groupId) {
    // One that is being joined is waited for: what is read after this is kept current by pushes.
    if (this.client.history(groupId)?.epoch) return;
    try {
      await this.client.join(groupId);
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
    // What comes while nobody looks is marked where it begins; that stays while one reads it.
    const start = this.open === groupId && !(this.isAtEnd && document.visibilityState === 'visible') ? this.reads.start(groupId) : null;
    if (start !== null && (this.newFrom === null || this.reads.isRead(groupId, this.newFrom))) this.newFrom = start;
    this.changed();
  }

  /** One after the other, so that what was too fast is not overtaken by what came later. */
  async #deliver(groupId) {
    if (this.#delivering.has(groupId)) return this.changed();
    this.#delivering.add(groupId);
    try {
      for (let send; (send = this.outbox.get(groupId)?.find(({ state }) => state === 'pending'));) {
        this.changed();
        await this.#deliverOne(groupId, send);
      }
    } catch {
      // It is sent again when the connection is back: under the same id it is stored once.
    } finally {
      this.#delivering.delete(groupId);
    }
    this.changed();
  }

  /** Rejects when the connection is lost. What was taken is shown until its group's history has it. */
  async #deliverOne(groupId, send) {
    delete send.note;
    try {
      await this.client.invoke('SendTextMessage', groupId, {
        content: send.content, mentions: send.mentions, reply_to: send.reply_to, client_message_id: send.id,
      });
      send.state = 'taken';
    } catch (problem) {
      if (problem.code === 'connection_lost') throw problem;
      if (problem.code !== 'rate_limited' && problem.status !== 503) {
        Object.assign(send, { state: 'failed', note: explain(problem) });
        this.#keepOutbox();
        return;
      }
      const wait = problem.retry_after ?? 1;
      const note = `${problem.code === 'rate_limited' ? 'That was too fast' : 'The service is busy'}: it is sent in ${waitOf(wait)}.`;
      for (const waiting of this.outbox.get(groupId) ?? []) if (waiting.state === 'pending') waiting.note = note;
      this.changed();
      await new Promise((resolve) => { setTimeout(resolve, wait * 1000); });
    }
  }

  #heard(name, payload) {
    const { group_id: groupId, profile_id: profileId } = payload;
    if (payload.seq !== undefined && payload.revision !== undefined && this.past?.groupId === groupId) this.past.hear(payload);
    switch (name) {
      case 'TypingStarted': {
        const typing = this.typing.get(groupId) ?? new Map();
        this.typing.set(groupId, typing.set(profileId, Date.now() + TYPING_SHOWN));
        setTimeout(() => this.changed(), TYPING_SHOWN + 50);
        break;
      }
      case 'MessageReceived':
        this.typing.get(groupId)?.delete(payload.sender_id);
        break;
      case 'BorrowChanged':
        if ([payload.borrow.lender_id, payload.borrow.borrower_id].includes(this.me)) this.dispatchEvent(new Event('loans'));
        break;
      case 'ReadMoved':
        this.reads.moved(payload);
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
        this.dispatchEvent(new CustomEvent('arrived', { detail: payload }));
        // Of a group that I left it is the only word.
        if (payload.type.startsWith('borrow')) this.dispatchEvent(new Event('loans'));
        break;
      case 'NotificationWithdrawn':
        this.notifications = this.notifications.filter(({ id }) => id !== payload.id);
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

  /** Makes their names be there for what is drawn once. */
  async know(ids) {
    const unknown = [...new Set(ids)].filter((id) => id && id !== NOBODY && !this.people.has(id));
    if (unknown.length > 0) await this.#hearWho(unknown.slice(0, 100));
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

  /** What is on the screen is not notified. */
  #tellFocus() {
    const now = document.visibilityState === 'visible' ? this.open : null;
    if (!this.online || now === this.#focus) return;
    this.#focus = now;
    this.client.invoke('Focus', now).catch(() => {});
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
