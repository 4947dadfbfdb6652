// Two accounts on a server that demands a login, with the official clients:
// each sees its own runs only, and nothing more once its session has ended.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { Client, checkLog, until } from './client.mjs';
import { Server, wait, answer } from './server.mjs';

const steps = [answer({ n: 1 }), wait('100ms'), answer({ n: 2 })];

// account registers somebody; as() is what shows that it is them.
async function account(server, email) {
  const { status, body, headers } = await server.send('/auth/register', { email, password: 'correct horse' });
  assert.equal(status, 201, JSON.stringify(body));
  const cookie = headers.get('set-cookie').split(';')[0];
  return { token: body.token, cookie, bearer: { authorization: `Bearer ${body.token}` } };
}

// refused resolves with the reason for which a client may not connect.
async function refused(t, server, options) {
  const client = new Client(server, { reconnection: false, ...options });
  t.after(() => client.close());
  const [error] = await once(client.socket, 'connect_error');
  return error.message;
}

// upgrade resolves with 101 or the status that came instead.
function upgrade(url, options) {
  const ws = new WebSocket(url, options);
  return new Promise((resolve) => {
    ws.on('open', () => { resolve(101); ws.terminate(); });
    ws.on('unexpected-response', (_, res) => { resolve(res.statusCode); ws.terminate(); });
    ws.on('error', () => {});
  });
}

for (const transports of [['websocket'], ['polling'], undefined]) {
  test(`each account follows its own runs, over ${transports ?? 'the default'}`, async (t) => {
    const server = await Server.begin(t, { AUTH_MODE: 'required' });
    const [ann, ben] = [await account(server, 'ann@example.com'), await account(server, 'ben@example.com')];
    const options = transports ? { transports } : { transports: ['polling', 'websocket'] };

    assert.equal((await server.send('/workflows/run', { steps })).status, 401);
    assert.match(await refused(t, server, options), /Not authenticated/);
    assert.match(await refused(t, server, { ...options, auth: { token: 'x.y.z' } }), /Invalid or expired token/);

    const id = await server.run(steps, {}, ann.bearer);
    const watcher = await Client.connect(t, server, { ...options, auth: { token: ann.token } });
    const stranger = await Client.connect(t, server, { ...options, extraHeaders: { cookie: ben.cookie } });
    assert.deepEqual(await stranger.join(id), { ok: false, error: 'Execution not found' });
    assert.deepEqual(await stranger.join('nobody'), { ok: false, error: 'Execution not found' });
    assert.equal((await watcher.join(id)).ok, true);
    checkLog(await watcher.ended(id), id);
    assert.equal(stranger.heard.filter((h) => h.joined || h.log).length, 0);

    for (const path of [`/executions/${id}`, '/executions/nobody']) {
      assert.deepEqual((await server.send(path, undefined, ben.bearer)).body.error, 'Execution not found');
    }
    assert.deepEqual((await server.send(`/executions/${id}/logs`, undefined, ben.bearer)).body, []);
  });
}

test('plain WebSockets ask for a login too', async (t) => {
  const server = await Server.begin(t, { AUTH_MODE: 'required' });
  const [ann, ben] = [await account(server, 'ann@example.com'), await account(server, 'ben@example.com')];
  const id = await server.run(steps, {}, ann.bearer);
  const one = `${server.wsURL}/ws/executions/${id}`;
  assert.equal(await upgrade(one), 401);
  assert.equal(await upgrade(`${one}?token=${ben.token}`), 404);
  assert.equal(await upgrade(`${one}?token=${ann.token}`), 101);
  assert.equal(await upgrade(one, { headers: { cookie: ann.cookie } }), 101);
  assert.equal(await upgrade(one, { headers: { cookie: ann.cookie, origin: 'https://evil.example' } }) === 101, false);
  assert.equal(await upgrade(one, { headers: ann.bearer }), 101);
  assert.equal(await upgrade(`${server.wsURL}/`), 401);
  assert.equal(await upgrade(`${server.wsURL}/?token=${ann.token}`), 101);
});

test('logging out ends what the session follows, and a restart ends no session', async (t) => {
  const server = await Server.begin(t, { AUTH_MODE: 'required' });
  const ann = await account(server, 'ann@example.com');
  const other = (await server.send('/auth/login', { email: 'ANN@example.com', password: 'correct horse' })).body.token;

  assert.deepEqual(await server.stop('SIGKILL'), { code: null, signal: 'SIGKILL' });
  await server.start();
  assert.equal((await server.send('/auth/me', undefined, ann.bearer)).status, 200);

  const id = await server.run([wait('300s')], {}, ann.bearer);
  const [mine, still] = [await Client.connect(t, server, { auth: { token: ann.token } }), await Client.connect(t, server, { auth: { token: other } })];
  assert.equal((await mine.join(id)).ok, true);
  assert.equal((await still.join(id)).ok, true);
  const ws = new WebSocket(`${server.wsURL}/ws/executions/${id}?token=${ann.token}`);
  await once(ws, 'open');
  const closed = once(ws, 'close');

  assert.equal((await server.send('/auth/logout', {}, ann.bearer)).status, 200);
  await until(mine, 'the end of the connection', () => mine.heard.some((h) => h.down));
  const [code] = await closed;
  assert.ok(code === 1008 || code === 4401, `closed with ${code}`);
  assert.equal((await server.send('/auth/me', undefined, ann.bearer)).status, 401);
  assert.equal((await server.send('/auth/me', undefined, { cookie: ann.cookie })).status, 401);

  const cancelled = await server.send(`/executions/${id}/cancel`, {}, { authorization: `Bearer ${other}` });
  assert.equal(cancelled.status, 200, JSON.stringify(cancelled.body));
  checkLog(await still.ended(id), id, { end: 'workflow_failed' });
});
