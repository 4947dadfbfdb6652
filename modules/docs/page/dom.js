// Small helpers to build the page. Text is always set as text, never as HTML.

export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'class') element.className = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== ''));
  return element;
}

// lazy is a details element whose inside is made when it is first opened.
export function lazy(attributes, summary, build) {
  const element = h('details', attributes, summary);
  const fill = () => {
    if (!element.open || element.filled) return;
    element.filled = true;
    element.append(build());
  };
  element.addEventListener('toggle', fill);
  element.show = () => { element.open = true; fill(); };
  return element;
}

// code is a block of text with a button that copies it.
export function code(text, wrap) {
  const button = h('button', { class: 'copy', type: 'button', onclick: () => copy(text, button) }, 'Copy');
  return h('div', { class: 'code' }, h('pre', { class: wrap ? 'wrap' : '', tabindex: '0' }, h('code', {}, text)), button);
}

async function copy(text, button) {
  let done = 'Copied';
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    done = selectText(button.parentElement.querySelector('code')) ? 'Copied' : 'Press Ctrl+C';
  }
  button.textContent = done;
  say(done);
  setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}

// selectText is for pages that come over plain HTTP, where browsers give no clipboard.
function selectText(element) {
  const range = document.createRange();
  range.selectNodeContents(element);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
  return document.execCommand && document.execCommand('copy');
}

// say tells screen readers what has changed.
export function say(text) { document.getElementById('status').textContent = text; }

// rich writes what stands between backticks as code.
export function rich(text) {
  return (text || '').split('`').map((part, i) => (i % 2 ? h('code', {}, part) : part));
}

export function json(value) { return JSON.stringify(value, null, 2); }
