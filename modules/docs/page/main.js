// The page: loads an OpenAPI document and shows it, the whole platform's or, at
// #api=<path>, that of one published workflow.
import { h, say } from '/docs/dom.js';
import { operation } from '/docs/operation.js';
import { wantsToken } from '/docs/curl.js';
import { publishedSection } from '/docs/published.js';

const content = document.getElementById('content');
const contents = document.getElementById('contents');
const search = document.getElementById('search');
let shown = []; // {element, link, group, text}
let current = null; // URL of the document that is shown

async function load(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(response.status === 404 ? 'There is no such API (any more).' : `The server answered ${response.status}.`);
  return response.json();
}

// operationsOf lists the operations by tag; other names of a path are kept with it.
function operationsOf(root) {
  const all = [];
  const aliases = {};
  for (const [path, item] of Object.entries(root.paths)) {
    for (const [method, op] of Object.entries(item)) {
      if (op['x-alias-of']) (aliases[`${method} ${op['x-alias-of']}`] ||= []).push(path);
      else all.push({ method, path, op });
    }
  }
  for (const o of all) o.aliases = aliases[`${o.method} ${o.path}`] || [];
  return all;
}

function show(root, isPlatform) {
  shown = [];
  document.title = `${root.info.title} · API documentation`;
  document.getElementById('brand').textContent = isPlatform ? `${root.info.title} API` : 'API documentation';
  const all = operationsOf(root);
  const tags = root.tags || [{ name: 'Endpoint' }];
  const links = [];
  const groups = tags.map((tag) => {
    const group = h('section', { class: 'group' }, h('h2', {}, tag.name), tag.description && h('p', {}, tag.description));
    const title = h('h2', {}, tag.name);
    links.push(title);
    for (const o of all.filter((x) => !x.op.tags || x.op.tags.includes(tag.name))) {
      const element = operation(root, o);
      const link = h('a', { href: `#${o.op.operationId}`, title: `${o.method.toUpperCase()} ${o.path}` },
        h('span', { class: `method ${o.method}` }, { delete: 'DEL' }[o.method] || o.method.toUpperCase()), h('span', {}, o.path));
      const text = [o.method, o.path, ...o.aliases, o.op.summary, o.op.operationId, tag.name].join(' ').toLowerCase();
      shown.push({ element, link, group, title, text });
      links.push(link);
      group.append(element);
    }
    return group;
  });
  contents.replaceChildren(h('details', { open: matchMedia('(min-width: 861px)').matches }, h('summary', {}, 'Contents'), links));
  const listed = all.find((o) => o.op.operationId === 'workflow.list');
  content.replaceChildren(
    h('h1', {}, root.info.title),
    h('p', { class: 'lead' }, root.info.description, isPlatform ? '' : h('span', {}, ' Saved ', when(root.info.version), '. ', h('a', { href: '#' }, 'All endpoints'), '.')),
    ...(isPlatform ? [publishedSection(Boolean(listed && wantsToken(listed.op)))] : []), ...groups);
  search.parentElement.hidden = !isPlatform;
  if (!isPlatform) search.value = '';
  if (!isPlatform) shown[0]?.element.show();
  filter();
}

function when(version) {
  const date = new Date(version);
  return Number.isNaN(date.getTime()) ? version : h('time', { datetime: version }, date.toLocaleString());
}

// filter shows the endpoints that have every word of the search.
function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const left = new Set();
  let count = 0;
  for (const s of shown) {
    const fits = words.every((w) => s.text.includes(w));
    s.element.hidden = s.link.hidden = !fits;
    s.link.style.display = fits ? '' : 'none';
    if (fits) { left.add(s.group); count++; }
  }
  for (const s of shown) { s.group.hidden = !left.has(s.group); s.title.hidden = s.group.hidden; }
  const published = document.getElementById('published');
  if (published) published.hidden = words.length > 0;
  if (words.length) say(`${count} of ${shown.length} endpoints`);
}

// route shows what the address asks for.
async function route() {
  const hash = decodeURIComponent(location.hash.slice(1));
  const api = hash.startsWith('api=/workflow/run/') ? hash.slice(4) : '';
  const url = `${api}/openapi.json`;
  document.getElementById('raw').href = url;
  if (url !== current) {
    try {
      show(await load(url), !api);
      current = url;
    } catch (error) {
      content.replaceChildren(h('h1', {}, 'Not found'), h('p', { class: 'error' }, error.message), h('p', {}, h('a', { href: '#' }, 'All endpoints')));
      contents.replaceChildren();
      current = null;
    }
    scrollTo(0, 0);
  }
  for (const s of shown) {
    const here = s.element.id === hash;
    s.link.toggleAttribute('aria-current', here);
    if (here) { s.element.hidden = false; s.element.show(); s.element.scrollIntoView({ block: 'start' }); }
  }
  if (hash === 'published') document.getElementById('published')?.scrollIntoView();
}

search.addEventListener('input', filter);
addEventListener('keydown', (e) => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName || '');
  if (e.key === '/' && !typing && !e.ctrlKey && !e.metaKey) { e.preventDefault(); search.focus(); }
  if (e.key === 'Escape' && document.activeElement === search) { search.value = ''; filter(); }
});
// The address says which document is shown, so that the link may not change it.
document.querySelector('.skip').addEventListener('click', (e) => { e.preventDefault(); content.focus(); });
addEventListener('hashchange', route);
route();
