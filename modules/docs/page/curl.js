// Writes the command that calls an endpoint.
import { resolve } from '/docs/schema.js';

export function curl(root, method, path, op) {
  const parameters = (op.parameters || []).map((p) => resolve(root, p));
  let url = path;
  const query = [];
  for (const p of parameters) {
    const value = exampleOf(root, p);
    if (p.in === 'path') url = url.replace(`{${p.name}}`, encodeURIComponent(value));
    else if (p.in === 'query' && p.required) query.push(`${p.name}=${encodeURIComponent(value)}`);
  }
  if (query.length) url += `?${query.join('&')}`;
  const parts = [`curl ${method === 'get' ? '' : `-X ${method.toUpperCase()} `}${quote(location.origin + url)}`];
  if (wantsToken(op)) parts.push('-H "Authorization: Bearer $TOKEN"');
  const media = op.requestBody?.content?.['application/json'];
  if (media) {
    parts.push("-H 'Content-Type: application/json'");
    parts.push(`-d ${quote(JSON.stringify(media.example ?? {}))}`);
  }
  return parts.join(' \\\n  ');
}

// wantsToken says whether a call without one is refused.
export function wantsToken(op) {
  return (op.security || []).length > 0 && !op.security.some((s) => Object.keys(s).length === 0);
}

function exampleOf(root, p) {
  const s = resolve(root, p.schema);
  return String(s.examples?.[0] ?? s.default ?? s.enum?.[0] ?? p.name);
}

function quote(text) { return `'${text.replaceAll("'", `'\\''`)}'`; }
