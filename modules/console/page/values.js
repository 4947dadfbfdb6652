// Shows values, times and durations.
import { button, copyButton, el, icon } from './dom.js';
import { states } from './steps.js';

const shown = 2000; // characters of a value before "Show all"

// pretty writes a value as people read it: a text is itself.
const pretty = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2) ?? '');

// code shows a value; a long one is cut.
export function code(value, what = 'value') {
  const text = pretty(value);
  const pre = el('pre', { tabindex: '0', 'aria-label': what }, text.length > shown ? `${text.slice(0, shown)}…` : text);
  const whole = () => { pre.textContent = text; all.remove(); pre.focus(); };
  const all = text.length > shown && button(`Show all ${text.length.toLocaleString()} characters`, whole, { kind: 'small' });
  return el('div', { class: 'code' }, pre, el('div', { class: 'code-bar' }, copyButton(() => text, what)), all);
}

// fold is a value to open; it is written when it is.
export function fold(title, value, open = false) {
  const details = el('details', { class: 'fold' }, el('summary', {}, title));
  details.addEventListener('toggle', () => { if (details.open && details.children.length === 1) details.append(code(value, title)); });
  details.open = open;
  return details;
}

export const counted = (steps) => `${steps} ${steps === 1 ? 'step' : 'steps'}`;

export function took(ms) {
  if (ms === undefined || ms === null) return '';
  if (ms < 1) return '<1 ms';
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

// when shows a time as how long ago it was.
export function when(iso) {
  const at = new Date(iso);
  const seconds = Math.round((Date.now() - at) / 1000);
  const steps = [[60, 1, 's'], [3600, 60, 'min'], [86_400, 3600, 'h'], [30 * 86_400, 86_400, 'd']];
  const found = steps.find(([limit]) => seconds < limit);
  const text = seconds < 5 ? 'just now' : found ? `${Math.floor(seconds / found[1])} ${found[2]} ago` : at.toLocaleDateString();
  return el('time', { datetime: iso, title: at.toLocaleString() }, text);
}

const looks = { queued: 'idle', running: 'running', succeeded: 'ok', failed: 'failed', cancelled: 'skipped', interrupted: 'failed' };

export const ended = (status) => status !== 'queued' && status !== 'running';

// chip shows the status of a run, by colour, picture and word.
export function chip(status) {
  const state = looks[status] ?? 'idle';
  return el('span', { class: 'chip', 'data-state': state }, icon(state), status);
}

// mark shows the state of a step.
export function mark(state) {
  return el('span', { class: 'mark', 'data-state': state, role: 'img', 'aria-label': states[state] }, icon(state));
}

const pictures = { success: 'check', warning: 'warning', info: 'info' };

// hints lists remarks: {message, severity}.
export function hints(notes, kind = '') {
  const hint = ({ message, severity = 'info' }) => el('li', { 'data-severity': severity }, icon(pictures[severity] ?? 'info'), message);
  return el('ul', { class: `hints ${kind}` }, notes.map(hint));
}
