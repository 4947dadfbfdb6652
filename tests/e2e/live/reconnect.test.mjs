// The server goes away in the middle of a run and comes back. The official
// client reconnects by itself; what it sees then is the whole log, once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, checkLog, ends, rejoins, until } from './client.mjs';
import { Server, wait, answer } from './server.mjs';

const long = (last) => [answer({ n: 1 }), wait('100ms'), wait('100ms'), wait(last), answer({ n: 2 })];
const inLast = (e) => e.stepIndex === 3 && e.phase === 'step_started';

const back = (client) => until(client, 'the client comes back', () => client.heard.some((h) => h.down) && client.socket.connected);
const downs = (client) => client.heard.filter((h) => h.down).map((h) => h.down);

for (const transport of ['websocket', 'polling']) {
  test(`SIGKILL in the middle of a run, over ${transport}`, async (t) => {
    const server = await Server.begin(t);
    const client = await Client.connect(t, server, { transports: [transport] });
    const id = await server.run(long('300s'));
    await client.join(id);
    rejoins(client, () => id);
    await client.entry(id, inLast);
    const seen = client.logs(id).length;
    // From outside, what is held looks like what is stored, which takes 100 ms
    // by the contract. Another run measures more than that.
    const clock = await server.run([wait('1s')]);
    await client.join(clock);
    await client.ended(clock);
    assert.deepEqual(await server.stop('SIGKILL'), { code: null, signal: 'SIGKILL' });
    await server.start();

    await back(client);
    const log = await client.ended(id);
    checkLog(log, id, { end: 'workflow_failed' });
    assert.equal(log.length, seen + 1, 'what was stored, and the end');
    assert.equal(log.at(-1).metadata.status, 'interrupted');
    assert.match(log.at(-1).error, /stopped/);
    assert.equal(await server.status(id), 'interrupted');
    assert.deepEqual(await server.get(`/executions/${id}/logs`), log);
    assert.equal(downs(client).length, 1);

    const other = await Client.connect(t, server, { transports: [transport] });
    await other.join(id);
    assert.deepEqual(await other.ended(id), log, 'from scratch');
    await client.join('another');
    checkLog(client.logs(id), id, { end: 'workflow_failed' });
  });
}

// killed kills the server right after an entry, which was sent and is not stored,
// and returns what the client has seen and what is left.
async function killed(server, client) {
  const id = await server.run([...Array(20).fill(wait('20ms')), wait('100s')]);
  await client.join(id);
  await client.entry(id, (e) => e.stepIndex === 9);
  await server.stop('SIGKILL');
  const seen = client.logs(id).at(-1).seq;
  await server.start();
  await back(client);
  const stored = await server.get(`/executions/${id}/logs`);
  checkLog(stored, id, { end: 'workflow_failed' });
  client.heard.length = 0;
  return { id, seen, stored };
}

test('SIGKILL right after an entry: from scratch there is what was stored, and the end', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const { id, stored } = await killed(server, client);
  assert.equal((await client.join(id)).lastSeq, stored.at(-1).seq);
  assert.deepEqual(client.logs(id), stored);
});

test('SIGKILL right after an entry: a client that has seen what was cut off learns of the end', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const { id, seen, stored } = await killed(server, client);
  const ack = await client.join({ executionId: id, afterSeq: seen });
  assert.equal(ack.lastSeq, stored.at(-1).seq, `afterSeq ${seen}`);
  assert.ok(client.logs(id).some(ends), `no end after ${seen}; it is ${stored.at(-1).seq}`);
});

test('SIGKILL with a run in the queue: it runs after the restart', async (t) => {
  const server = await Server.begin(t, { RUN_WORKERS: '1' });
  const client = await Client.connect(t, server);
  await server.hold();
  const id = await server.run([answer({ n: 1 })]);
  await client.join(id);
  rejoins(client, () => id);
  await server.stop('SIGKILL');
  await server.start();
  checkLog(await client.ended(id), id);
  assert.equal(await server.status(id), 'succeeded');
});

test('SIGTERM in the middle of a run: it may finish, and nothing is lost', async (t) => {
  const server = await Server.begin(t, { SHUTDOWN_TIMEOUT: '30s' });
  const [client, fresh] = await Promise.all([1, 2].map(() => Client.connect(t, server)));
  const id = await server.run(long('4s'));
  await client.join(id);
  rejoins(client, () => id);
  await client.entry(id, inLast);
  assert.deepEqual(await server.stop('SIGTERM'), { code: 0, signal: null });
  assert.equal(client.logs(id).some(ends), false, 'the client was let go before the end');
  await server.start();

  await Promise.all([back(client), back(fresh)]);
  const log = await client.ended(id);
  checkLog(log, id);
  assert.equal(await server.status(id), 'succeeded');
  await fresh.join(id);
  assert.deepEqual(await fresh.ended(id), log);
  assert.deepEqual(downs(client), ['transport close']);
});

test('SIGTERM with a run that takes too long: it is interrupted, and says so', async (t) => {
  const server = await Server.begin(t, { SHUTDOWN_TIMEOUT: '1s' });
  const client = await Client.connect(t, server);
  const id = await server.run([answer({ n: 1 }), wait('200s')]);
  await client.join(id);
  rejoins(client, () => id);
  await client.entry(id, (e) => e.stepIndex === 1);
  await server.stop('SIGTERM');
  await server.start();
  const log = await client.ended(id);
  checkLog(log, id, { end: 'workflow_failed' });
  assert.equal(log.at(-1).metadata.status, 'interrupted');
  assert.equal(await server.status(id), 'interrupted');
});
