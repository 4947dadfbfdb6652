// The real binary, on a free port of the loopback and with a data directory of
// its own.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, openSync, closeSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const binary = process.env.ORCHESTRIX ?? assert.fail('ORCHESTRIX must name the binary: use run.sh');
const startLimit = 30_000;

// What the server's own log must never hold, but for what a test has provoked.
const trouble = /\bpanic(ked)?\b|DATA RACE|\s(ERROR|DPANIC|FATAL)\s/;

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

export class Server {
  // begin starts a server that ends with a test; then its log must be clean.
  static async begin(t, env = {}) {
    const server = new Server();
    server.dir = mkdtempSync(join(tmpdir(), 'orchestrix-e2e-'));
    server.port = await freePort();
    server.env = env;
    t.after(() => server.remove());
    await server.start();
    return server;
  }

  get url() { return `http://127.0.0.1:${this.port}`; }
  get wsURL() { return `ws://127.0.0.1:${this.port}`; }
  get log() { return readFileSync(join(this.dir, 'log'), 'utf8'); }

  // peak is the most memory that the process has had, in MB.
  get peak() { return Math.round(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.process.pid}/status`, 'utf8'))[1] / 1000); }

  // start starts the process, again on the same port and data.
  async start() {
    const log = openSync(join(this.dir, 'log'), 'a');
    this.process = spawn(binary, [], {
      cwd: this.dir, // no .env of somebody's
      env: {
        PATH: process.env.PATH, HOME: this.dir, HOST: '127.0.0.1', PORT: String(this.port),
        DATA_DIR: join(this.dir, 'data'), ...this.env,
      },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.gone = once(this.process, 'exit').then(([code, signal]) => { this.process = null; return { code, signal }; });
    for (const limit = Date.now() + startLimit; Date.now() < limit; await pause(20)) {
      if (!this.process) break;
      try {
        if ((await fetch(`${this.url}/health`)).ok) return;
      } catch { /* it does not listen yet */ }
    }
    assert.fail(`the server does not start:\n${this.log}`);
  }

  // stop sends a signal and waits for the end.
  async stop(signal) {
    this.process.kill(signal);
    return this.gone;
  }

  async remove() {
    if (this.process) await this.stop('SIGKILL');
    const log = this.log;
    rmSync(this.dir, { recursive: true, force: true });
    const found = log.split('\n').findIndex((line) => trouble.test(line) && !this.provoked?.test(line));
    assert.equal(found, -1, `the server's log:\n${log.split('\n').slice(found, found + 30).join('\n')}`);
  }

  // send posts JSON, or gets without a body; it returns the answer with its body parsed.
  async send(path, body, headers = {}) {
    const request = body === undefined ? { headers } : {
      method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body),
    };
    const answer = await fetch(this.url + path, request);
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  // get is the body of a successful answer.
  async get(path) {
    const { status, body } = await this.send(path);
    assert.equal(status, 200, `GET ${path}: ${JSON.stringify(body)}`);
    return body;
  }

  // run queues a background run and returns its id.
  async run(steps, input = {}, headers = {}) {
    const { status, body } = await this.send('/workflows/run', { steps, input }, headers);
    assert.equal(status, 200, JSON.stringify(body));
    return body.executionId;
  }

  // publish saves a workflow and returns the path of its API.
  async publish(workflowId, steps, inputVariables = []) {
    const { status, body } = await this.send('/workflows', {
      workflowId, ownerId: 'user_default', apiName: workflowId, steps, edges: [], inputVariables,
    });
    assert.equal(status, 200, JSON.stringify(body));
    return body.apiPath;
  }

  // hold occupies the only worker (RUN_WORKERS=1): runs that are queued from now
  // on wait until the returned function is called.
  async hold() {
    const id = await this.run([wait('300s')]);
    return async () => {
      const { status, body } = await this.send(`/executions/${id}/cancel`, {});
      assert.equal(status, 200, JSON.stringify(body));
    };
  }

  // status says where a run stands.
  async status(id) { return (await this.get(`/executions/${id}`)).status; }
}

export const wait = (duration) => ({ type: 'delay', duration });
export const answer = (body) => ({ type: 'response', body });
