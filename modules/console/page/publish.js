// The API of a workflow: how to call it, and a call right away.
import { api, newId } from './api.js';
import { button, copyButton, el, icon, problemBox } from './dom.js';
import { asksForToken } from './steps.js';
import { code, took } from './values.js';

// publishCard shows the API of a saved workflow; refresh writes the call anew with
// what the form holds.
export function publishCard(workflow, form, changed) {
  if (!workflow.apiPath) return { element: unpublished(workflow, changed), refresh() {} };
  const guarded = asksForToken(workflow);
  const token = el('input', { id: 'token', type: 'password', autocomplete: 'off' });
  const line = el('pre', { tabindex: '0', 'aria-label': 'curl command' });
  const refresh = () => { line.textContent = curl(location.origin + workflow.apiPath, form.sample(), guarded); };
  const result = el('div', { 'aria-live': 'polite' });
  const call = button('Call the API', async () => {
    const input = form.read();
    if (!input) return;
    call.disabled = true;
    try {
      result.replaceChildren(answer(await api.published(workflow.apiPath, input, token.value.trim())));
    } catch (err) {
      result.replaceChildren(problemBox(err));
    } finally {
      call.disabled = false;
    }
  }, { picture: 'send' });
  refresh();
  return {
    refresh,
    element: el('section', { class: 'card', 'aria-label': 'API' },
      el('h2', {}, 'API'),
      el('p', {}, el('span', { class: 'chip' }, 'POST'), ' ', el('code', { class: 'path' }, workflow.apiPath)),
      el('div', { class: 'code' }, line, el('div', { class: 'code-bar' }, copyButton(() => line.textContent, 'curl command'))),
      guarded && el('div', { class: 'field' }, el('label', { for: 'token' }, 'Bearer token', el('span', { class: 'muted' }, ' this workflow checks it')), token),
      el('div', { class: 'actions' }, el('p', { class: 'muted grow' }, 'Calls it with the input above, as its users do.'), call),
      result),
  };
}

function answer({ status, body, executionId, durationMs }) {
  return el('div', {},
    el('p', { class: 'row' },
      el('span', { class: 'chip', 'data-state': status < 400 ? 'ok' : 'failed' }, String(status)), el('span', { class: 'muted' }, took(durationMs)),
      executionId && el('a', { href: `#/run/${executionId}` }, 'Its log')),
    code(body, 'answer'));
}

const quote = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curl(url, input, guarded) {
  const lines = [`curl -X POST ${quote(url)}`, "-H 'Content-Type: application/json'", guarded && "-H 'Authorization: Bearer <token>'", `-d ${quote(JSON.stringify(input))}`];
  return lines.filter(Boolean).join(' \\\n  ');
}

function unpublished(workflow, changed) {
  return el('section', { class: 'card', 'aria-label': 'API' },
    el('h2', {}, 'API'), el('p', { class: 'muted' }, 'This workflow has no API yet. Saving it under a name publishes one.'), saveForm(workflow, '', changed));
}

// saveForm saves a workflow under a name, and goes to its page.
export function saveForm(workflow, name, changed) {
  const field = el('input', { id: 'save-name', type: 'text', value: name, maxlength: '80', autocomplete: 'off', 'aria-describedby': 'save-problem' });
  const problem = el('div', { id: 'save-problem' });
  const submit = el('button', { type: 'submit', class: 'button primary' }, icon('ok'), el('span', {}, 'Save and publish'));
  return el('form', {
    class: 'stack tight', novalidate: true, 'aria-label': 'Save this workflow',
    onsubmit: async (event) => {
      event.preventDefault();
      const apiName = field.value.trim();
      field.setAttribute('aria-invalid', String(!apiName));
      problem.replaceChildren(apiName ? '' : el('p', { class: 'bad' }, 'Give it a name.'));
      if (!apiName) { field.focus(); return; }
      submit.disabled = true;
      try {
        const { steps, edges, inputVariables } = workflow;
        const saved = await api.save({ workflowId: workflow.workflowId ?? newId(apiName), apiName, steps, edges, inputVariables });
        changed(saved.workflowId);
      } catch (err) {
        problem.replaceChildren(problemBox(err));
      } finally {
        submit.disabled = false;
      }
    },
  }, el('div', { class: 'field' }, el('label', { for: 'save-name' }, 'Name of the API'), field), problem, el('div', { class: 'actions' }, submit));
}
