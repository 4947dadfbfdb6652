// A thousand clients watch one run.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, checkLog, until } from './client.mjs';
import { Server, wait, answer } from './server.mjs';

const steps = Array.from({ length: 20 }, (_, i) => (i % 2 ? answer({ n: i }) : wait('200ms')));

const many = async (t, server, n) => {
  const all = [];
  while (all.length < n) { // as a crowd comes, not as a flood of handshakes
    all.push(...await Promise.all([...Array(Math.min(100, n - all.length))].map(() => Client.connect(t, server))));
  }
  return all;
};

test('1,000 clients: some before, some during, some after the run', { timeout: 170_000 }, async (t) => {
  const server = await Server.begin(t, { RUN_WORKERS: '1', LOG_LEVEL: 'warn' });
  const begin = Date.now();
  const all = await many(t, server, 1000);
  const connected = Date.now() - begin;
  const [before, during, after] = [all.slice(0, 400), all.slice(400, 800), all.slice(800)];

  const release = await server.hold();
  const id = await server.run(steps);
  for (const ack of await Promise.all(before.map((c) => c.join(id)))) assert.equal(ack.lastSeq, -1);
  const started = Date.now();
  await release();
  // One more joins with each entry that the first client gets, and the others of
  // its share with it.
  const first = before[0];
  const joins = [];
  const share = Math.ceil(during.length / (2 * steps.length));
  for (let seq = 1; joins.length < during.length; seq++) {
    await until(first, `entry ${seq}`, () => first.logs(id).length > seq);
    joins.push(...during.slice(joins.length, joins.length + share).map((c) => c.join(id)));
  }
  const acks = await Promise.all(joins);
  const logs = await Promise.all([...before, ...during].map((c) => c.ended(id)));
  const took = Date.now() - started;
  for (const ack of await Promise.all(after.map((c) => c.join(id)))) assert.equal(ack.lastSeq, logs[0].length - 1);

  checkLog(logs[0], id);
  assert.equal(logs[0].length, 2 + 2 * steps.length);
  const wanted = JSON.stringify(logs[0]);
  const wrong = all.filter((c) => JSON.stringify(c.logs(id)) !== wanted);
  assert.equal(wrong.length, 0, `${wrong.length} clients got another log`);
  const inside = acks.filter((a) => a.lastSeq > 0 && a.lastSeq < logs[0].length - 1).length;
  assert.ok(inside > during.length / 4, `only ${inside} joined in the middle`);
  assert.ok(all.every((c) => c.heard.every((h) => !h.down)), 'nobody was disconnected');
  t.diagnostic(`connected in ${connected} ms; the run and its ${all.length * logs[0].length} entries took ${took} ms; ${inside} joined in the middle`);
});
