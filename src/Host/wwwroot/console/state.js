import { Api, explain } from './api.js';
import { Inbox } from './inbox.js';
import { Members } from './members.js';
import { MessageChanges } from './message-changes.js';
import { MessagingClient } from './messaging-client.js';
import { Outbox } from './outbox.js';
import { People } from './people.js';
import { PUSHES } from './pushes.js';
import { ReadMarks } from './read-marks.js';
import { signInByName } from './session.js';
import { Timeline } from './timeline.js';

/**
 * Everything that this window knows: my groups, which of them is open, the connection, and the parts that keep the rest. The histories
 * are the client's; all else is read by REST and kept current by pushes. Events: `change` whenever anything changed, `loans` when one
 * of my loans may have moved, `note` {text, kind} to show to the user, `notification` {id, title, body, data} when one arrived, and
 * `expired` when the access token has ended and cannot be renewed.
 */
export class State extends EventTarget {
  groups = new Map();
  /** The timeline of the open group, or null. */
  timeline = null;
  /** A message that is shown as soon as the open group is loaded. */
  targetMessageId = null;
  isOnline = false;
  wasOnline = false;
  retryAt = null;
  isLoaded = false;
  #reportedFocus;

  constructor(session) {
    super();
    this.session = session;
    this.me = session.profileId;
    this.api = new Api(() => session.token, () => this.#renewToken());
    this.client = new MessagingClient({ url: '/hubs/messaging', token: () => session.token });
    const { me, api, client, groups } = this;
    const [changed, note] = [() => this.changed(), (text, kind) => this.note(text, kind)];
    this.people = new People({ api, changed });
    this.members = new Members({ me, api, client, groups, people: this.people, changed, note });
    this.readMarks = new ReadMarks({ me, api, client });
    this.outbox = new Outbox({ me, client, changed });
    this.inbox = new Inbox({ api, changed });
    this.messageChanges = new MessageChanges({
      api, client, apply: (message) => this.#applyMessage(message), loansChanged: () => this.loansChanged(), note,
    });
    if (session.name) this.people.add(me, session.name);
  }

  async start() {
    this.client.addEventListener('state', ({ detail }) => this.#connectionChanged(detail));
    this.client.addEventListener('history', ({ detail }) => this.#historyChanged(detail.groupId));
    this.client.addEventListener('push', ({ detail }) => this.#pushed(detail.name, detail.payload));
    this.client.addEventListener('refused', ({ detail }) => this.note(explain(detail.problem), 'error'));
    this.client.start();
    await this.#refresh();
  }

  stop() { this.client.stop(); }

  /** The id of the open group, or null. */
  get openGroupId() { return this.timeline?.groupId ?? null; }

  get openGroup() { return this.groups.get(this.openGroupId); }

  nameOf(profileId) { return this.people.nameOf(profileId); }

  /** My groups, most recently active first. */
  get groupsByActivity() {
    const activeAt = (group) => this.lastMessage(group.id)?.inserted_at ?? this.readMarks.lastActivityAt(group.id) ?? group.updated_at;
    return [...this.groups.values()].sort((a, b) => (activeAt(a) < activeAt(b) ? 1 : -1));
  }

  lastMessage(groupId) {
    const history = this.client.history(groupId);
    return history?.messages.get(history.head) ?? this.readMarks.lastMessage(groupId);
  }

  /** Opens a group, or none. */
  open(groupId) {
    if (this.openGroupId === groupId) return;
    this.timeline?.close();
    const { api, client, readMarks } = this;
    this.timeline = groupId ? new Timeline(groupId, { api, client, readMarks, changed: () => this.changed() }) : null;
    if (groupId) this.members.load(groupId);
    this.#reportFocus();
    this.changed();
  }

  /** Marks the open group as read if its newest message is in view. */
  markRead() {
    this.#reportFocus();
    const { timeline } = this;
    if (!timeline?.isAtEnd || timeline.isInPast || document.visibilityState !== 'visible') return;
    if (this.readMarks.markRead(timeline.groupId)) this.changed();
  }

  send(groupId, content, mentions, replyTo) {
    if (this.openGroupId === groupId) this.timeline.goToEnd();
    this.outbox.send(groupId, content, mentions, replyTo);
  }

  reportTyping(groupId) { this.client.invoke('Typing', groupId).catch(() => {}); }

  /** Loads a group that I created or joined, or in which my rights changed, and follows it from now on. */
  async enter(groupId) {
    const [group] = await Promise.all([this.api.get(`/api/groups/${groupId}`), this.readMarks.load()]);
    this.groups.set(groupId, group);
    await this.#join(groupId);
    this.changed();
    return group;
  }

  /** Forgets a group that I am no longer in. */
  forget(groupId) {
    this.groups.delete(groupId);
    this.members.forget(groupId);
    this.outbox.forget(groupId);
    this.readMarks.forget(groupId);
    this.client.leave(groupId).catch(() => {});
    if (this.openGroupId === groupId) this.open(null);
    this.changed();
  }

  changed() { this.dispatchEvent(new Event('change')); }

  loansChanged() { this.dispatchEvent(new Event('loans')); }

  note(text, kind = 'info') { this.dispatchEvent(new CustomEvent('note', { detail: { text, kind } })); }

  notificationArrived(notification) { this.dispatchEvent(new CustomEvent('notification', { detail: notification })); }

  #connectionChanged({ online, retryIn }) {
    this.isOnline = online;
    this.wasOnline ||= online || this.isLoaded;
    this.retryAt = online || !retryIn ? null : Date.now() + retryIn;
    this.changed();
    this.#reportedFocus = undefined;
    if (!online) {
      if (this.session.expiresAt < Date.now()) this.#renewToken().catch(() => {});
      return;
    }
    this.#reportFocus();
    this.outbox.deliverAll();
    // Pushes were missed while there was no connection.
    if (this.isLoaded) this.#refresh().catch(() => {});
  }

  #historyChanged(groupId) {
    this.outbox.removeStored(groupId, this.client.history(groupId).messages.values());
    if (this.openGroupId === groupId) this.timeline.markNew();
    this.changed();
  }

  #pushed(name, payload) {
    const isMessage = payload.seq !== undefined && payload.revision !== undefined;
    if (isMessage && this.openGroupId === payload.group_id) this.timeline.update(payload);
    PUSHES[name]?.(this, payload);
    this.changed();
  }

  /** Takes over a message as the service answers it. */
  #applyMessage(message) {
    this.client.merge(message.group_id, [message]);
    if (this.openGroupId === message.group_id) this.timeline.update(message);
    this.changed();
  }

  async #refresh() {
    try {
      const [groups] = await Promise.all([this.api.all('/api/groups?limit=100'), this.readMarks.load()]);
      const current = new Map(groups.map((group) => [group.id, group]));
      for (const id of [...this.groups.keys()]) if (!current.has(id)) this.forget(id);
      for (const [id, group] of current) this.groups.set(id, group);
      await Promise.all([this.inbox.load(), ...groups.map(({ id }) => this.#join(id))]);
      if (this.timeline) this.members.load(this.openGroupId);
      await this.timeline?.refresh();
      this.isLoaded = true;
      this.changed();
    } catch (problem) {
      // Without a connection this is repeated when there is one.
      if (problem.code === 'connection_lost') this.isLoaded = true;
      else if (problem.status === 401) return;
      else this.note(explain(problem), 'error');
    }
  }

  /** The development issuer gives a new token to the same person; a token of the auth service cannot be renewed here. */
  async #renewToken() {
    if (!this.session.isRenewable) {
      this.dispatchEvent(new Event('expired'));
      return false;
    }
    Object.assign(this.session, await signInByName(this.session.name, this.me));
    return true;
  }

  async #join(groupId) {
    // A join that is under way is awaited below: what is read after it is kept current by pushes.
    if (this.client.history(groupId)?.epoch) return;
    try {
      await this.client.join(groupId);
    } catch (problem) {
      if (problem.code === 'group_not_found') this.forget(groupId);
      else if (problem.code !== 'connection_lost') throw problem;
    }
  }

  /** Reports which group is on the screen: its messages need no notification. */
  #reportFocus() {
    const focus = document.visibilityState === 'visible' ? this.openGroupId : null;
    if (!this.isOnline || focus === this.#reportedFocus) return;
    this.#reportedFocus = focus;
    this.client.invoke('Focus', focus).catch(() => {});
  }
}
