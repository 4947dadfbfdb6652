// A form made from the variables of a workflow.
import { el } from './dom.js';

const kinds = { int: 'number', integer: 'number', float: 'number', bool: 'boolean', json: 'object', list: 'array' };
const samples = { number: 0, boolean: false, object: {}, array: [] };
const secret = /passw|secret|token/i;
let forms = 0;

export class InputForm {
  constructor(variables, onChange = () => {}) {
    this.number = ++forms;
    this.fields = variables.map((variable, i) => this.field(variable, i));
    this.raw = el('textarea', { id: `json-${this.number}`, rows: 8, spellcheck: 'false', class: 'mono', 'aria-describedby': `json-${this.number}-bad` });
    this.rawBad = el('p', { class: 'bad', id: `json-${this.number}-bad` });
    this.rawBox = el('div', { class: 'field', hidden: true }, el('label', { for: this.raw.id }, 'Input as JSON'), this.raw, this.rawBad);
    this.box = el('div', { class: 'fields-box' }, this.fields.length ? this.fields.map((f) => f.element)
      : el('p', { class: 'muted' }, 'This workflow asks for no input.'));
    this.asJSON = el('input', { type: 'checkbox', id: `as-json-${this.number}`, onchange: () => this.toggle() });
    this.element = el('div', { oninput: onChange, onchange: onChange }, this.box, this.rawBox,
      el('div', { class: 'row switch' }, this.asJSON, el('label', { for: this.asJSON.id }, 'Write the input as JSON')));
  }

  field(variable, i) {
    const kind = kinds[variable.type] ?? variable.type ?? 'string';
    const id = `input-${this.number}-${i}`;
    const control = controlOf(kind, variable, id);
    const bad = el('p', { class: 'bad', id: `${id}-bad` });
    const element = el('div', { class: 'field' },
      el('label', { for: id }, variable.name, variable.required && el('span', { class: 'required' }, ' required'), el('span', { class: 'muted' }, ` ${kind}`)),
      control, bad);
    return { variable, kind, control, bad, element };
  }

  // toggle goes from the form to JSON and back.
  toggle() {
    if (this.asJSON.checked) this.raw.value = JSON.stringify(this.sample(true), null, 2);
    this.rawBox.hidden = !this.asJSON.checked;
    this.box.hidden = this.asJSON.checked;
  }

  // fill writes the values of an earlier input.
  fill(input) {
    for (const { variable, control, kind } of this.fields) {
      const value = input?.[variable.name];
      if (value !== undefined) control.value = written(kind, value);
    }
  }

  // read returns the input, or undefined after it has said what is wrong.
  read() {
    const input = {};
    const wrong = [];
    for (const field of this.asJSON.checked ? [this.rawField()] : this.fields) {
      const { value, problem } = parse(field);
      field.bad.textContent = problem ?? '';
      field.control.setAttribute('aria-invalid', String(Boolean(problem)));
      if (problem) wrong.push(field.control);
      else if (field.variable.name === undefined) Object.assign(input, value);
      else if (value !== undefined) input[field.variable.name] = value;
    }
    wrong[0]?.focus();
    return wrong.length ? undefined : input;
  }

  // sample is the input as it stands, with something of the right type where
  // there is none yet. What is hidden in the form stays so, unless all is wanted.
  sample(all = false) {
    const input = {};
    for (const field of this.fields) {
      const { value } = parse(field);
      const hidden = field.control.type === 'password' && !all;
      if (value !== undefined && !hidden) input[field.variable.name] = value;
      else if (value !== undefined || field.variable.required) input[field.variable.name] = samples[field.kind] ?? '…';
    }
    if (!this.asJSON.checked) return input;
    return parse(this.rawField()).value ?? input;
  }

  rawField() { return { variable: {}, kind: 'object', control: this.raw, bad: this.rawBad }; }
}

function controlOf(kind, variable, id) {
  const common = { id, 'aria-describedby': `${id}-bad`, 'aria-required': variable.required ? 'true' : null, autocomplete: 'off' };
  const value = variable.default === undefined || variable.default === null ? '' : written(kind, variable.default);
  if (kind === 'boolean') {
    const choice = el('select', common, !variable.required && el('option', { value: '' }, 'not sent'), ['true', 'false'].map((v) => el('option', { value: v }, v)));
    choice.value = value || (variable.required ? 'false' : '');
    return choice;
  }
  if (kind === 'object' || kind === 'array') {
    return el('textarea', { ...common, rows: 3, class: 'mono', spellcheck: 'false', placeholder: kind === 'array' ? '[ ]' : '{ }' }, value);
  }
  if (value.includes('\n')) return el('textarea', { ...common, rows: 4 }, value);
  const type = secret.test(variable.name) ? 'password' : kind === 'email' ? 'email' : 'text';
  return el('input', { ...common, type, value, inputmode: kind === 'number' ? 'decimal' : null, ...(type === 'password' && { autocomplete: 'new-password' }) });
}

const written = (kind, value) => (typeof value === 'string' ? value : JSON.stringify(value, null, kind === 'object' || kind === 'array' ? 2 : 0));

// parse reads a control: {value}, undefined when it is left empty, or {problem}.
function parse({ variable, kind, control }) {
  const text = control.value;
  if (text.trim() === '') return variable.required ? { problem: 'This is required.' } : {};
  switch (kind) {
    case 'number': {
      const value = Number(text);
      return Number.isFinite(value) ? { value } : { problem: 'This must be a number, such as 12.5.' };
    }
    case 'boolean':
      return { value: text === 'true' };
    case 'object':
    case 'array':
      return parseJSON(kind, text);
    default:
      return { value: text };
  }
}

function parseJSON(kind, text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (err) {
    return { problem: `This is not JSON: ${err.message}` };
  }
  const found = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  return found === kind ? { value } : { problem: `This must be ${kind === 'array' ? 'an array, such as [1, 2]' : 'an object, such as {"a": 1}'}.` };
}
