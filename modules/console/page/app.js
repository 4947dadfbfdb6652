// Starts the console: who is here, which page, and the connection for live logs.
import { api, whenLoggedOut } from './api.js';
import { button, el, icon, problemBox, toast } from './dom.js';
import { closeAll } from './dialogs.js';
import { again, connect, disconnect } from './live.js';
import { loginPage } from './login.js';
import { homePage } from './prompt.js';
import { runPage } from './run.js';
import { runsPage } from './runs.js';
import { workflowPage } from './workflow.js';
import { WorkflowList } from './workflows.js';

const content = document.getElementById('content');
const aside = document.getElementById('workflows');
const account = document.getElementById('account');
const live = document.getElementById('live');

const pages = { '': homePage, workflow: workflowPage, run: runPage, runs: runsPage };

let facts = null; // what the server says of itself and of who is here
let list = null;
let listed = null; // the load of the list that is under way
let leaving = new AbortController();
let first = true; // the first page takes no focus

// show goes to the page that the address names.
async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  closeAll();
  const [kind = '', id = ''] = location.hash.replace(/^#\/?/, '').split('/').map(decode);
  const page = pages[kind] ?? homePage;
  load();
  list.select(kind === 'workflow' ? id : undefined);
  document.body.dataset.page = page === homePage ? 'home' : kind;
  mark(kind.startsWith('run') ? 'runs' : 'home');
  const root = el('div', { class: 'page' });
  content.replaceChildren(el('p', { class: 'muted loading' }, 'Loading…'));
  try {
    const whole = page(root, id, signal, changed, listed);
    if (page !== homePage) await whole;
    if (signal.aborted) return;
    content.replaceChildren(root);
    const title = root.querySelector('h1');
    document.title = `${title.textContent} · ${facts.appName}`;
    if (!first) title.focus({ preventScroll: true });
    if (!first) scrollTo(0, 0);
    first = false;
    await whole;
  } catch (err) {
    if (!signal.aborted) content.replaceChildren(problemBox(err, show), el('p', {}, el('a', { href: '#/' }, 'Back to the workflows')));
  }
}

function decode(part) {
  try { return decodeURIComponent(part); } catch { return part; }
}

function mark(page) {
  for (const link of document.querySelectorAll('nav a[data-page]')) {
    if (link.dataset.page === page) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

// load reads the list of workflows.
function load() {
  const mine = list;
  listed = mine.load().then(() => (mine.loaded ? mine.all : undefined));
}

// changed goes to the workflow that was saved.
function changed(workflowId) {
  const hash = `#/workflow/${encodeURIComponent(workflowId)}`;
  if (location.hash === hash) show();
  else location.hash = hash;
}

// enter begins with a user, or with nobody where no login is asked for.
function enter(user) {
  facts.user = user;
  account.hidden = !user;
  account.replaceChildren(...(user ? [el('span', { class: 'who', title: user.email }, user.name || user.email), button('Log out', leave, { kind: 'small' })] : []));
  aside.hidden = false;
  document.body.classList.remove('outside');
  list = new WorkflowList(aside);
  connect(showLive, () => begin(again));
  show();
}

async function leave() {
  try {
    await api.logout();
  } catch (err) {
    if (err.status !== 401) { toast(err); return; }
  }
  restart();
}

// restart forgets everything that the page holds.
function restart() {
  history.replaceState(null, '', location.pathname);
  location.reload();
}

// ask shows the login, and nothing of what was there before.
function ask() {
  leaving.abort();
  disconnect();
  closeAll();
  aside.hidden = account.hidden = live.hidden = true;
  aside.replaceChildren();
  document.body.classList.add('outside');
  document.title = `Log in · ${facts.appName}`;
  const before = facts.user?.email; // of whom the page may hold something
  loginPage(content, facts.appName, (user) => (before && before !== user.email ? restart() : enter(user)));
}

function showLive({ state, text }) {
  if (live.dataset.state === 'lost' && state === 'live') load();
  live.hidden = false;
  live.dataset.state = state;
  live.replaceChildren(icon({ live: 'ok', lost: 'warning', connecting: 'running' }[state]), el('span', {}, text));
  live.title = state === 'lost' ? 'The connection for live logs is lost; it comes back by itself' : 'The connection for live logs';
}

// begin asks who is here. Still is what to do for who was here before, and is.
async function begin(still) {
  try {
    const now = await api.session();
    const was = facts;
    facts = { ...now, user: now.user ?? was?.user };
    document.getElementById('app-name').textContent = facts.appName;
    if (now.loginRequired && !now.user) ask();
    else if (still && was?.user?.email === now.user?.email) still();
    else enter(now.user);
  } catch (err) {
    if (still) setTimeout(() => begin(still), 2000);
    else content.replaceChildren(problemBox(err, () => begin()));
  }
}

addEventListener('hashchange', () => { if (list && !document.body.classList.contains('outside')) show(); });
// The address is that of the page, so that the link may not change it.
document.querySelector('.skip').addEventListener('click', (event) => { event.preventDefault(); content.focus(); });
addEventListener('workflow-saved', (event) => changed(event.detail));
whenLoggedOut(() => { if (facts?.loginRequired && !document.body.classList.contains('outside')) ask(); });
begin();
