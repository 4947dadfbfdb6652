// Many clients that join and leave many runs, as they begin and end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { io } from 'socket.io-client';
import { patience } from './client.mjs';
import { Server, wait, answer } from './server.mjs';

const clients = 200;
const joins = 20_000;
const rooms = 40;
const nobody = 'the run that nobody runs';
const steps = [answer({ n: 1 }), wait('150ms'), answer({ n: 2 }), wait('150ms'), answer({ n: 3 })];

// churner is one client. What it may hear depends on where it stands with a run:
// nothing before a join and after the answer to a leave, everything from seq 0
// in between.
class Churner {
  constructor(server, pick, counts) {
    this.pick = pick;
    this.counts = counts;
    this.next = new Map(); // of the runs it has joined and not left: the seq of the next entry
    this.broken = [];
    this.socket = io(server.url, { forceNew: true, transports: ['websocket'], timeout: patience, reconnection: false });
    this.socket.on('joined-execution', ({ executionId }) => this.check(this.next.has(executionId) || executionId === nobody, `a join nobody asked for: ${executionId}`));
    this.socket.on('execution-log', ({ executionId, seq }) => {
      counts.entries++;
      const next = this.next.get(executionId);
      this.check(next !== undefined, `seq ${seq} of ${executionId}, which was left or never joined`);
      this.check(next === undefined || seq === next, `seq ${seq} of ${executionId} instead of ${next}`);
      this.next.set(executionId, seq + 1);
    });
    this.socket.on('disconnect', (reason) => this.check(reason === 'io client disconnect', `disconnected: ${reason}`));
  }

  check(ok, what) { if (!ok && this.broken.length < 10) this.broken.push(what); }
  ask(event, id) { return this.socket.timeout(patience).emitWithAck(event, id); }

  // go joins and leaves: half of the time it does not wait for the join.
  async go(times) {
    await new Promise((resolve, reject) => { this.socket.on('connect', resolve); this.socket.on('connect_error', reject); });
    for (let i = 0; i < times; i++) {
      const id = this.pick();
      this.next.set(id, 0);
      this.counts.joins++;
      const join = this.ask('join-execution', id);
      if (i % 2) {
        const { ok, lastSeq } = await join;
        this.check(ok && lastSeq < this.next.get(id), `the join of ${id} was answered with lastSeq ${lastSeq} at ${this.next.get(id)}`);
      } else {
        join.catch(() => {}); // the leave ends it: it need not be answered
      }
      if (i % 4 > 1) await this.ask('join-execution', nobody); // stay for a while
      await this.ask('leave-execution', id);
      this.next.delete(id);
    }
  }
}

test(`${joins} joins of ${clients} clients in ${rooms} runs`, { timeout: 170_000 }, async (t) => {
  const server = await Server.begin(t, { LOG_LEVEL: 'warn' });
  const counts = { joins: 0, entries: 0, runs: 0 };
  const ids = [];
  let over = false;
  const keep = async (slot) => { // keeps a run in a slot; one that has ended stays for a while
    while (!over) {
      ids[slot] = await server.run(steps);
      counts.runs++;
      const watch = io(server.url, { forceNew: true, transports: ['websocket'] });
      await new Promise((resolve) => {
        watch.on('execution-log', (e) => { if (e.type === 'workflow_complete') resolve(); });
        watch.emit('join-execution', ids[slot]);
      });
      watch.disconnect();
    }
  };
  const runs = [...Array(rooms).keys()].map(keep);
  while (ids.filter(Boolean).length < rooms) await new Promise(setImmediate);

  const begin = Date.now();
  const all = [...Array(clients)].map(() => new Churner(server, () => ids[Math.floor(Math.random() * rooms)], counts));
  t.after(() => all.forEach((c) => c.socket.disconnect()));
  await Promise.all(all.map((c) => c.go(joins / clients)));
  const took = (Date.now() - begin) / 1000;
  over = true;
  await Promise.all(runs);

  t.diagnostic(`${counts.joins} joins, ${counts.entries} entries, ${counts.runs} runs in ${took.toFixed(1)} s`);
  assert.deepEqual(all.flatMap((c) => c.broken).slice(0, 20), []);
  assert.equal(counts.joins, joins);
  assert.ok(counts.entries > joins, 'the clients have heard something');
});
