// A client as its author would write it: joins, sends, loses its connection, misses messages, comes back, and prints what it holds.
// usage: node client.mjs HUB_URL TOKEN GROUP_ID      reads "drop", "return", "end" from stdin; writes one JSON line per step
import * as signalR from '@microsoft/signalr';
import readline from 'node:readline';

const [url, token, group] = process.argv.slice(2);
const held = new Map();
let cursor = { after_seq: null, changed_since: null, epoch: null };
let connection;

const take = (message) => {
  const known = held.get(message.seq);
  if (!known || message.revision > known.revision) held.set(message.seq, message);
};
const head = () => {
  let seq = 0;
  while (held.has(seq + 1)) seq++;
  return seq;
};
const say = (step, more = {}) => console.log(JSON.stringify({ step, ...more }));

async function join() {
  connection = new signalR.HubConnectionBuilder()
    .withUrl(url, { accessTokenFactory: () => token })
    .configureLogging(signalR.LogLevel.None)
    .build();
  for (const push of ['MessageReceived', 'MessageEdited', 'MessageDeleted', 'ReactionChanged', 'BorrowChanged']) connection.on(push, take);
  await connection.start();
  let answer;
  do {
    answer = await connection.invoke('JoinGroup', group, cursor.epoch ? cursor : null);
    answer.missed.forEach(take);
    answer.changed_messages.forEach(take);
    cursor = { after_seq: head(), changed_since: answer.changed, epoch: answer.epoch };
  } while (answer.truncated);
}

await join();
const sent = await connection.invoke('SendTextMessage', group, { content: 'from node', client_message_id: 'node-1' });
let problem = null;
try {
  await connection.invoke('SendTextMessage', group, { content: '' });
} catch (error) {
  problem = JSON.parse(error.message.slice(error.message.indexOf('HubException: ') + 'HubException: '.length));
}
say('joined', { seq: sent.seq, problem: problem.code });

for await (const line of readline.createInterface({ input: process.stdin })) {
  if (line === 'drop') {
    await connection.stop();
    cursor.after_seq = head();
    say('dropped', { at: head() });
  } else if (line === 'return') {
    await join();
    say('returned', { at: head() });
  } else {
    const all = [...held.values()].sort((a, b) => a.seq - b.seq);
    say('end', { seqs: all.map((m) => m.seq), texts: all.map((m) => m.payload.content) });
    await connection.stop();
    process.exit(0);
  }
}
