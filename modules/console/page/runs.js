// Past runs, the newest first.
import { api } from './api.js';
import { button, el, problemBox } from './dom.js';
import { chip, took, when } from './values.js';

const page = 15;
const statuses = ['', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'];

// runsCard lists the runs of one workflow; or all, with the names of their
// workflows.
export function runsCard(signal, { workflowId, names } = {}) {
  const list = el('ul', { class: 'list runs' });
  const foot = el('div', { class: 'actions' });
  let last;
  const load = async (fresh) => {
    foot.replaceChildren(el('p', { class: 'muted grow' }, 'Loading…'));
    try {
      const found = await api.executions({ workflowId, status: status.value, limit: page, before: fresh ? undefined : last }, signal);
      if (fresh) list.replaceChildren();
      list.append(...found.map((x) => item(x, names)));
      last = found.at(-1)?.executionId;
      foot.replaceChildren();
      if (found.length === page) foot.append(button('Older runs', () => load(false), { kind: 'small' }));
      if (list.children.length === 0) foot.append(el('p', { class: 'muted grow' }, status.value ? `No run is ${status.value}.` : 'Nothing has run yet.'));
    } catch (err) {
      if (!signal.aborted) foot.replaceChildren(problemBox(err, () => load(fresh)));
    }
  };
  const choices = statuses.map((s) => el('option', { value: s }, s || 'any status'));
  const status = el('select', { 'aria-label': 'Show runs that are', onchange: () => load(true) }, choices);
  load(true);
  return el('section', { class: 'card', 'aria-label': 'Past runs' },
    el('div', { class: 'card-head' }, el('h2', {}, 'Past runs'), el('div', { class: 'row' }, status, button('Refresh', () => load(true), { kind: 'small' }))), list, foot);
}

function item(x, names) {
  const begun = { workflow: 'run from here', published: 'API call', inline: 'steps that were sent' }[x.trigger] ?? x.trigger;
  const name = names && (names.get(x.workflowId) ?? x.workflowId ?? 'A draft');
  return el('li', {}, el('a', { href: `#/run/${encodeURIComponent(x.executionId)}` },
    chip(x.status),
    el('span', { class: 'grow' }, name && el('strong', {}, `${name} `), el('span', { class: 'muted' }, x.error ?? begun)),
    el('span', { class: 'muted nowrap' }, took(x.durationMs) && `${took(x.durationMs)} · `, when(x.createdAt))));
}

// runsPage lists the runs of all workflows.
export async function runsPage(root, _, signal, changed, workflows) {
  const names = new Map((await workflows ?? []).map((w) => [w.workflowId, w.apiName]));
  root.append(el('div', { class: 'title' }, el('h1', { tabindex: '-1' }, 'Runs')), runsCard(signal, { names }));
}
