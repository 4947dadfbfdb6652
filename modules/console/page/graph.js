// Draws a workflow: its steps as boxes in layers, arrows between them, and how
// each step of a run stands.
import { el, icon, svg } from './dom.js';
import { layout, narrow, wide } from './layout.js';
import { pictureOf, states } from './steps.js';

const most = 300; // steps that are drawn
const margin = 8;
const broad = 620; // pixels of a drawing that takes the whole page
const tall = 180; // pixels of a page that are not the drawing's
const phone = 330; // pixels that a drawing has there
const smallest = 0.74; // of the natural size; below that the drawing scrolls

const pen = document.createElement('canvas').getContext('2d');

// fit cuts a text to a width in pixels.
function fit(text, font, width) {
  pen.font = font;
  if (pen.measureText(text).width <= width) return text;
  let n = text.length;
  while (n > 1 && pen.measureText(`${text.slice(0, n)}…`).width > width) n--;
  return `${text.slice(0, n)}…`;
}

// Graph is the drawing of a workflow; onPick is called with a node that is chosen.
export class Graph {
  constructor(graph, onPick) {
    this.nodes = [];
    this.lines = [];
    this.element = el('div', { class: 'graph' });
    if (graph.nodes.length === 0) this.element.append(el('p', { class: 'muted' }, 'This workflow has no steps.'));
    else if (graph.nodes.length > most) this.element.append(el('p', { class: 'muted' }, `${graph.nodes.length} steps are too many to draw.`));
    else this.draw(graph, onPick);
  }

  draw(graph, onPick) {
    let size = wide;
    let plan = layout(graph, size);
    if (plan.width > phone && matchMedia('(max-width: 760px)').matches) plan = layout(graph, size = narrow);
    const width = plan.width + 2 * margin;
    const height = plan.height + 2 * margin;
    this.element.classList.toggle('broad', width > broad);
    this.element.classList.toggle('tall', height > innerHeight - tall);
    const drawing = svg('svg', {
      viewBox: `${-margin} ${-margin} ${width} ${height}`, width, height,
      role: 'group', 'aria-label': `The workflow, ${graph.nodes.length} steps in the order in which they run`,
    }, svg('defs', {}, arrow('arrow'), arrow('arrow-ok')));
    drawing.style.minWidth = `${Math.round(width * smallest)}px`;
    this.lines = graph.edges.map((edge, i) => ({
      ...edge, path: svg('path', { class: `line${edge.implied ? ' implied' : ''}`, d: curve(plan.edges[i], size), 'marker-end': 'url(#arrow)' }),
    }));
    this.nodes = graph.nodes.map((node) => new Node(node, { ...plan.nodes[node.at], size }, graph.nodes.length, onPick));
    drawing.append(...this.lines.map((line) => line.path), ...this.nodes.map((node) => node.element));
    this.element.append(drawing);
  }

  // set shows how a step stands.
  set(at, state, took) {
    this.nodes[at]?.set(state, took);
    for (const line of this.lines) {
      if (line.from !== at && line.to !== at) continue;
      const passed = this.nodes[line.from].state === 'ok' && ['running', 'ok', 'failed'].includes(this.nodes[line.to].state);
      line.path.classList.toggle('passed', passed);
      line.path.setAttribute('marker-end', passed ? 'url(#arrow-ok)' : 'url(#arrow)');
    }
  }

  reset() { this.nodes.forEach((_, at) => this.set(at, 'idle')); }
}

class Node {
  constructor(node, { x, y, size }, total, onPick) {
    this.node = node;
    this.total = total;
    this.badge = svg('g', { class: 'badge', transform: `translate(${size.width - 32} ${size.height / 2 - 10})` });
    this.took = svg('text', { class: 'took', x: size.width - 22, y: size.height - 7, 'text-anchor': 'middle' });
    const pick = () => onPick?.(node);
    this.element = svg('g', {
      class: 'node', transform: `translate(${x} ${y})`, role: 'button', tabindex: '0', onclick: pick,
      onkeydown: (event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); pick(); } },
    },
    svg('title', {}, `${node.label} (${node.type})`),
    svg('rect', { class: 'box', width: size.width, height: size.height, rx: 8 }),
    ...(size === wide ? beside(node, size) : above(node, size)),
    this.badge, this.took);
    this.set('idle');
  }

  set(state, took = '') {
    this.state = state;
    this.element.dataset.state = state;
    const { at, label, type } = this.node;
    this.element.setAttribute('aria-label', `Step ${at + 1} of ${this.total}: ${label}, ${type}, ${states[state]}${took && ` in ${took}`}. Show its fields`);
    this.badge.replaceChildren(svg('circle', { cx: 10, cy: 10, r: 10 }), icon(state, { x: 3, y: 3, width: 14, height: 14 }));
    this.badge.classList.toggle('raised', Boolean(took));
    this.took.textContent = took;
  }
}

// beside writes a step next to its picture; above, where there is less room, over
// a small one.
const beside = (node, { width, height }) => [
  svg('rect', { class: 'tile', x: 10, y: height / 2 - 17, width: 34, height: 34, rx: 8 }),
  icon(pictureOf(node.type), { x: 17, y: height / 2 - 10, width: 20, height: 20 }),
  ...words(node, 53, 53, width - 89, height),
];

const above = (node, { width, height }) => [
  icon(pictureOf(node.type), { x: 12, y: height / 2 + 2, width: 15, height: 15 }),
  ...words(node, 12, 31, width - 48, height),
];

const words = (node, x, typeX, room, height) => [
  svg('text', { class: 'label', x, y: height / 2 - 3 }, fit(node.label, '600 13.5px system-ui, sans-serif', room)),
  svg('text', { class: 'type', x: typeX, y: height / 2 + 14 }, fit(node.type, '12px system-ui, sans-serif', room - 15)),
];

const arrow = (id) => svg('marker', { id, viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
  svg('path', { d: 'M0 0.5L7.5 4L0 7.5z' }));

// curve leads from the bottom of one box, past those in between, to the top of
// another.
function curve(points, size) {
  const half = size.down / 2;
  const [first, ...rest] = points;
  let from = { x: first.x, y: first.y + size.height };
  let d = `M${from.x} ${from.y}`;
  for (const point of rest) {
    const bend = point.y > from.y ? half : size.down;
    d += `C${from.x} ${from.y + bend} ${point.x} ${point.y - bend} ${point.x} ${point.passing ? point.y : point.y - 1}`;
    from = { x: point.x, y: point.y };
    if (point.passing) {
      from = { x: point.x, y: point.y + size.height };
      d += `V${from.y}`;
    }
  }
  return d;
}
