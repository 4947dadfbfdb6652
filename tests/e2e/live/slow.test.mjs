// Clients that do not read. They cost a run and the other clients nothing, are
// disconnected, and can come back and replay the log.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { test } from 'node:test';
import WebSocket from 'ws';
import { Client, checkLog, ends, patience, rejoins, until } from './client.mjs';
import { Server, answer, wait } from './server.mjs';

// Each answer puts 64 KB into the log, twice what is shown of its value. All of
// it is far more than what a client may have queued (4 MiB) and what the buffers
// of the system hold.
const big = { big: Array(4).fill('x'.repeat(8000)) };
const burst = Array(400).fill(answer('{{input.big}}'));
const steady = burst.flatMap((step) => [step, wait('8ms')]); // at a pace that clients who read keep up with

// How long a client for which more waits may take nothing, in ms.
const serverPatience = 3000;

// lazy connects a raw websocket, says something on it, and stops reading.
async function lazy(t, server, path, ...words) {
  const ws = new WebSocket(server.wsURL + path);
  t.after(() => ws.terminate());
  ws.heard = [];
  ws.on('message', (data) => ws.heard.push(data.toString()));
  ws.on('error', () => {}); // a reset
  ws.gone = once(ws, 'close');
  await once(ws, 'open');
  for (const word of words) ws.send(word);
  return ws;
}

const socketIO = (t, server, id) => lazy(t, server, '/socket.io/?EIO=4&transport=websocket', '40', `42["join-execution","${id}"]`);
const stream = (t, server, id) => lazy(t, server, '/', JSON.stringify({
  type: 'join', data: { streamName: 'executionLog', groupId: id, subscriptionId: 'slow' },
}));
const plain = (t, server, id) => lazy(t, server, `/ws/executions/${id}`);

// heard waits for a first sign of a room, then stops reading.
async function asleep(ws) {
  while (!ws.heard.some((m) => /joined-execution|"sync"|"seq":0/.test(m))) await once(ws, 'message');
  ws.pause();
}

// woken lets a client read again: it finds that it was disconnected before the end.
async function woken(ws) {
  ws.resume();
  const [code] = await Promise.race([ws.gone, new Promise((_, reject) => { globalThis.setTimeout(reject, patience, new Error('not disconnected')).unref(); })]);
  assert.ok(!ws.heard.some((m) => m.includes('workflow_complete')), `closed with ${code} after the whole log`);
  return code;
}

// watch follows a run from its beginning and returns how long that took.
async function watch(client, id, release) {
  const begin = Date.now();
  await release();
  const log = await client.ended(id);
  const took = Date.now() - begin;
  checkLog(log, id);
  assert.equal(log.length, 2 + 2 * steady.length);
  return took;
}

test('clients that do not read a live log', { timeout: 170_000 }, async (t) => {
  const server = await Server.begin(t, { RUN_WORKERS: '1' });
  const fast = await Client.connect(t, server);
  rejoins(fast, () => id); // should the machine be too busy for it
  let release = await server.hold();
  let id = await server.run(steady, big);
  await fast.join(id);
  const alone = await watch(fast, id, release);
  fast.heard.length = 0;

  release = await server.hold();
  id = await server.run(steady, big);
  await fast.join(id);
  const slow = await Promise.all([socketIO(t, server, id), stream(t, server, id)]);
  await Promise.all(slow.map(asleep));
  const follower = await plain(t, server, id); // it hears nothing before the run
  follower.pause();
  const beside = await watch(fast, id, release);
  // A client that does not read sees nothing that could be waited for.
  await setTimeout(serverPatience + 2000);
  const codes = await Promise.all([...slow, follower].map(woken));
  t.diagnostic(`a run with ${Math.round(JSON.stringify(fast.logs(id)).length / 1e6)} MB of log: ${alone} ms alone, ${beside} ms beside ${codes.length} slow clients, which were closed with ${codes}`);
  assert.ok(beside < 3 * alone + 3000, `${beside} ms beside slow clients, ${alone} ms alone`);

  const again = await Client.connect(t, server);
  const log = fast.logs(id);
  const { lastSeq } = await again.join(id);
  assert.equal(lastSeq, log.at(-1).seq);
  assert.deepEqual(again.logs(id), log, 'the whole log again');
});

test('clients that do not read a stored log', { timeout: 170_000 }, async (t) => {
  const server = await Server.begin(t);
  const first = await Client.connect(t, server);
  const id = await server.run(burst, big);
  await first.join(id);
  rejoins(first, () => id); // it may be too slow for this
  const log = await first.ended(id);
  const slow = await Promise.all([...Array(10)].flatMap(() => [socketIO(t, server, id), stream(t, server, id), plain(t, server, id)]));
  await Promise.all(slow.map(asleep));

  const begin = Date.now();
  const fast = await Client.connect(t, server);
  await fast.join(id);
  const took = Date.now() - begin;
  assert.deepEqual(fast.logs(id), log);
  const live = await server.run([answer({})]);
  await fast.join(live);
  checkLog(await fast.ended(live), live);
  t.diagnostic(`a replay beside ${slow.length} clients that do not read took ${took} ms; the server has had ${server.peak} MB`);
  assert.ok(took < 15_000, `${took} ms`);
  // A page of history held for each who does not read would be gigabytes.
  if (!process.env.RACE) assert.ok(server.peak < 900, `the server has had ${server.peak} MB`);
  slow.forEach((ws) => ws.terminate());
});

test('a client that reads stays, however much a run logs at once', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const id = await server.run([wait('300ms'), ...burst], big);
  await client.join(id);
  await until(client, 'the end', () => client.heard.at(-1)?.down || ends(client.heard.at(-1)?.log ?? {}));
  assert.ok(client.socket.connected, `disconnected: ${JSON.stringify(client.heard.at(-1))}`);
  checkLog(client.logs(id), id);
});
