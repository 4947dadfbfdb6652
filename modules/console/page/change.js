// Changes a saved workflow as a sentence says.
import { api } from './api.js';
import { el, icon, problemBox, say } from './dom.js';
import { hints } from './values.js';

let done = null; // what the last change was, until its page shows it

// lastChange tells what has just been done to the workflow of a page.
export function lastChange() {
  const said = done;
  done = null;
  return said && hints(said, 'card');
}

// changeCard asks for a change; it takes effect at once, for the API too.
export function changeCard(workflow, signal, changed) {
  const text = el('textarea', {
    id: 'change', rows: 2, maxlength: '4000', placeholder: 'Also send a welcome mail', 'aria-describedby': 'change-about change-problem',
  });
  const problem = el('div', { id: 'change-problem', 'aria-live': 'polite' });
  const submit = el('button', { type: 'submit', class: 'button' }, icon('edit'), el('span', {}, 'Change it'));
  return el('form', {
    class: 'card', novalidate: true, 'aria-label': 'Change this workflow',
    onsubmit: async (event) => {
      event.preventDefault();
      const prompt = text.value.trim();
      text.setAttribute('aria-invalid', String(!prompt));
      problem.replaceChildren(prompt ? '' : el('p', { class: 'bad' }, 'Say in a sentence what shall be different.'));
      if (!prompt) { text.focus(); return; }
      submit.disabled = true;
      try {
        const { metadata } = await api.change(workflow.workflowId, prompt, signal);
        if (metadata.preservedExisting) {
          problem.replaceChildren(el('p', {}, metadata.message));
          return;
        }
        const message = `Changed as you said: “${metadata.prompt}”. It had ${metadata.nodeCountBefore} steps and has ${metadata.nodeCountAfter}.`;
        done = [{ message, severity: 'success' }, ...(metadata.notes ?? []).map((note) => ({ message: note }))];
        say(message);
        changed(workflow.workflowId);
      } catch (err) {
        if (!signal.aborted) problem.replaceChildren(problemBox(err));
      } finally {
        submit.disabled = false;
      }
    },
  }, el('h2', {}, 'Change'), el('p', { class: 'muted', id: 'change-about' }, 'In plain words. It takes effect at once, for the API too.'),
  el('label', { for: 'change', class: 'hidden' }, 'What shall be different'), text, problem, el('div', { class: 'actions' }, submit));
}
