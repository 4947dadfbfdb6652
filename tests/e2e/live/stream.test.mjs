// The stream frontend's protocol on /, and /ws/executions/:id for one run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, checkLog, ends } from './client.mjs';
import { Raw, join, leave, refusal } from './raw.mjs';
import { Server, wait, answer } from './server.mjs';

const steps = [answer({ n: 1 }), wait('400ms'), wait('3s'), answer({ n: 2 })]; // time to join in the middle
const items = (frames) => frames.flatMap((f) => (f.event.type === 'sync' ? f.event.data : [f.event.data]));
const isEnd = (id) => (f) => f.groupId === id && items([f]).some(ends);

// checkFrames checks the frames of one join: one sync and then creates, which
// together are the log that the HTTP API has, but for the form of its times.
async function checkFrames(server, id, frames) {
  assert.equal(frames[0].event.type, 'sync');
  for (const f of frames) {
    assert.deepEqual([f.streamName, f.groupId, Number.isInteger(f.timestamp)], ['executionLog', id, true]);
    assert.ok(Math.abs(Date.now() - f.timestamp) < 120_000, 'milliseconds of now');
  }
  assert.ok(!('id' in frames[0]), 'a sync has no id');
  for (const f of frames.slice(1)) {
    assert.equal(f.event.type, 'create');
    assert.equal(f.id, f.event.data.id);
  }
  const stored = await server.get(`/executions/${id}/logs`);
  const log = items(frames);
  assert.deepEqual(log.map((e) => ({ ...e, timestamp: new Date(e.timestamp).toISOString() })), stored);
  for (const e of log) {
    assert.ok(Number.isInteger(e.timestamp));
    if (e.phase === 'step_finished') assert.deepEqual(e.data, e.output);
  }
  assert.equal(new Set(log.map((e) => e.id)).size, log.length, 'ids are unique');
  checkLog(stored, id);
}

test('sync with all so far, then creates: before, during and after a run', async (t) => {
  const server = await Server.begin(t, { RUN_WORKERS: '1' });
  const [before, during, after] = await Promise.all([1, 2, 3].map(() => Raw.open(t, server, '/')));
  const release = await server.hold();
  const id = await server.run(steps);
  before.say(join(id));
  assert.deepEqual((await before.wait((f) => f.groupId === id)).event, { type: 'sync', data: [] });
  await release();
  await before.wait((f) => items([f]).some((e) => e.stepIndex === 1));
  during.say(join(id));
  await Promise.all([before, during].map((raw) => raw.wait(isEnd(id), 'the end')));
  after.say(join(id));
  await after.wait(isEnd(id), 'the end');

  for (const raw of [before, during, after]) await checkFrames(server, id, raw.of(id));
  const inSync = during.of(id)[0].event.data.length;
  assert.ok(inSync >= 3 && inSync < items(during.of(id)).length, `the sync in the middle has ${inSync}`);
  assert.equal(after.of(id).length, 1, 'a run that is over comes in one sync');
  assert.ok(before.frames.every((f) => !f.binary), 'text frames');
});

test('several subscriptions on one client, and leaves', async (t) => {
  const server = await Server.begin(t);
  const raw = await Raw.open(t, server, '/');
  const [one, two, left] = await Promise.all([server.run(steps), server.run(steps), server.run(steps)]);
  for (const id of [one, two, left]) raw.say(join(id));
  raw.say(join(one, 'b')); // answered with a sync; then each entry once
  await raw.wait((f) => f.groupId === left);
  raw.say(leave(left));
  raw.say(leave(one, 'b'));
  await Promise.all([one, two].map((id) => raw.wait(isEnd(id), 'the end')));
  await checkFrames(server, two, raw.of(two));
  const syncs = raw.of(one).map((f) => f.event.type).lastIndexOf('sync');
  await checkFrames(server, one, raw.of(one).slice(syncs));
  while (await server.status(left) === 'running') await new Promise(setImmediate);
  raw.say(join('another'));
  await raw.wait((f) => f.groupId === 'another');
  assert.ok(!items(raw.of(left)).some(ends), 'nothing comes after a leave');

  raw.say(join(left));
  await raw.wait(isEnd(left), 'the log after a new join');
  await checkFrames(server, left, raw.of(left).slice(raw.of(left).map((f) => f.event.type).lastIndexOf('sync')));
});

test('unknown streams and malformed frames get no answer and do no harm', async (t) => {
  const server = await Server.begin(t);
  const raw = await Raw.open(t, server, '/');
  for (const bad of [join('x', 'a', 'otherLog'), join(''), join(7), join('x'.repeat(300)), leave('never joined'), {}, { type: 'join' },
    { type: 'dance', data: { streamName: 'executionLog', groupId: 'x' } }, 'not JSON', '', '[]', 'null', '{"type":"join","data":', '42["join-execution","x"]']) raw.say(bad);
  raw.ws.send(Buffer.from([0, 255, 1]));
  const id = await server.run(steps);
  raw.say(join(id));
  await raw.wait(isEnd(id), 'the end');
  assert.deepEqual(raw.frames.filter(({ frame }) => frame.groupId !== id), []);
  await checkFrames(server, id, raw.of(id));
});

test('/ws/executions/:id brings one entry in a frame, after afterSeq', async (t) => {
  const server = await Server.begin(t);
  const id = await server.run(steps);
  const live = await Raw.open(t, server, `/ws/executions/${id}`);
  const late = await Raw.open(t, server, `/ws/executions/${id}?afterSeq=4`);
  await Promise.all([live, late].map((raw) => raw.wait(ends, 'the end')));
  const log = live.frames.map((f) => f.frame);
  checkLog(log, id);
  assert.deepEqual(log, await server.get(`/executions/${id}/logs`));
  assert.deepEqual(late.frames.map((f) => f.frame), log.slice(5));
  assert.equal(await refusal(server, `/ws/executions/${id}?afterSeq=x`), 400);
});

test('an Origin that is not allowed is refused everywhere', async (t) => {
  const server = await Server.begin(t, { FRONTEND_URL: 'https://app.example,https://other.example' });
  const socketIO = '/socket.io/?EIO=4&transport=websocket';
  for (const path of ['/', '/ws/executions/x', socketIO]) {
    for (const origin of ['https://evil.example', 'http://app.example', 'https://app.example.evil.example', 'http://localhost:3000', 'null']) {
      assert.ok([400, 403].includes(await refusal(server, path, { origin })), `${origin} at ${path}`);
    }
    for (const origin of ['https://app.example', 'https://other.example']) await Raw.open(t, server, path, { origin }).catch((err) => assert.fail(`${origin} at ${path}: ${err}`));
  }
  for (const [origin, allowed] of [['https://app.example', 'https://app.example'], ['https://evil.example', null]]) {
    const polled = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin } });
    assert.equal(polled.headers.get('access-control-allow-origin'), allowed);
  }
  await Client.connect(t, server, { extraHeaders: { origin: 'https://app.example' } });
});

test('a published call can be watched by its X-Execution-Id, and while it runs', async (t) => {
  const server = await Server.begin(t);
  const raw = await Raw.open(t, server, '/');
  const client = await Client.connect(t, server);
  const path = await server.publish('quick', [answer({ n: 1 })]);
  const call = await server.send(path, {});
  assert.equal(call.status, 200);
  const id = call.headers.get('x-execution-id');
  await client.join(id);
  checkLog(await client.ended(id), id);
  raw.say(join(id));
  await raw.wait(isEnd(id), 'the end');
  await checkFrames(server, id, raw.of(id));

  const slow = await server.publish('slow', [answer({ n: 1 }), wait('4s'), answer({ n: 2 })]);
  const under = server.send(slow, {});
  let found;
  while (!found) [found] = (await server.get('/executions?status=running&workflowId=slow')).executions;
  assert.ok((await client.join(found.executionId)).lastSeq < 5, 'joined in the middle');
  raw.say(join(found.executionId));
  const answered = await under;
  assert.equal(answered.headers.get('x-execution-id'), found.executionId);
  assert.deepEqual(answered.body, { n: 2 });
  checkLog(await client.ended(found.executionId), found.executionId);
  await raw.wait(isEnd(found.executionId), 'the end');
  await checkFrames(server, found.executionId, raw.of(found.executionId));
});
