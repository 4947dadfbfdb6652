// Starts runs, and shows one: its workflow, its log as it happens, its answer.
import { api } from './api.js';
import { button, el, icon, problemBox, say, toast } from './dom.js';
import { showStep } from './dialogs.js';
import { InputForm } from './form.js';
import { Graph } from './graph.js';
import { follow } from './live.js';
import { RunLog } from './log.js';
import { asksForToken, graphOfLog, inputsOf, readGraph } from './steps.js';
import { chip, code, ended, took, when } from './values.js';

const remembered = 20;
const drafts = new Map(); // of runs of what is not saved: the workflow
const inputs = new Map(); // of workflows: the last input

function remember(map, key, value) {
  map.delete(key);
  map.set(key, value);
  if (map.size > remembered) map.delete(map.keys().next().value);
}

// runCard is the form that runs a workflow; one without an id is a draft.
export function runCard(workflow, onChange) {
  const form = new InputForm(inputsOf(workflow), onChange);
  form.fill(inputs.get(workflow.workflowId));
  const problem = el('div');
  const submit = el('button', { type: 'submit', class: 'button primary' }, icon('play'), el('span', {}, 'Run'));
  const element = el('form', {
    class: 'card', novalidate: true, 'aria-label': 'Run this workflow',
    onsubmit: async (event) => {
      event.preventDefault();
      const input = form.read();
      if (!input) { say('Some fields need another value'); return; }
      submit.disabled = true;
      problem.replaceChildren();
      try {
        location.hash = `#/run/${encodeURIComponent(await start(workflow, input))}`;
      } catch (err) {
        problem.replaceChildren(problemBox(err));
      } finally {
        submit.disabled = false;
      }
    },
  },
  el('h2', {}, 'Run'),
  asksForToken(workflow) && el('p', { class: 'muted' }, 'This workflow checks a token, and a run from here has none: call its API with one.'),
  form.element, problem, el('div', { class: 'actions' }, submit));
  return { element, form };
}

async function start(workflow, input) {
  if (workflow.workflowId) remember(inputs, workflow.workflowId, input);
  const { executionId } = await (workflow.workflowId ? api.runSaved(workflow.workflowId, input) : api.runSteps(workflow, input));
  if (!workflow.workflowId) remember(drafts, executionId, workflow);
  return executionId;
}

// runPage shows the run of an id.
export async function runPage(root, id, signal) {
  const execution = await api.execution(id, signal);
  const workflow = execution.workflowId ? await api.workflow(execution.workflowId, signal).catch(forgive(signal)) : drafts.get(id);
  const history = ended(execution.status) ? await wholeLog(id, signal) : null;
  const graph = workflow ? readGraph(workflow.steps, workflow.edges) : graphOfLog(history ?? []);
  new RunView(root, execution, workflow, graph).begin(history, signal);
}

// forgive lets a run be shown whose workflow is gone.
const forgive = (signal) => (err) => { if (signal.aborted || err.status !== 404) throw err; };

async function wholeLog(id, signal) {
  const all = [];
  for (;;) {
    const page = await api.logs(id, all.at(-1)?.seq ?? -1, signal);
    all.push(...page);
    if (page.length === 0 || ends(page.at(-1)) || all.length > 20_000) return all;
  }
}

const ends = (entry) => entry.type === 'workflow_complete' || entry.type === 'workflow_failed';

class RunView {
  constructor(root, execution, workflow, graph) {
    this.execution = execution;
    this.nodes = graph.nodes;
    this.steps = new Map();
    const run = (node) => this.steps.get(node.at) ?? { state: this.drawing.nodes[node.at].state };
    this.drawing = new Graph(graph, (node) => showStep(node, { run: run(node) }));
    this.log = new RunLog({ onStep: (at, step) => this.onStep(at, step), onEnd: (end) => this.onEnd(end) });
    this.status = el('span', {}, chip(execution.status));
    this.facts = el('p', { class: 'muted facts' });
    this.result = el('div');
    this.stop = button('Cancel the run', () => this.cancel(), { picture: 'stop' });
    root.append(this.title(workflow),
      el('div', { class: 'split' },
        el('section', { class: 'card pin', 'aria-label': 'Workflow' }, this.drawing.element),
        el('div', { class: 'stack' }, this.result, el('section', { class: 'card', 'aria-label': 'Log' }, el('h2', {}, 'Log'), this.log.element))));
    this.showFacts();
  }

  title(workflow) {
    const { workflowId } = this.execution;
    const home = workflow && workflowId ? `#/workflow/${encodeURIComponent(workflowId)}` : '#/';
    const [name, back] = !workflowId ? (workflow ? ['a draft', 'Back to the draft'] : ['steps that were sent', 'Back to the workflows'])
      : workflow ? [workflow.apiName || workflowId, `Back to ${workflow.apiName || workflowId}`] : [workflowId, 'Its workflow was deleted'];
    return el('div', { class: 'title' },
      el('div', {}, el('a', { class: 'back', href: home }, icon('back'), back), el('h1', { tabindex: '-1' }, `Run of ${name}`), this.facts),
      el('div', { class: 'actions' }, this.status, this.stop, workflow && el('a', { class: 'button', href: home }, icon('play'), 'Run again')));
  }

  begin(history, signal) {
    if (history) {
      this.log.reset();
      history.forEach((entry) => this.log.add(entry));
      if (!this.log.ended) this.onEnd({ status: this.execution.status, error: this.execution.error, durationMs: this.execution.durationMs });
      return;
    }
    const leave = follow(this.execution.executionId, {
      onJoined: () => { this.log.reset(); this.drawing.reset(); this.result.replaceChildren(); },
      onEntry: (entry) => this.log.add(entry),
      onRefused: (problem) => this.result.replaceChildren(problemBox(problem)),
    });
    signal.addEventListener('abort', leave);
  }

  onStep(at, step) {
    this.steps.set(at, step);
    this.drawing.set(at, step.state, step.duration);
    if (!ended(this.execution.status)) this.setStatus('running');
  }

  onEnd({ status, error, durationMs, answer, failed }) {
    this.execution.durationMs = durationMs;
    this.setStatus(status);
    this.drawing.nodes.forEach((node, at) => { if (node.state === 'idle') this.drawing.set(at, 'skipped'); });
    say(`The run has ${status}`);
    const good = status === 'succeeded';
    this.result.replaceChildren(el('section', { class: 'card result', 'data-state': good ? 'ok' : 'failed', 'aria-label': 'Result' }, ...(good ? answerOf(answer)
      : [el('h2', {}, `The run has ${status === 'failed' ? 'failed' : `been ${status}`}`),
        error && el('p', { class: 'bad' }, error),
        failed && el('p', { class: 'muted' }, `In step ${failed.index + 1}, ${failed.name}. The log says more.`)].filter(Boolean))));
  }

  setStatus(status) {
    this.execution.status = status;
    this.status.replaceChildren(chip(status));
    this.showFacts();
  }

  showFacts() {
    const { createdAt, durationMs, trigger, status, executionId } = this.execution;
    this.stop.hidden = ended(status);
    const more = [durationMs !== undefined && `took ${took(durationMs)}`, trigger === 'published' && 'called as an API'].filter(Boolean);
    this.facts.replaceChildren(when(createdAt), ...more.map((text) => ` · ${text}`), ' · ', el('code', {}, executionId));
  }

  async cancel() {
    this.stop.disabled = true;
    try {
      await api.cancel(this.execution.executionId);
    } catch (err) {
      if (err.status !== 409) toast(err); // 409: it has ended, and the log says so
    } finally {
      this.stop.disabled = false;
    }
  }
}

function answerOf(answer) {
  if (!answer) return [el('h2', {}, 'Finished'), el('p', { class: 'muted' }, 'The run has no response step, and so no answer of its own.')];
  const { status, body } = answer;
  return [el('h2', {}, 'Answer', el('span', { class: 'chip', 'data-state': status < 400 ? 'ok' : 'failed' }, String(status))), code(body, 'answer')];
}
