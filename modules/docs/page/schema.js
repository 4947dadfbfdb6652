// Shows JSON Schemas as lists of fields that open.
import { h, lazy } from '/docs/dom.js';

// resolve follows a reference within the document.
export function resolve(root, value) {
  for (let i = 0; value && value.$ref && i < 10; i++) {
    const { $ref, ...beside } = value;
    let found = root;
    for (const part of $ref.slice(2).split('/')) found = found?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
    value = { title: $ref.split('/').pop(), ...found, ...beside };
  }
  return value || {};
}

// typeName says in a few words what a schema takes.
export function typeName(root, schema) {
  const s = resolve(root, schema);
  if ('const' in s) return JSON.stringify(s.const);
  const choices = s.anyOf || s.oneOf;
  if (choices) return [...new Set(choices.map((c) => typeName(root, c)))].join(' or ');
  if (s.allOf) return typeName(root, s.allOf[0]);
  const types = [].concat(s.type || []);
  if (types.length === 0) return 'any';
  return types.map((t) => (t === 'array' && s.items && Object.keys(s.items).length ? `list of ${typeName(root, s.items)}` : t)).join(' or ') + (s.format ? ` (${s.format})` : '');
}

const ruleNames = {
  minLength: 'at least {} characters', maxLength: 'at most {} characters', minItems: 'at least {} items', maxItems: 'at most {} items',
  minimum: 'from {}', maximum: 'to {}', pattern: 'matches {}',
};

function rules(s) {
  const found = Object.entries(ruleNames).filter(([k]) => s[k] !== undefined && !(k === 'minLength' && s[k] === 1)).map(([k, text]) => text.replace('{}', s[k]));
  if (s.minLength === 1 || s.not) found.unshift('not empty');
  if (s.enum) found.unshift(`one of ${s.enum.map((v) => JSON.stringify(v)).join(', ')}`);
  if (s.default !== undefined) found.push(`default ${JSON.stringify(s.default)}`);
  return found.join(', ');
}

// field is one row: a name with what is known of its value, and what is in it.
export function field(root, name, schema, required, note) {
  const s = resolve(root, schema);
  return h('div', {},
    name && h('span', { class: 'name' }, name),
    h('span', { class: 'type' }, typeName(root, schema), note ? ` · ${note}` : ''),
    required && h('span', { class: 'must' }, 'required'),
    h('span', { class: 'rules' }, rules(s)),
    s.description && h('span', { class: 'text' }, s.description),
    inside(root, s));
}

// inside is what a value holds, closed until it is wanted: types may hold themselves.
function inside(root, s) {
  const parts = [];
  const add = (label, schema) => parts.push(lazy({}, h('summary', {}, label), () => fields(root, schema)));
  const items = s.items && resolve(root, s.items);
  if (s.properties) add('Fields', s);
  if (items && holds(items)) add('Each item', items);
  if (s.prefixItems) add('Items', { properties: Object.fromEntries(s.prefixItems.map((p, i) => [`[${i}]`, p])) });
  if (s.additionalProperties && holds(resolve(root, s.additionalProperties))) add('Each value', resolve(root, s.additionalProperties));
  for (const choice of s.anyOf || s.oneOf || []) {
    const c = resolve(root, choice);
    if (holds(c)) add(c.title || typeName(root, c), c);
  }
  return parts;
}

function holds(s) { return s.properties || s.items || s.anyOf || s.oneOf || s.allOf || s.prefixItems; }

// merged is a schema with those that must hold besides.
function merged(root, schema) {
  const s = resolve(root, schema);
  if (!s.allOf) return s;
  return s.allOf.map((part) => merged(root, part)).reduce((all, part) => ({
    ...all, ...part, properties: { ...all.properties, ...part.properties }, required: [...(all.required || []), ...(part.required || [])],
  }), {});
}

// fields shows a schema from its top.
export function fields(root, schema) {
  const s = merged(root, schema);
  const list = h('div', { class: 'fields' });
  const named = Object.entries(s.properties || {});
  for (const [name, property] of named) list.append(field(root, name, property, (s.required || []).includes(name)));
  if (named.length) return list;
  const choices = s.anyOf || s.oneOf;
  if (choices) {
    // The fields of the first are shown at once, the others by their names.
    const [first, ...others] = choices;
    const shown = fields(root, first);
    for (const choice of others) shown.append(field(root, `or ${resolve(root, choice).title || ''}`, choice));
    return shown;
  }
  list.append(field(root, '', s));
  return list;
}
