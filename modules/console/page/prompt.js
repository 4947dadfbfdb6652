// Makes a workflow from a sentence, and shows it before it is saved.
import { api } from './api.js';
import { button, el, icon, problemBox, say } from './dom.js';
import { showStep } from './dialogs.js';
import { createExample } from './example.js';
import { Graph } from './graph.js';
import { saveForm } from './publish.js';
import { runCard } from './run.js';
import { inputsOf, readGraph } from './steps.js';
import { hints, took } from './values.js';

const ideas = [
  'Create a signup API with email and password',
  'Find a product by its name and return it',
  'Log in a user and return a token',
];

let draft = null; // the last workflow that was made and not saved
let written = '';

// homePage asks what an API shall do. Changed is called with the id of what was
// saved.
export async function homePage(root, _, signal, changed, workflows) {
  const text = el('textarea', {
    id: 'prompt', rows: 3, maxlength: '4000', placeholder: ideas[0], 'aria-describedby': 'prompt-problem',
    oninput: () => { written = text.value; },
    onkeydown: (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) form.requestSubmit(); },
  }, written);
  const problem = el('div', { id: 'prompt-problem' });
  const submit = el('button', { type: 'submit', class: 'button primary' }, icon('zap'), el('span', {}, 'Make the workflow'));
  const cancel = button('Cancel', () => pending?.abort(), { hidden: true });
  const preview = el('div', { class: 'stack' });
  let pending = null;
  signal.addEventListener('abort', () => pending?.abort());

  const make = async (event) => {
    event.preventDefault();
    const prompt = text.value.trim();
    text.setAttribute('aria-invalid', String(!prompt));
    if (!prompt) {
      problem.replaceChildren(el('p', { class: 'bad', role: 'alert' }, 'Say in a sentence what the API shall do.'));
      text.focus();
      return;
    }
    pending = new AbortController();
    busy(true);
    problem.replaceChildren();
    try {
      const began = performance.now();
      const made = await api.generate(prompt, pending.signal);
      draft = { prompt, steps: made.nodes, edges: made.edges, metadata: made.metadata, durationMs: Math.round(performance.now() - began) };
      draft.inputVariables = inputsOf(draft);
      show();
      preview.querySelector('h2').focus();
      say(`A workflow with ${draft.steps.length} steps was made`);
    } catch (err) {
      if (!pending.signal.aborted) problem.replaceChildren(problemBox(err));
    } finally {
      busy(false);
    }
  };
  const busy = (on) => {
    submit.disabled = on;
    cancel.hidden = !on;
    submit.lastChild.textContent = on ? 'Making the workflow…' : 'Make the workflow';
  };
  const discard = () => { draft = null; show(); };
  const saved = (id) => { draft = null; written = ''; changed(id); };
  const show = () => preview.replaceChildren(...(draft ? draftOf(draft, discard, saved) : []));

  const take = (idea) => {
    text.value = written = idea;
    text.focus();
  };

  const form = el('form', { class: 'card hero', novalidate: true, onsubmit: make },
    el('h1', { tabindex: '-1' }, 'What should your API do?'),
    el('p', { class: 'muted' }, 'Describe it in plain words. You get a workflow that you can see, run and call as a REST API.'),
    el('label', { for: 'prompt', class: 'hidden' }, 'What your API should do'), text, problem,
    el('div', { class: 'ideas' }, ideas.map((idea) => el('button', { type: 'button', class: 'idea', onclick: () => take(idea) }, idea))),
    el('div', { class: 'actions' }, cancel, submit));
  root.append(form, preview);
  show();
  if ((await workflows)?.length === 0 && !signal.aborted && !draft) preview.append(firstSteps());
}

function draftOf({ steps, edges, metadata, durationMs, prompt, inputVariables }, discard, saved) {
  const graph = readGraph(steps, edges);
  const drawing = new Graph(graph, (node) => showStep(node));
  const maker = metadata.provider ? `${metadata.provider}${metadata.model ? ` (${metadata.model})` : ''}` : 'the server';
  return [
    el('div', { class: 'title' },
      el('div', {}, el('h2', { tabindex: '-1' }, 'A workflow from your words'),
        el('p', { class: 'muted facts' }, `“${metadata.prompt}” · made by ${maker} in ${took(durationMs)} · not saved yet`)),
      el('div', { class: 'actions' }, button('Discard', discard, { picture: 'close' }))),
    metadata.notes?.length > 0 && hints(metadata.notes.map((message) => ({ message })), 'card'),
    el('div', { class: 'split' },
      el('section', { class: 'card pin', 'aria-label': 'Workflow' }, drawing.element),
      el('div', { class: 'stack' },
        el('section', { class: 'card', 'aria-label': 'Save' }, el('h2', {}, 'Save'), saveForm({ steps, edges, inputVariables }, title(prompt), saved)),
        runCard({ steps, edges, inputVariables }).element)),
  ].filter(Boolean);
}

// title is a first name for what a sentence describes.
function title(prompt) {
  const words = prompt.split(/\s+/).slice(0, 6).join(' ').slice(0, 60).replace(/[.,;:!?]+$/, '');
  return words[0].toUpperCase() + words.slice(1);
}

function firstSteps() {
  return el('section', { class: 'card', 'aria-label': 'First steps' },
    el('h2', {}, 'New here?'),
    el('p', {}, 'Take the example: a guest book in six steps. Run it, watch each step finish, and call it as an API.'),
    el('div', { class: 'actions' }, button('Create the example', createExample, { kind: 'primary', picture: 'plus' })));
}
