// What is secret is nowhere: in no frame, no stored log, not in the server's log.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Client, ends } from './client.mjs';
import { Raw, join } from './raw.mjs';
import { Server, answer } from './server.mjs';

// Every canary has a name, so that a failure says which one was seen and where.
const canaries = new Map();
const canary = (name) => {
  const value = `canary${randomBytes(9).toString('hex')}`;
  canaries.set(value, name);
  return value;
};
const found = (text) => [...canaries].filter(([value]) => text.includes(value)).map(([, name]) => name);

const input = {
  email: 'ada@example.com',
  password: canary('input.password'),
  token: canary('input.token'),
  apiKey: canary('input.apiKey'),
  nested: [{ client_secret: canary('input.nested.client_secret') }],
  uri: `mongodb+srv://ada:${canary('input.uri')}@db.example.com/app`,
  header: `Bearer ${canary('a bearer token in an input')}`,
  note: `postgres://ada:${canary('a connection string in a text')}@db.example.com/x and more`,
};
const bearer = { authorization: `Bearer ${canary('the Authorization header')}`, 'x-api-key': canary('X-Api-Key'), cookie: `session=${canary('Cookie')}` };
const literal = {
  password: canary('a password in a step'),
  uri: `mongodb://root:${canary('a connection string in a step')}@10.0.0.1:27017`,
  headers: { Authorization: `Bearer ${canary('an Authorization header in a step')}`, 'X-Api-Key': canary('an API key in a step') },
};

// echo sends everything that is secret through the log.
const echo = [
  { type: 'input', variables: Object.keys(input).map((name) => ({ name })) },
  { type: 'inputValidation', rules: [{ field: '{{password}}', required: true, type: 'string' }, { field: 'token', minLength: 5 }] },
  { type: 'dbInsert', collection: 'users', data: { email: '{{email}}', password: '{{password}}', token: '{{token}}', uri: '{{uri}}' } },
  { type: 'dbFind', collection: 'users', findType: 'many', filters: { email: '{{email}}' } },
  { type: 'jwtGenerate', payload: { email: '{{email}}', note: 'x' }, expiresIn: '1h', output: 'made' },
  answer({ all: '{{input}}', made: '{{made}}', told: 'my password is {{password}}, the token {{token}}', echo: '{{password}}', key: '{{apiKey}}', literal }),
];
// failures end in an error whose text or details may quote what was given.
const failures = {
  login: [{ type: 'userLogin', email: '{{input.email}}', password: literal.password }],
  validation: [{ type: 'inputValidation', rules: [{ field: 'input.password', type: 'number' }, { field: 'input.token', maxLength: 3 }, { field: 'input.uri', type: 'email' }, { field: 'input.apiKey', enum: ['a'] }] }],
  auth: [{ type: 'authMiddleware' }],
  filter: [{ type: 'dbUpdate', collection: 'users', filter: { password: '{{input.password}}' }, data: { password: { $bad: literal.password }, uri: '{{input.uri}}' } }],
  collection: [{ type: 'dbFind', collection: 'system.{{input.token}}', filters: { uri: literal.uri } }],
  delay: [{ type: 'delay', duration: '{{input.password}}' }],
  mail: [{ type: 'emailSend', to: 'ada@example.com', subject: 'password: {{input.password}}', body: `<p>{{input.uri}} ${literal.uri}</p>` }],
  jwt: [{ type: 'jwtGenerate', payload: { password: '{{input.password}}' }, expiresIn: '{{input.token}}' }],
  unknown: [{ type: 'noSuchStep', ...literal }],
};

for (const [mode, env] of Object.entries({ development: {}, production: { NODE_ENV: 'production', JWT_SECRET: canary('JWT_SECRET') } })) {
  test(`no secret comes out, in ${mode}`, async (t) => {
    const smtp = { SMTP_HOST: '127.0.0.1', SMTP_PORT: '1', SMTP_USER: 'me@example.com', SMTP_PASS: canary('SMTP_PASS'), FROM_EMAIL: 'me@example.com' };
    const server = await Server.begin(t, { LOG_LEVEL: 'debug', GROQ_API_KEY: canary('GROQ_API_KEY'), ...smtp, ...env });
    const client = await Client.connect(t, server, { auth: { token: canary('auth of the handshake') }, query: { token: canary('query of the handshake') }, extraHeaders: { authorization: bearer.authorization } });
    const frames = [];
    client.socket.io.engine.on('packet', ({ data }) => frames.push(String(data)));
    const raw = await Raw.open(t, server, `/?token=${canary('query of the stream')}`, { headers: { authorization: bearer.authorization } });

    const ids = [];
    for (const steps of [echo, ...Object.values(failures)]) {
      ids.push(await server.run(steps, { ...input, email: `${ids.length}@example.com` }, bearer));
    }
    for (const [name, steps] of Object.entries({ echo, ...failures })) {
      const path = await server.publish(name, steps);
      const call = await server.send(`${path}?token=${canary('query of a call')}`, { ...input, email: `${name}@example.com` }, bearer);
      assert.equal(call.status, name === 'echo' ? 200 : call.status, JSON.stringify(call.body));
      if (name !== 'echo') assert.ok(call.status >= 400, `${name} must fail: ${JSON.stringify(call.body)}`);
      ids.push(call.headers.get('x-execution-id'));
    }
    const { executionId } = (await server.send('/workflows/echo/execute', { input, ownerId: 'user_default' }, bearer)).body;
    ids.push(executionId);
    for (const id of ids) {
      await client.join(id);
      await client.ended(id);
      raw.say(join(id));
      await raw.wait((f) => f.groupId === id && (f.event.data.some?.(ends) ?? ends(f.event.data)), 'the end');
    }

    assert.equal(client.logs(ids[0]).at(-1).type, 'workflow_complete', JSON.stringify(client.logs(ids[0]).at(-1)));
    const seen = { 'Socket.IO': frames.join('\n'), 'the stream': raw.text.join('\n'), 'the server\'s log': server.log };
    for (const id of ids) seen[`the stored log of ${id}`] = JSON.stringify(await server.get(`/executions/${id}/logs`));
    seen['the executions'] = JSON.stringify(await server.get('/executions?limit=200'));
    assert.ok(seen['Socket.IO'].includes('***') && seen['the stream'].includes('***'), 'secrets were there, and masked');
    const out = Object.entries(seen).flatMap(([where, text]) => found(text).map((name) => `${name}: in ${where}`));
    assert.deepEqual(out, []);
  });
}
