// Builds elements. Workflows are other people's text, so text is only ever text:
// nothing here reads HTML.
const SVG = 'http://www.w3.org/2000/svg';

// el makes an element. Properties that begin with "on" are listeners, the others
// attributes; true is an empty attribute; false, null and undefined are none.
export function el(name, properties, ...children) { return fill(document.createElement(name), properties, children); }

// svg is el for drawings.
export function svg(name, properties, ...children) { return fill(document.createElementNS(SVG, name), properties, children); }

function fill(element, properties, children) {
  for (const [key, value] of Object.entries(properties ?? {})) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value != null) element.setAttribute(key, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

const paths = {
  user: 'M20 21a8 8 0 0 0-16 0M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8',
  check: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4',
  lock: 'M6 11h12v9H6zM9 11V7a3 3 0 0 1 6 0v4',
  login: 'M14 4h5v16h-5M4 12h10M10 8l4 4-4 4',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M20 20l-4-4',
  database: 'M5 6c0-1.7 3-3 7-3s7 1.3 7 3-3 3-7 3-7-1.3-7-3zv12c0 1.7 3 3 7 3s7-1.3 7-3V6M5 12c0 1.7 3 3 7 3s7-1.3 7-3',
  edit: 'M4 20h4L19 9l-4-4L4 16zM13 7l4 4',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5',
  mail: 'M3 6h18v12H3zM3 7l9 7 9-7',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3 2',
  key: 'M8 20a4 4 0 1 0 0-8 4 4 0 0 0 0 8M11 13l8-8M16 8l3 3',
  send: 'M21 3L10 14M21 3l-7 18-4-7-7-4z',
  zap: 'M13 2L4 14h7l-1 8 9-12h-7z',
  ok: 'M5 13l4 4L19 7',
  failed: 'M7 7l10 10M17 7L7 17',
  skipped: 'M6 12h12',
  running: 'M12 4a8 8 0 1 1-8 8',
  idle: 'M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10',
  warning: 'M12 3l10 18H2zM12 10v5M12 18v.5',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 11v6M12 7v.5',
  play: 'M8 5l11 7-11 7z',
  stop: 'M7 7h10v10H7z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  plus: 'M12 5v14M5 12h14',
  back: 'M15 5l-7 7 7 7',
  close: 'M6 6l12 12M18 6L6 18',
};

// icon draws one of the pictures above; what it means is said beside it.
export function icon(name, properties) {
  return svg('svg', { viewBox: '0 0 24 24', class: `icon icon-${name}`, 'aria-hidden': 'true', ...properties }, svg('path', { d: paths[name] ?? paths.zap }));
}

export function button(text, onclick, { kind = '', picture, ...rest } = {}) {
  return el('button', { type: 'button', class: `button ${kind}`, onclick, ...rest }, picture && icon(picture), el('span', {}, text));
}

// copyButton copies what text() returns, also where the page has no clipboard
// because it came without HTTPS.
export function copyButton(text, what) {
  const name = `Copy ${what}`;
  const pressed = el('button', {
    type: 'button', class: 'button small square', 'aria-label': name, title: name,
    onclick: async () => {
      const done = await copy(text());
      say(done ? 'Copied' : 'Copying is not possible here');
      pressed.replaceChildren(icon(done ? 'ok' : 'failed'));
      setTimeout(() => pressed.replaceChildren(icon('copy')), 2000);
    },
  }, icon('copy'));
  return pressed;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el('textarea', { class: 'hidden' });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

// say tells a screen reader what has changed.
export function say(text) { document.getElementById('said').textContent = text; }

// problemBox shows a failure where it happened, with a way to try again.
export function problemBox(problem, again) {
  const small = [problem.status && `status ${problem.status}`, problem.code, problem.requestId && `request ${problem.requestId}`].filter(Boolean).join(' · ');
  return el('div', { class: 'problem', role: 'alert' }, icon('warning'), el('div', {},
    el('strong', {}, problem.title ?? 'Something went wrong in this page'),
    (problem.detail ?? String(problem)) && el('p', {}, problem.detail ?? String(problem)),
    small && el('p', { class: 'small' }, small),
    again && button('Try again', again, { kind: 'small' })));
}

// toast shows a failure of something that has no place of its own.
export function toast(problem) {
  const note = problemBox(problem);
  note.removeAttribute('role'); // the list is the alert
  note.append(el('button', { type: 'button', class: 'close', 'aria-label': 'Dismiss', onclick: () => note.remove() }, icon('close')));
  const list = document.getElementById('toasts');
  list.append(note);
  while (list.children.length > 3) list.firstChild.remove();
}
