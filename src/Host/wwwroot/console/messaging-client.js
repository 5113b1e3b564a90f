/**
 * Beat Messaging for a browser, without a dependency: SignalR's JSON protocol over a WebSocket, and the rules by which a client's
 * history is complete, ordered and current whatever its connection does.
 *
 *   const client = new MessagingClient({ url: '/hubs/messaging', token: () => accessToken });
 *   client.addEventListener('history', ({ detail }) => show(client.history(detail.groupId)));
 *   client.start();
 *   await client.join(groupId);
 *   await client.invoke('SendTextMessage', groupId, { content: 'Hello', client_message_id: crypto.randomUUID() });
 *
 * Events: `state` {online, retryIn}, `history` {groupId}, `push` {name, payload} for everything that the server says, `refused` {problem}
 * when the connection is closed for good. A refused call rejects with the server's problem object; one that was cut off with
 * {code: 'connection_lost'}: repeat a send with the same client_message_id.
 */
export class MessagingClient extends EventTarget {
  #url; #token; #socket = null; #calls = new Map(); #nextCall = 1; #histories = new Map(); #attempt = 0; #timer = 0; #alive = 0; #stopped = true;

  constructor({ url, token }) {
    super();
    this.#url = new URL(url, globalThis.location?.href);
    this.#url.protocol = this.#url.protocol.replace('http', 'ws');
    this.#token = token;
    globalThis.addEventListener?.('online', () => this.#connect());
  }

  online = false;

  start() { this.#stopped = false; this.#connect(); }

  stop() { this.#stopped = true; clearTimeout(this.#timer); this.#socket?.close(); }

  /** {messages: seq → message, head, oldest, epoch, changed, role, online: ids} of a group that was joined. */
  history(groupId) { return this.#histories.get(groupId); }

  /** Listens to a group from now on, also after a reconnect. */
  async join(groupId) {
    if (!this.#histories.has(groupId)) this.#histories.set(groupId, empty());
    await this.#load(groupId);
    return this.history(groupId);
  }

  async leave(groupId) {
    if (this.#histories.delete(groupId) && this.online) await this.invoke('LeaveGroup', groupId);
  }

  invoke(method, ...args) {
    if (!this.online) return Promise.reject(lost());
    const invocationId = `${this.#nextCall++}`;
    this.#send({ type: 1, invocationId, target: method, arguments: args });
    return new Promise((resolve, reject) => this.#calls.set(invocationId, { resolve, reject }));
  }

  /** Puts messages into a history: pages that were read by REST, or the answer to a change. */
  take(groupId, messages) {
    const history = this.#histories.get(groupId);
    if (!history) return;
    for (const message of messages) {
      // What comes after a gap waits until that is filled; it is read again then.
      if (history.messages.size > 0 && message.seq > history.head + 1) continue;
      const held = history.messages.get(message.seq);
      if (!held || message.revision > held.revision) history.messages.set(message.seq, message);
      history.head = Math.max(history.head, message.seq);
      history.oldest = Math.min(history.oldest, message.seq);
    }
    this.#tell('history', { groupId });
  }

  #connect() {
    if (this.#stopped || this.#socket) return;
    clearTimeout(this.#timer);
    const url = new URL(this.#url);
    url.searchParams.set('access_token', this.#token());
    const socket = this.#socket = new WebSocket(url);
    let buffer = '';
    socket.onopen = () => this.#send({ protocol: 'json', version: 1 });
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      this.#alive = Date.now();
      const records = (buffer + data).split(END);
      buffer = records.pop();
      for (const record of records) this.#receive(JSON.parse(record));
    };
    socket.onclose = () => { if (socket === this.#socket) this.#closed(); };
    // The server says something every 15 s; a laptop that slept hears nothing of a socket that died.
    this.#alive = Date.now();
    const watch = setInterval(() => {
      if (socket !== this.#socket) return clearInterval(watch);
      if (Date.now() - this.#alive > 35_000) { socket.onclose = null; socket.close(); this.#closed(); }
      else if (this.online) this.#send({ type: 6 });
    }, 5_000);
  }

  #closed() {
    this.#socket = null;
    this.online = false;
    for (const { reject } of this.#calls.values()) reject(lost());
    this.#calls.clear();
    if (this.#stopped) return this.#tell('state', { online: false });
    // Half of it is chance, so that a server that comes back is not met by everyone at once.
    const retryIn = Math.min(30_000, 500 * 2 ** this.#attempt++) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#connect(), retryIn);
    this.#tell('state', { online: false, retryIn });
  }

  #receive(record) {
    if (record.type === undefined) return record.error ? this.#socket.close() : this.#opened();
    if (record.type === 7 && record.allowReconnect === false) { this.stop(); this.#tell('refused', { problem: problemOf(record.error ?? '') }); }
    if (record.type === 3) {
      const call = this.#calls.get(record.invocationId);
      this.#calls.delete(record.invocationId);
      if (record.error) call?.reject(problemOf(record.error));
      else call?.resolve(record.result);
    }
    if (record.type === 1) this.#pushed(record.target, record.arguments[0]);
  }

  #opened() {
    this.online = true;
    this.#attempt = 0;
    this.#tell('state', { online: true });
    for (const groupId of this.#histories.keys()) this.#load(groupId).catch(() => {});
  }

  #pushed(name, payload) {
    const history = this.#histories.get(payload.group_id);
    if (history && payload.seq !== undefined && payload.revision !== undefined) {
      // The next one, or a newer state of one that is held; anything else shows that something was missed.
      if (payload.seq > history.head + 1) this.#load(payload.group_id).catch(() => {});
      else this.take(payload.group_id, payload.seq >= history.oldest || history.messages.size === 0 ? [payload] : []);
    }
    if (history && name === 'GroupHead' && (payload.head_seq > history.head || payload.changed > history.changed || payload.epoch !== history.epoch))
      this.#load(payload.group_id).catch(() => {});
    if (history && name === 'PresenceChanged') {
      for (const id of payload.joined) history.online.add(id);
      for (const id of payload.left) history.online.delete(id);
    }
    this.#tell('push', { name, payload });
  }

  /** Joins with what is held, as often as the answer was cut; one at a time, and once more if something happened meanwhile. */
  async #load(groupId) {
    const history = this.#histories.get(groupId);
    if (!history || !this.online) return;
    if (history.loading) { history.again = true; return history.loading; }
    history.loading = (async () => {
      for (let more = true; more && this.#histories.get(groupId) === history;) {
        history.again = false;
        const cursor = history.epoch && { after_seq: history.head, changed_since: history.changed, epoch: history.epoch };
        try {
          const answer = await this.invoke('JoinGroup', groupId, cursor);
          Object.assign(history, { epoch: answer.epoch, changed: answer.changed, role: answer.my_role, online: new Set(answer.online) });
          // A change of what is older than the page that is held is read with its page.
          this.take(groupId, [...answer.missed, ...answer.changed_messages.filter(({ seq }) => seq >= history.oldest)]);
          more = (answer.truncated && cursor !== null) || history.again;
        } catch (problem) {
          if (problem.code !== 'resync_required') throw problem;
          Object.assign(history, { ...empty(), loading: history.loading });
        }
      }
    })();
    try { await history.loading; } finally { history.loading = null; }
  }

  #send(record) { this.#socket.send(JSON.stringify(record) + END); }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}

const END = '\u001e';
const empty = () => ({ messages: new Map(), head: 0, oldest: Infinity, epoch: null, changed: null, role: null, online: new Set(), loading: null, again: false });
const lost = () => ({ code: 'connection_lost', title: 'The connection was lost.' });

// SignalR puts words of its own before the problem.
function problemOf(error) {
  const [, json] = error.split('HubException: ');
  try { return JSON.parse(json); } catch { return { code: 'hub_error', title: error }; }
}
