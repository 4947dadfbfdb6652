// Shows one endpoint.
import { code, h, json, lazy, rich } from '/docs/dom.js';
import { field, fields, resolve } from '/docs/schema.js';
import { curl, wantsToken } from '/docs/curl.js';

// operation is an endpoint, closed.
export function operation(root, { method, path, op, aliases }) {
  const summary = h('summary', {},
    h('span', { class: `method ${method}` }, method.toUpperCase()),
    h('code', { class: 'path' }, pathParts(path)),
    h('span', { class: 'about' }, op.summary),
    wantsToken(op) && h('span', { class: 'tagline' }, op.security.some((s) => s.cookie) ? 'login' : 'token'));
  const element = lazy({ class: 'op', id: op.operationId }, summary, () => details(root, method, path, op, aliases));
  element.addEventListener('toggle', () => { if (element.open && op.operationId !== 'call') history.replaceState(null, '', `#${op.operationId}`); });
  return element;
}

function pathParts(path) {
  return path.split(/(\{[^}]*\})/).map((part) => (part.startsWith('{') ? h('i', {}, part) : part));
}

function details(root, method, path, op, aliases) {
  const body = op.requestBody?.content?.['application/json'];
  return h('div', {},
    op.description && h('p', {}, op.description),
    h('p', { class: 'muted' }, access(op)),
    aliases.length > 0 && h('p', { class: 'muted' }, 'Also served at ', aliases.flatMap((a, i) => [i ? ', ' : '', h('code', {}, a)])),
    h('h3', {}, 'Call it'), code(curl(root, method, path, op), true),
    parameters(root, op),
    body && [h('h3', {}, op.requestBody.required ? 'Body' : 'Body (may be left out)'), fields(root, body.schema), example(body)],
    h('h3', {}, 'Answers'), Object.entries(op.responses).map(([status, response]) => answer(root, status, response)));
}

function access(op) {
  if (!op.security) return 'Anyone may call this.';
  if (!wantsToken(op)) return 'Anyone may call this; a bearer token that comes with it counts.';
  return op.security.some((s) => s.cookie) ? 'Needs a login: Authorization: Bearer, or the session cookie.' : 'Needs a token: Authorization: Bearer.';
}

function parameters(root, op) {
  const all = (op.parameters || []).map((p) => resolve(root, p));
  if (!all.length) return null;
  const rows = all.map((p) => field(root, p.name, { ...resolve(root, p.schema), description: p.description }, p.required, p.in));
  return [h('h3', {}, 'Parameters'), h('div', { class: 'fields' }, rows)];
}

function answer(root, status, ref) {
  const response = resolve(root, ref);
  const summary = h('summary', {},
    h('span', { class: `status s${status[0]}` }, status === 'default' ? 'other' : status),
    h('span', { class: 'about' }, rich(response.description)));
  const content = Object.entries(response.content || {});
  const headers = Object.entries(response.headers || {});
  if (!content.length && !headers.length) return h('details', { class: 'response' }, summary, h('div', {}, h('p', { class: 'muted' }, 'No body.')));
  return lazy({ class: 'response' }, summary, () => h('div', {},
    headers.length > 0 && h('div', { class: 'fields' }, headers.map(([name, header]) => field(root, name, { ...header.schema, description: header.description }, false, 'header'))),
    content.map(([type, media]) => [type !== 'application/json' && h('p', { class: 'muted' }, `Content-Type: ${type}`), fields(root, media.schema), example(media)])));
}

function example(media) { return media.example !== undefined && code(json(media.example)); }
