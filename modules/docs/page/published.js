// The APIs that saved workflows are, each with a document of its own.
import { h } from '/docs/dom.js';

const remembered = 'orchestrix.docs.owner';

export function publishedSection(needsLogin) {
  const list = h('div', { 'aria-live': 'polite' });
  const owner = h('input', { name: 'owner', value: recall() || 'user_default', autocomplete: 'off' });
  const show = async () => { list.replaceChildren(await load(needsLogin ? '' : owner.value, show)); };
  if (!needsLogin || wasLoggedIn()) show();
  else list.append(login(show));
  const form = h('form', { class: 'row', onsubmit: (e) => { e.preventDefault(); keep(owner.value); show(); } },
    h('label', {}, 'Owner (ownerId)', owner), h('button', { type: 'submit' }, 'Show'));
  return h('section', { class: 'group', id: 'published', 'aria-labelledby': 'published-title' },
    h('h2', { id: 'published-title' }, 'Your published APIs'),
    h('p', {}, 'Every saved workflow is an API with its own documentation.'),
    h('div', { class: 'panel' }, needsLogin ? null : form, list));
}

async function load(owner, again) {
  try {
    const response = await fetch(`/workflows${owner ? `?ownerId=${encodeURIComponent(owner)}` : ''}`);
    if (response.status === 401) return login(again);
    if (!owner) noteLogin();
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return cards((await response.json()).workflows.filter((w) => w.apiPath));
  } catch (error) {
    return h('p', { class: 'error' }, `The list could not be loaded: ${error.message}`);
  }
}

function cards(workflows) {
  if (!workflows.length) return h('p', { class: 'muted' }, 'There is none yet. Save a workflow, and it appears here.');
  return h('ul', { class: 'apis' }, workflows.map((w) => h('li', {},
    h('a', { href: `#api=${encodeURIComponent(w.apiPath)}` }, h('strong', {}, w.apiName || w.workflowId), h('code', {}, `POST ${w.apiPath}`)))));
}

// login is for servers where workflows belong to accounts; the session's cookie does
// the rest.
function login(again) {
  const email = h('input', { type: 'email', name: 'email', required: true, autocomplete: 'username' });
  const password = h('input', { type: 'password', name: 'password', required: true, autocomplete: 'current-password' });
  const problem = h('p', { class: 'error', role: 'alert' });
  const submit = async (e) => {
    e.preventDefault();
    problem.textContent = '';
    try {
      const response = await fetch('/auth/login', {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email: email.value, password: password.value }),
      });
      if (response.ok) return again();
      const body = await response.json();
      problem.textContent = body.message || body.error;
    } catch {
      problem.textContent = 'The server does not answer.';
    }
    return undefined;
  };
  return h('div', {},
    h('p', {}, 'This server keeps workflows by account: log in to see yours.'),
    h('form', { class: 'row', onsubmit: submit }, h('label', {}, 'E-mail', email), h('label', {}, 'Password', password), h('button', { class: 'primary', type: 'submit' }, 'Log in')),
    problem,
    h('p', { class: 'muted' }, 'Logged in already? ', h('button', { type: 'button', onclick: again }, 'Show my APIs')));
}

// Whether a session was seen here before; its cookie is out of reach of scripts.
function wasLoggedIn() { try { return sessionStorage.getItem(remembered) === 'login'; } catch { return false; } }
function noteLogin() { try { sessionStorage.setItem(remembered, 'login'); } catch { /* it is asked again */ } }

function recall() { try { return localStorage.getItem(remembered); } catch { return ''; } }
function keep(owner) { try { localStorage.setItem(remembered, owner); } catch { /* a browser without storage forgets it */ } }
