// Prints what people say, once each and in order per group:
//   npm ci && node consumer.mjs 127.0.0.1:9092
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.argv[2] ?? '127.0.0.1:9092').split(',');
const kafka = new Kafka({ clientId: 'example', brokers, logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId: process.argv[3] ?? 'example' });

// At least once: the same event may come again. What you do with an event and its id belong in one transaction of your database;
// here both are in memory, so a restart forgets them.
const handled = new Set();

const handlers = {
  text_message: ({ group_id, seq, sender_id, content }) => console.log(`${group_id} #${seq} ${sender_id}: ${content}`),
  message_edited: ({ group_id, seq, content }) => console.log(`${group_id} #${seq} is now: ${content}`),
  message_deleted: ({ group_id, seq }) => console.log(`${group_id} #${seq} was deleted`),
};

await consumer.connect();
await consumer.subscribe({ topics: ['messaging_chat_events'], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    const { 'event-type': type, 'event-id': id } = message.headers;
    const handle = handlers[type?.toString()];
    // A type that is not wanted, or not known yet, is skipped without being parsed.
    if (!handle || handled.has(id.toString())) return;
    handle(JSON.parse(message.value.toString()).payload);
    handled.add(id.toString());
  },
});

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => consumer.disconnect().then(() => process.exit(0)));
