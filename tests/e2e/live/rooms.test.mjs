// A client gets what it joined, from where it asked, once, and nothing else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, checkLog, ends } from './client.mjs';
import { Server, wait, answer } from './server.mjs';

const slow = [answer({ n: 1 }), wait('300ms'), wait('300ms'), wait('2s'), answer({ n: 2 })]; // time to leave in the middle

test('afterSeq brings only what follows', async (t) => {
  const server = await Server.begin(t);
  const [live, late] = await Promise.all([1, 2].map(() => Client.connect(t, server)));
  const id = await server.run(slow);
  assert.equal((await live.join({ executionId: id, afterSeq: 2 })).ok, true);
  checkLog(await live.ended(id), id, { from: 3 });

  const last = live.logs(id).at(-1).seq;
  assert.equal((await late.join({ executionId: id, afterSeq: 5 })).lastSeq, last);
  checkLog(late.logs(id), id, { from: 6 });
  await late.leave(id);
  const heard = late.heard.length;
  assert.equal((await late.join({ executionId: id, afterSeq: last })).lastSeq, last);
  assert.deepEqual(late.heard.slice(heard).map((h) => Object.keys(h)[0]), ['joined', 'ack'], 'nothing follows the last entry');
});

test('the acknowledgement of an afterSeq past the end says what the last entry is', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const id = await server.run([answer({})]);
  await client.join(id);
  const last = (await client.ended(id)).at(-1).seq;
  await client.leave(id);
  assert.equal((await client.join({ executionId: id, afterSeq: last + 100 })).lastSeq, last);
});

test('a second join brings nothing twice, and is acknowledged too', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const id = await server.run(slow);
  const acks = await Promise.all([client.join(id), client.join(id), client.join({ executionId: id, afterSeq: -1 })]);
  for (const ack of acks) assert.equal(ack.ok, true);
  await client.entry(id, (e) => e.stepIndex === 1);
  assert.equal((await client.join(id)).ok, true);
  checkLog(await client.ended(id), id);
  const { lastSeq } = await client.join(id);
  assert.equal(lastSeq, client.logs(id).at(-1).seq);
  checkLog(client.logs(id), id);
});

test('after a leave nothing comes, and a new join brings everything', async (t) => {
  const server = await Server.begin(t);
  const [client, other] = await Promise.all([1, 2].map(() => Client.connect(t, server)));
  const id = await server.run(slow);
  await Promise.all([client.join(id), other.join(id)]);
  await client.entry(id, (e) => e.stepIndex === 1);
  assert.deepEqual(await client.leave(id), { ok: true, executionId: id });
  const heard = client.heard.length;
  const log = await other.ended(id);
  await client.join('another'); // whatever was on its way is there before this
  assert.ok(client.heard.slice(heard).every((h) => !h.log));
  assert.ok(!client.logs(id).some(ends));

  const { lastSeq } = await client.join(id);
  assert.equal(lastSeq, log.at(-1).seq);
  assert.deepEqual(client.logs(id).slice(-log.length), log);
});

test('a leave before the join is acknowledged stops it', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const id = await server.run(Array(1000).fill(answer({ text: 'x'.repeat(1000) })));
  await client.join(id);
  const log = await client.ended(id);
  await client.leave(id);
  for (let round = 0; round < 20; round++) {
    client.socket.emit('join-execution', id); // its log is several pages
    await client.leave(id);
    client.heard.length = 0;
    await client.join('another');
    assert.deepEqual(client.logs(id).length, 0, `entries after the leave, in round ${round}`);
    const { lastSeq } = await client.join(id);
    assert.equal(lastSeq, log.at(-1).seq);
    checkLog(client.logs(id), id);
    await client.leave(id);
  }
});

test('two clients in two rooms never see the other\'s entries', async (t) => {
  const server = await Server.begin(t);
  const [a, b] = await Promise.all([1, 2].map(() => Client.connect(t, server)));
  const [one, two] = await Promise.all([server.run(slow), server.run(slow)]);
  await Promise.all([a.join(one), b.join(two)]);
  await Promise.all([a.ended(one), b.ended(two)]);
  await Promise.all([a.join('another'), b.join('another')]);
  checkLog(a.heard.filter((h) => h.log).map((h) => h.log), one);
  checkLog(b.heard.filter((h) => h.log).map((h) => h.log), two);
});

test('one client in two rooms gets both logs', async (t) => {
  const server = await Server.begin(t);
  const client = await Client.connect(t, server);
  const ids = await Promise.all([server.run(slow), server.run(slow)]);
  await Promise.all(ids.map((id) => client.join(id)));
  for (const id of ids) checkLog(await client.ended(id), id);
});
