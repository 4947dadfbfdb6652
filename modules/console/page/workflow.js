// The page of a saved workflow: its graph, running it, its API, its runs.
import { api } from './api.js';
import { button, el, toast } from './dom.js';
import { confirm, showStep } from './dialogs.js';
import { changeCard, lastChange } from './change.js';
import { Graph } from './graph.js';
import { publishCard } from './publish.js';
import { runCard } from './run.js';
import { runsCard } from './runs.js';
import { readGraph } from './steps.js';
import { counted, hints, when } from './values.js';

export async function workflowPage(root, id, signal, changed) {
  const workflow = await api.workflow(id, signal);
  const graph = readGraph(workflow.steps, workflow.edges);
  const explained = [];
  const drawing = new Graph(graph, (node) => showStep(node, { description: explained[node.given]?.description }));
  const name = workflow.apiName || workflow.workflowId;
  const about = el('div', { class: 'about' });
  let publish;
  const run = runCard(workflow, () => publish.refresh());
  publish = publishCard(workflow, run.form, changed);

  root.append(
    el('div', { class: 'title' },
      el('div', {}, el('h1', { tabindex: '-1' }, name),
        el('p', { class: 'muted facts' }, counted(graph.nodes.length), ' · changed ', when(workflow.updatedAt), ' · ', el('code', {}, workflow.workflowId))),
      el('div', { class: 'actions' }, button('Delete', () => remove(workflow, name), { kind: 'quiet-danger', picture: 'trash' }))),
    el('div', { class: 'split' },
      el('section', { class: 'card pin', 'aria-label': 'Workflow' }, drawing.element, about),
      el('div', { class: 'stack' },
        lastChange(), run.element, publish.element, changeCard(workflow, signal, changed), runsCard(signal, { workflowId: workflow.workflowId }))));
  explain(workflow.workflowId, signal, explained, about);
}

async function remove(workflow, name) {
  const sure = await confirm(`Delete “${name}”?`, 'Its API answers 404 at once. Its past runs stay. This cannot be undone.', 'Delete');
  if (!sure) return;
  try {
    await api.remove(workflow.workflowId);
    location.hash = '#/';
  } catch (err) {
    toast(err);
  }
}

// explain adds what the workflow does, in words; the page is whole without.
async function explain(id, signal, explained, about) {
  try {
    const { summary, steps, securityNotes } = await api.explain(id, signal);
    explained.push(...steps);
    about.append(el('p', {}, summary), hints(securityNotes));
  } catch (err) {
    if (!signal.aborted) about.append(el('p', { class: 'muted' }, `There is no explanation: ${err.message}.`));
  }
}
