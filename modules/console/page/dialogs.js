// What opens above the page. The browser closes it with Escape and gives the
// focus back to where it was.
import { button, el, icon } from './dom.js';
import { code, fold, mark } from './values.js';
import { pictureOf, states } from './steps.js';

function open(dialog) {
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => { if (event.target === dialog) dialog.close(); });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

// closeAll closes what is open, for another page.
export function closeAll() { for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close(); }

// confirm asks before something that cannot be undone.
export function confirm(title, text, action) {
  return new Promise((resolve) => {
    const dialog = el('dialog', { class: 'ask', 'aria-labelledby': 'ask-title' },
      el('h2', { id: 'ask-title' }, title), el('p', {}, text),
      el('div', { class: 'actions' },
        button('Cancel', () => dialog.close(), { autofocus: true }),
        button(action, () => dialog.close('yes'), { kind: 'danger' })));
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'));
    open(dialog);
  });
}

// showStep shows the fields of a step and, of a run, what became of it.
export function showStep(node, { description, run } = {}) {
  const fields = Object.entries(node.fields).filter(([, value]) => value !== undefined);
  const dialog = el('dialog', { class: 'drawer', 'aria-labelledby': 'step-title' },
    el('header', {},
      el('span', { class: 'tile' }, icon(pictureOf(node.type))),
      el('div', {}, el('h2', { id: 'step-title' }, node.label), el('p', { class: 'muted' }, `Step ${node.at + 1} · ${node.type}${node.id && ` · ${node.id}`}`)),
      el('button', { type: 'button', class: 'close', 'aria-label': 'Close', autofocus: true, onclick: () => dialog.close() }, icon('close'))),
    description && el('p', {}, description),
    run && el('section', {}, el('h3', {}, 'In this run'), ...runOf(run)),
    el('section', {}, el('h3', {}, 'Fields'),
      fields.length ? el('dl', { class: 'fields' }, fields.map(([name, value]) => [el('dt', {}, name), el('dd', {}, code(value, name))]))
        : el('p', { class: 'muted' }, 'This step has no fields.')));
  open(dialog);
}

function runOf({ state, duration, error, input, output }) {
  return [
    el('p', { class: 'row' }, mark(state), `${states[state]}${duration ? ` in ${duration}` : ''}`),
    error && el('p', { class: 'bad' }, error),
    input !== undefined && fold('Input', input, true),
    output !== undefined && fold('Output', output, true),
  ];
}
