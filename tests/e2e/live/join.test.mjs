// A client that joins before, during or after a run gets its whole log, on every
// transport.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, checkLog } from './client.mjs';
import { Server, wait, answer } from './server.mjs';

const transports = { websocket: ['websocket'], polling: ['polling'], 'the default': ['polling', 'websocket'] };
const steps = [answer({ n: 1 }), wait('300ms'), wait('300ms'), wait('3s'), answer({ n: 2 })]; // time to join in the middle

// joined checks what one client heard of a run: first that it has joined, and
// before the acknowledgement everything up to its lastSeq.
async function joined(client, id) {
  const before = client.heard.length;
  const ack = await client.join(id);
  const heard = client.heard.slice(before, client.heard.findIndex((h) => h.ack === ack));
  assert.deepEqual(ack, { ok: true, executionId: id, lastSeq: ack.lastSeq });
  assert.deepEqual(heard[0], { joined: id }, 'joined-execution comes first');
  assert.deepEqual(heard.slice(1).map((h) => h.log.seq), [...Array(ack.lastSeq + 1).keys()], 'the history comes before the acknowledgement');
  return ack.lastSeq;
}

for (const [name, list] of Object.entries(transports)) {
  test(`before, during and after a run, over ${name}`, async (t) => {
    const server = await Server.begin(t, { RUN_WORKERS: '1' });
    const [before, during, after] = await Promise.all([1, 2, 3].map(() => Client.connect(t, server, { transports: list })));

    const release = await server.hold();
    const id = await server.run(steps);
    assert.equal(await server.status(id), 'queued');
    assert.equal(await joined(before, id), -1);
    assert.equal(await server.status(id), 'queued');
    await release();

    await before.entry(id, (e) => e.stepIndex === 1 && e.phase === 'step_started');
    const seen = await joined(during, id);
    assert.ok(seen >= 3, `lastSeq ${seen} in the middle of the run`);
    const [first, second] = await Promise.all([before.ended(id), during.ended(id)]);
    assert.ok(seen < first.at(-1).seq, 'the second client joined before the end');

    assert.equal(await joined(after, id), first.at(-1).seq);
    checkLog(first, id);
    assert.deepEqual(second, first);
    assert.deepEqual(after.logs(id), first);
    assert.deepEqual(await server.get(`/executions/${id}/logs`), first);
    assert.equal(first.length, 2 + 2 * steps.length);
    if (list.length === 2) assert.equal(before.transport, 'websocket', 'the client has upgraded');
    else assert.equal(before.transport, list[0]);
  });
}

test('a run that fails ends with workflow_failed', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const id = await server.run([answer({}), { type: 'noSuchStep' }, answer({})]);
  await joined(client, id);
  const log = await client.ended(id);
  checkLog(log, id, { end: 'workflow_failed' });
  assert.equal(log.at(-1).failedStep, 1);
  assert.equal(typeof log.at(-1).error, 'string');
  assert.equal(await server.status(id), 'failed');
});

test('a run that is cancelled ends with workflow_failed', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const id = await server.run([wait('200s')]);
  await joined(client, id);
  await client.entry(id, (e) => e.phase === 'step_started');
  await server.send(`/executions/${id}/cancel`, {});
  checkLog(await client.ended(id), id, { end: 'workflow_failed' });
  assert.equal(await server.status(id), 'cancelled');
});

test('what is no id is refused, and the client stays', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  for (const bad of ['', 'x'.repeat(201), 7, null, {}, { executionId: '' }, { executionId: 7 }, { executionId: 'a', afterSeq: 'b' }, ['a']]) {
    const ack = await client.join(bad);
    assert.equal(ack.ok, false, JSON.stringify(bad));
    assert.equal(typeof ack.error, 'string');
    assert.deepEqual(Object.keys(ack), ['ok', 'error']);
  }
  assert.equal((await client.join()).ok, false);
  assert.ok(client.heard.every((h) => h.ack), 'nothing but refusals');
  assert.deepEqual(await client.join('not-yet'), { ok: true, executionId: 'not-yet', lastSeq: -1 });
});
