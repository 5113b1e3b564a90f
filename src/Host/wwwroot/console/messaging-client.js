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
 * Events: `state` {online, retryIn}, `history` {groupId}, `push` {name, payload} for everything that the server pushes, `refused`
 * {problem} when the connection is closed for good. A refused call rejects with the server's problem object, and one whose connection was
 * lost with {code: 'connection_lost'}: repeat a send with the same client_message_id.
 */
export class MessagingClient extends EventTarget {
  #url; #token; #socket = null; #calls = new Map(); #nextCall = 1; #histories = new Map();
  #attempt = 0; #retryTimer = 0; #lastReceived = 0; #isStopped = true;

  constructor({ url, token }) {
    super();
    this.#url = new URL(url, globalThis.location?.href);
    this.#url.protocol = this.#url.protocol.replace('http', 'ws');
    this.#token = token;
    globalThis.addEventListener?.('online', () => this.#connect());
  }

  online = false;

  start() { this.#isStopped = false; this.#connect(); }

  stop() { this.#isStopped = true; clearTimeout(this.#retryTimer); this.#socket?.close(); }

  /** {messages: seq → message, head, oldest, epoch, changed, role, online: ids} of a group that was joined. */
  history(groupId) { return this.#histories.get(groupId); }

  /** Follows a group from now on, also after a reconnect. Returns its history when it is loaded. */
  async join(groupId) {
    if (!this.#histories.has(groupId)) this.#histories.set(groupId, empty());
    await this.#load(groupId);
    return this.history(groupId);
  }

  async leave(groupId) {
    if (this.#histories.delete(groupId) && this.online) await this.invoke('LeaveGroup', groupId);
  }

  invoke(method, ...args) {
    if (!this.online) return Promise.reject(connectionLost());
    const invocationId = `${this.#nextCall++}`;
    this.#send({ type: INVOCATION, invocationId, target: method, arguments: args });
    return new Promise((resolve, reject) => this.#calls.set(invocationId, { resolve, reject }));
  }

  /** Merges messages into a history: pages that were read by REST, or the answer to a change. The higher revision wins. */
  merge(groupId, messages) {
    const history = this.#histories.get(groupId);
    if (!history) return;
    for (const message of messages) {
      // A message after a gap is left out; it is read again when the gap is filled.
      if (history.messages.size > 0 && message.seq > history.head + 1) continue;
      const current = history.messages.get(message.seq);
      if (!current || message.revision > current.revision) history.messages.set(message.seq, message);
      history.head = Math.max(history.head, message.seq);
      history.oldest = Math.min(history.oldest, message.seq);
    }
    this.#emit('history', { groupId });
  }

  #connect() {
    if (this.#isStopped || this.#socket) return;
    clearTimeout(this.#retryTimer);
    const url = new URL(this.#url);
    url.searchParams.set('access_token', this.#token());
    const socket = this.#socket = new WebSocket(url);
    let buffer = '';
    socket.onopen = () => this.#send({ protocol: 'json', version: 1 });
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      this.#lastReceived = Date.now();
      const records = (buffer + data).split(END);
      buffer = records.pop();
      for (const record of records) this.#receive(JSON.parse(record));
    };
    socket.onclose = () => { if (socket === this.#socket) this.#closed(); };
    // The server sends something every 15 s; the browser may never report a socket that died while the computer slept.
    this.#lastReceived = Date.now();
    const keepAlive = setInterval(() => {
      if (socket !== this.#socket) return clearInterval(keepAlive);
      if (Date.now() - this.#lastReceived > 35_000) { socket.onclose = null; socket.close(); this.#closed(); }
      else if (this.online) this.#send({ type: PING });
    }, 5_000);
  }

  #closed() {
    this.#socket = null;
    this.online = false;
    for (const { reject } of this.#calls.values()) reject(connectionLost());
    this.#calls.clear();
    if (this.#isStopped) return this.#emit('state', { online: false });
    // Half of the wait is random, so that not everybody connects at once when a server comes back.
    const retryIn = Math.min(30_000, 500 * 2 ** this.#attempt++) * (0.5 + Math.random() / 2);
    this.#retryTimer = setTimeout(() => this.#connect(), retryIn);
    this.#emit('state', { online: false, retryIn });
  }

  #receive(record) {
    if (record.type === undefined) return record.error ? this.#socket.close() : this.#opened();
    if (record.type === CLOSE && record.allowReconnect === false) {
      this.stop();
      this.#emit('refused', { problem: problemOf(record.error ?? '') });
    }
    if (record.type === COMPLETION) {
      const call = this.#calls.get(record.invocationId);
      this.#calls.delete(record.invocationId);
      if (record.error) call?.reject(problemOf(record.error));
      else call?.resolve(record.result);
    }
    if (record.type === INVOCATION) this.#pushed(record.target, record.arguments[0]);
  }

  #opened() {
    this.online = true;
    this.#attempt = 0;
    this.#emit('state', { online: true });
    for (const groupId of this.#histories.keys()) this.#load(groupId).catch(() => {});
  }

  #pushed(name, payload) {
    const history = this.#histories.get(payload.group_id);
    if (history && payload.seq !== undefined && payload.revision !== undefined) {
      // The next message, or a newer revision of a loaded one; anything else means that a push was missed.
      if (payload.seq > history.head + 1) this.#load(payload.group_id).catch(() => {});
      else this.merge(payload.group_id, payload.seq >= history.oldest || history.messages.size === 0 ? [payload] : []);
    }
    const isBehind = () => payload.head_seq > history.head || payload.changed > history.changed || payload.epoch !== history.epoch;
    if (history && name === 'GroupHead' && isBehind()) this.#load(payload.group_id).catch(() => {});
    if (history && name === 'PresenceChanged') {
      for (const id of payload.joined) history.online.add(id);
      for (const id of payload.left) history.online.delete(id);
    }
    this.#emit('push', { name, payload });
  }

  /**
   * Joins a group with the cursor of its history, and again while the answer is truncated. One call at a time runs for a group; one that
   * comes meanwhile makes it join once more.
   */
  async #load(groupId) {
    const history = this.#histories.get(groupId);
    if (!history || !this.online) return;
    if (history.loading) { history.loadAgain = true; return history.loading; }
    history.loading = (async () => {
      for (let more = true; more && this.#histories.get(groupId) === history;) {
        history.loadAgain = false;
        const cursor = history.epoch && { after_seq: history.head, changed_since: history.changed, epoch: history.epoch };
        try {
          const answer = await this.invoke('JoinGroup', groupId, cursor);
          Object.assign(history, { epoch: answer.epoch, changed: answer.changed, role: answer.my_role, online: new Set(answer.online) });
          // Changes of messages that are not loaded come with their page.
          this.merge(groupId, [...answer.missed, ...answer.changed_messages.filter(({ seq }) => seq >= history.oldest)]);
          more = (answer.truncated && cursor !== null) || history.loadAgain;
        } catch (problem) {
          if (problem.code !== 'resync_required') throw problem;
          Object.assign(history, { ...empty(), loading: history.loading });
        }
      }
    })();
    try { await history.loading; } finally { history.loading = null; }
  }

  #send(record) { this.#socket.send(JSON.stringify(record) + END); }

  #emit(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }
}

const END = '\u001e';
const [INVOCATION, COMPLETION, PING, CLOSE] = [1, 3, 6, 7];
const empty = () => ({
  messages: new Map(), head: 0, oldest: Infinity, epoch: null, changed: null, role: null, online: new Set(),
  loading: null, loadAgain: false,
});
const connectionLost = () => ({ code: 'connection_lost', title: 'The connection was lost.' });

// SignalR puts a text of its own before the problem.
function problemOf(error) {
  const [, json] = error.split('HubException: ');
  try { return JSON.parse(json); } catch { return { code: 'hub_error', title: error }; }
}
