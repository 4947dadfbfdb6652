// The list of workflows beside every page.
import { api } from './api.js';
import { button, el, icon, problemBox } from './dom.js';
import { createExample } from './example.js';
import { counted, when } from './values.js';

const page = 30;

export class WorkflowList {
  constructor(root) {
    this.all = [];
    this.limit = page;
    this.search = el('input', {
      type: 'search', placeholder: 'Find a workflow', 'aria-label': 'Find a workflow', oninput: () => { this.limit = page; this.show(); },
    });
    this.items = el('ul', { class: 'list' });
    this.foot = el('div', { class: 'stack tight' });
    root.replaceChildren(
      el('div', { class: 'aside-head' }, el('h2', {}, 'Workflows'), el('a', { class: 'button small', href: '#/' }, icon('plus'), 'New')),
      this.search, this.items, this.foot);
  }

  // load reads the list anew.
  async load() {
    try {
      this.all = await api.workflows();
      this.loaded = true;
      this.show();
    } catch (err) {
      if (this.loaded) return; // what it had will do until it can be read again
      this.foot.replaceChildren(problemBox(err, () => this.load()));
    }
  }

  // select marks the workflow of the page.
  select(workflowId) {
    this.selected = workflowId;
    this.show();
  }

  show() {
    if (!this.loaded) return;
    const wanted = this.search.value.trim().toLowerCase();
    const found = this.all.filter((w) => `${w.apiName ?? ''} ${w.workflowId}`.toLowerCase().includes(wanted));
    this.search.hidden = this.all.length < 6;
    this.items.replaceChildren(...found.slice(0, this.limit).map((w) => this.item(w)));
    this.foot.replaceChildren();
    if (this.all.length === 0) {
      this.foot.append(el('p', { class: 'muted' }, 'There is none yet. Describe one, or take the example.'),
        button('Create the example', createExample, { kind: 'small', picture: 'plus' }));
    } else if (found.length === 0) this.foot.append(el('p', { class: 'muted' }, 'None is called that.'));
    else if (found.length > this.limit) this.foot.append(button(`Show more (${found.length - this.limit})`, () => this.more(), { kind: 'small' }));
  }

  more() {
    this.limit += page;
    this.show();
  }

  item(w) {
    return el('li', {}, el('a', { href: `#/workflow/${encodeURIComponent(w.workflowId)}`, 'aria-current': w.workflowId === this.selected ? 'page' : null },
      el('strong', {}, w.apiName || w.workflowId),
      el('span', { class: 'muted' }, counted(w.nodeCount), ' · ', when(w.updatedAt))));
  }
}
