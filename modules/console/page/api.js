// The public API, as any client may call it. The session's cookie goes along by
// itself; in open mode everything belongs to one owner.
const ownerId = 'user_default';
const patience = 20_000; // ms
const modelPatience = 90_000;

// Problem is a failure in words for people.
export class Problem extends Error {
  constructor(title, { detail = '', status = 0, code, requestId, body } = {}) {
    super(detail ? `${title}: ${detail}` : title);
    Object.assign(this, { title, detail, status, code, requestId, body });
  }
}

let onLoggedOut = () => {};

// whenLoggedOut is called when an answer says that a login is needed.
export function whenLoggedOut(listener) { onLoggedOut = listener; }

async function send(method, path, body, { signal, wait = patience, token } = {}) {
  const signals = [AbortSignal.timeout(wait)];
  if (signal) signals.push(signal);
  const request = { method, signal: AbortSignal.any(signals), cache: 'no-store', headers: {} };
  if (token) request.headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) {
    request.headers['Content-Type'] = 'application/json';
    request.body = JSON.stringify(body);
  }
  try {
    const answer = await fetch(path, request);
    const text = await answer.text();
    return { answer, text };
  } catch (err) {
    if (signal?.aborted) throw err;
    if (err.name === 'TimeoutError') throw new Problem('The server takes too long', { detail: `There was no answer within ${wait / 1000} seconds.` });
    throw new Problem('The server cannot be reached', { detail: 'Is it running, and is this machine online?' });
  }
}

async function call(method, path, body, options) {
  const { answer, text } = await send(method, path, body, options);
  let value;
  try { value = JSON.parse(text); } catch { /* said below */ }
  if (answer.ok && value !== undefined) return value;
  if (answer.status === 401 && !path.startsWith('/auth/')) onLoggedOut();
  const said = [value?.error ?? `The server answered ${answer.status}`, value?.message].filter((text) => !phrases.has(text)); // a phrase alone says little
  throw new Problem(said[0] ?? value.error, {
    status: answer.status, detail: said[1] ?? hint(answer, value), code: value?.code, requestId: value?.requestId, body: value,
  });
}

const phrases = new Set([undefined, 'Unauthorized', 'Not Found', 'Conflict', 'Validation error']);

function hint(answer, value) {
  const again = answer.headers.get('Retry-After');
  if (value === undefined) return 'What came is no JSON. Is there a proxy in between?';
  if (again) return `Try again in ${again} s.`;
  if (value.code?.startsWith('MODEL')) return 'AI_PROVIDER and its key, in the settings of the server, say which model is asked.';
  if (answer.status === 503) return 'It may be over in a moment.';
  return '';
}

const id = encodeURIComponent;
const query = (values) => new URLSearchParams(Object.entries({ ownerId, ...values }).filter(([, v]) => v !== undefined && v !== ''));

export const api = {
  session: () => call('GET', '/console/session'),
  login: (email, password) => call('POST', '/auth/login', { email, password }),
  register: (email, password, name) => call('POST', '/auth/register', { email, password, name }),
  logout: () => call('POST', '/auth/logout', {}),

  workflows: (signal) => call('GET', `/workflows?${query()}`, undefined, { signal }).then((answer) => answer.workflows),
  workflow: (workflowId, signal) => call('GET', `/workflows/${id(workflowId)}?${query()}`, undefined, { signal }),
  save: (workflow) => call('POST', '/workflows/save', { ...workflow, ownerId }),
  remove: (workflowId) => call('DELETE', `/workflows/${id(workflowId)}?${query()}`),
  explain: (workflowId, signal) => call('POST', '/workflow/explain', { workflowId, ownerId }, { signal }),
  generate: (prompt, signal) => call('POST', '/workflow/generate', { prompt }, { signal, wait: modelPatience }),
  change: (workflowId, prompt, signal) => call('POST', '/workflow/generate', { prompt, workflowId, ownerId }, { signal, wait: modelPatience }),

  runSaved: (workflowId, input) => call('POST', `/workflows/${id(workflowId)}/execute`, { input, ownerId }),
  runSteps: ({ steps, edges, inputVariables }, input) => call('POST', '/workflow/execute', { steps, edges, inputVariables, input, ownerId }),
  execution: (executionId, signal) => call('GET', `/executions/${id(executionId)}`, undefined, { signal }),
  executions: (filter, signal) => call('GET', `/executions?${query(filter)}`, undefined, { signal }).then((answer) => answer.executions),
  logs: (executionId, afterSeq, signal) => call('GET', `/executions/${id(executionId)}/logs?afterSeq=${afterSeq}`, undefined, { signal }),
  cancel: (executionId) => call('POST', `/executions/${id(executionId)}/cancel`, {}),

  // published calls an API as its users do: any status is an answer.
  async published(path, input, token) {
    const began = performance.now();
    const { answer, text } = await send('POST', path, input, { wait: modelPatience, token });
    let body = text;
    try { body = JSON.parse(text); } catch { /* shown as it came */ }
    return { status: answer.status, body, executionId: answer.headers.get('X-Execution-Id'), durationMs: Math.round(performance.now() - began) };
  },
};

// newId makes the id of a workflow from its name.
export function newId(name) {
  const slug = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'workflow';
  return `${slug}-${[...crypto.getRandomValues(new Uint8Array(4))].map((b) => b.toString(16).padStart(2, '0')).join('')}`;
}
