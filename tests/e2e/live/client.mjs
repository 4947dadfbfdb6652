// The official Socket.IO client, which notes everything it hears.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { io } from 'socket.io-client';

export const patience = 60_000; // the machine may be busy

// until waits, without polling, for a condition that events of an emitter change.
export function until(emitter, what, condition, ms = patience) {
  return new Promise((resolve, reject) => {
    const look = () => {
      let value;
      try { value = condition(); } catch (err) { done(reject, err); return; }
      if (value) done(resolve, value);
    };
    const timer = setTimeout(() => done(reject, new Error(`timed out: ${typeof what === 'function' ? what() : what}`)), ms);
    const done = (settle, value) => { clearTimeout(timer); emitter.off('change', look); settle(value); };
    emitter.on('change', look);
    look();
  });
}

export const ends = (entry) => entry.type === 'workflow_complete' || entry.type === 'workflow_failed';

export class Client extends EventEmitter {
  // connect returns a connected client that ends with a test.
  static async connect(t, server, options = {}) {
    const client = new Client(server, options);
    t.after(() => client.close());
    await client.connected();
    return client;
  }

  constructor(server, options = {}) {
    super();
    this.setMaxListeners(0);
    this.heard = []; // {joined: id}, {log: entry}, {ack} of a join and {down: reason}, in order
    this.socket = io(server.url, {
      forceNew: true, timeout: patience, reconnectionDelay: 50, reconnectionDelayMax: 200, transports: ['websocket'], ...options,
    });
    this.socket.on('connect', () => this.emit('change'));
    this.socket.on('disconnect', (reason) => this.note({ down: reason }));
    this.socket.on('joined-execution', (m) => this.note({ joined: m.executionId }));
    this.socket.on('execution-log', (entry) => this.note({ log: entry }));
  }

  note(what) { this.heard.push(what); this.emit('change'); }
  close() { this.socket.disconnect(); }
  connected() { return until(this, 'connect', () => this.socket.connected); }
  get transport() { return this.socket.io.engine.transport.name; }

  // join sends join-execution and returns the acknowledgement, which is noted too.
  join(...what) {
    return new Promise((resolve, reject) => {
      this.socket.timeout(patience).emit('join-execution', ...what, (err, ack) => {
        if (err) { reject(err); return; }
        this.note({ ack });
        resolve(ack);
      });
    });
  }

  leave(id) { return this.socket.timeout(patience).emitWithAck('leave-execution', id); }

  // logs are the entries of a run that came, in order.
  logs(id) { return this.heard.filter((h) => h.log?.executionId === id).map((h) => h.log); }

  // entry waits for an entry that is as wanted; it may have come already.
  async entry(id, wanted, what = 'an entry') {
    return this.logs(id).find(wanted) ?? until(this, () => `${what}; there are ${this.logs(id).length} entries`, () => {
      const { log } = this.heard.at(-1) ?? {}; // each entry is looked at as it comes
      return log?.executionId === id && wanted(log) && log;
    });
  }

  // ended waits for the end of a run's log and returns the log.
  async ended(id) {
    await this.entry(id, ends, 'the end of the log');
    return this.logs(id);
  }
}

// checkLog checks that a log is whole from an entry on: each once, in order, and
// one end.
export function checkLog(entries, id, { from = 0, end = 'workflow_complete' } = {}) {
  entries.forEach((entry, i) => {
    assert.equal(entry.seq, from + i, `entry ${i} of ${entries.length}: seqs ${entries.map((e) => e.seq).slice(Math.max(0, i - 3), i + 3)}`);
    assert.equal(entry.executionId, id);
    assert.equal(entry.id, `${id}:${entry.seq}`);
    assert.match(entry.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });
  assert.equal(entries.filter(ends).length, 1, 'a log has one end');
  assert.equal(entries.at(-1).type, end);
}

// rejoins makes a client join again by itself whenever it has reconnected, after
// the last entry that it has seen.
export function rejoins(client, run) {
  client.socket.on('connect', () => {
    const id = run();
    const seen = client.logs(id);
    client.join(seen.length ? { executionId: id, afterSeq: seen.at(-1).seq } : id).catch(() => {});
  });
}
