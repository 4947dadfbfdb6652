// Reads a workflow's definition the way the engine does (docs: workflow format).
const known = {
  input: 'user', inputValidation: 'check', authMiddleware: 'lock', userLogin: 'login', dbFind: 'search', dbInsert: 'database',
  dbUpdate: 'edit', dbDelete: 'trash', emailSend: 'mail', delay: 'clock', jwtGenerate: 'key', response: 'send',
};

export const states = { idle: 'not run', running: 'running', ok: 'finished', failed: 'failed', skipped: 'skipped' };

export const pictureOf = (type) => known[type] ?? 'zap';

const object = (v) => (v && typeof v === 'object' && !Array.isArray(v) ? v : null);
const text = (v) => (typeof v === 'string' ? v : '');

// readGraph returns the steps in the order in which they run, and the edges
// between them by their places in it. Without edges one step follows the other.
export function readGraph(steps, edges) {
  const given = (Array.isArray(steps) ? steps : []).map((step) => object(step) ?? {});
  const places = new Map(given.map((step, i) => [text(step.id), i]).filter(([id]) => id));
  const pairs = new Map();
  for (const edge of Array.isArray(edges) ? edges : []) {
    const from = places.get(edge?.source);
    const to = places.get(edge?.target);
    if (from !== undefined && to !== undefined && from !== to) pairs.set(`${from} ${to}`, [from, to]);
  }
  const real = [...pairs.values()];
  const order = topological(given.length, real) ?? given.map((_, i) => i);
  const place = new Map(order.map((index, at) => [index, at]));
  const nodes = order.map((index, at) => readStep(given[index], at, index));
  const lines = real.length ? real.map(([from, to]) => ({ from: place.get(from), to: place.get(to) }))
    : nodes.slice(1).map((_, i) => ({ from: i, to: i + 1, implied: true }));
  return { nodes, edges: lines };
}

// topological sorts by edges, ties by the given order; null when there is a cycle.
function topological(n, edges) {
  const next = Array.from({ length: n }, () => []);
  const waits = new Array(n).fill(0);
  for (const [from, to] of edges) { next[from].push(to); waits[to]++; }
  const ready = waits.flatMap((w, i) => (w ? [] : [i]));
  const sorted = [];
  while (ready.length) {
    const i = ready.splice(ready.indexOf(Math.min(...ready)), 1)[0];
    sorted.push(i);
    for (const t of next[i]) if (--waits[t] === 0) ready.push(t);
  }
  return sorted.length === n ? sorted : null;
}

function readStep(step, at, given) {
  const data = object(step.data);
  const lifted = object(data?.fields);
  const { id, type, name, position, data: inner, ...flat } = step;
  const fields = { ...(lifted ?? (inner === undefined ? flat : { ...flat, data: inner })) };
  if (fields.output === fields.outputVar) delete fields.output;
  const label = lifted ? text(data.label) || text(id) : text(name);
  return { at, given, id: text(id), type: text(type) || 'unknown', label: label || `${text(type)}_${at}`, fields };
}

// graphOfLog is the line of steps that a log tells of, for runs whose workflow is
// not known.
export function graphOfLog(entries) {
  const steps = [];
  for (const entry of entries) if (entry.stepIndex !== undefined) steps[entry.stepIndex] ??= { type: entry.stepType, name: entry.stepName };
  return readGraph(steps.filter(Boolean), []);
}

// asksForToken tells whether callers of a workflow must show a token.
export const asksForToken = ({ steps }) => Array.isArray(steps) && steps.some((step) => step?.type === 'authMiddleware');

// inputsOf are the variables that a workflow asks for.
export function inputsOf({ inputVariables, steps }) {
  const own = Array.isArray(inputVariables) ? inputVariables : [];
  const declared = (Array.isArray(steps) ? steps : []).filter((s) => s?.type === 'input')
    .flatMap((s) => s.data?.fields?.variables ?? s.variables ?? s.data?.variables ?? []);
  const all = new Map();
  for (const v of [...own, ...declared]) {
    const name = text(v?.name);
    if (name) all.set(name, { ...v, ...all.get(name), name });
  }
  return [...all.values()];
}
