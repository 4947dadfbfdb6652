// Places the nodes of a graph in layers, each below the ones that lead to it.
export const wide = { width: 224, height: 60, across: 24, down: 44 };
export const narrow = { width: 168, height: 54, across: 12, down: 36 };

const rounds = 6;

// layout returns where each node of a size is ({x, y} of its top left corner), the
// points that each edge passes, and the size of it all. Edges of a cycle that
// lead backwards are drawn, but place nothing.
export function layout({ nodes, edges }, size) {
  const forward = edges.filter((edge) => edge.from < edge.to); // nodes are in topological order
  const layer = nodes.map(() => 0);
  for (const node of nodes) for (const edge of forward) if (edge.to === node.at) layer[edge.to] = Math.max(layer[edge.to], layer[edge.from] + 1);

  // A long edge gets a place of its own in each layer that it crosses.
  const items = nodes.map((node) => ({ layer: layer[node.at], width: size.width, up: [], down: [] }));
  const routes = edges.map((edge) => {
    const route = [edge.from];
    if (edge.from < edge.to) {
      for (let at = layer[edge.from] + 1; at < layer[edge.to]; at++) route.push(items.push({ layer: at, width: 24, up: [], down: [] }) - 1);
    }
    route.push(edge.to);
    return route;
  });
  routes.forEach((route, i) => {
    if (edges[i].from > edges[i].to) return;
    for (let k = 1; k < route.length; k++) { items[route[k - 1]].down.push(route[k]); items[route[k]].up.push(route[k - 1]); }
  });

  const layers = [];
  items.forEach((item, i) => (layers[item.layer] ??= []).push(i));
  for (const row of layers) spread(row, items, size);
  for (let round = 0; round < rounds; round++) {
    const down = round % 2 === 0;
    for (const row of down ? layers : layers.toReversed()) place(row, items, down ? 'up' : 'down', size);
  }

  const left = Math.min(...items.map((item) => item.x - item.width / 2));
  const right = Math.max(...items.map((item) => item.x + item.width / 2));
  const top = (item) => item.layer * (size.height + size.down);
  const at = (item) => ({ x: item.x - left, y: top(item) });
  return {
    width: right - left, height: layers.length * (size.height + size.down) - size.down,
    nodes: nodes.map((_, i) => ({ x: at(items[i]).x - size.width / 2, y: top(items[i]) })),
    edges: routes.map((route) => route.map((i) => ({ ...at(items[i]), passing: i >= nodes.length }))),
  };
}

// spread sets a row out around the middle.
function spread(row, items, size) {
  let x = 0;
  for (const i of row) { items[i].x = x + items[i].width / 2; x += items[i].width + size.across; }
  for (const i of row) items[i].x -= (x - size.across) / 2;
}

// place orders a row by where its neighbours are, and moves it there as far as
// there is room.
function place(row, items, side, size) {
  const wanted = new Map(row.map((i) => {
    const near = items[i][side].map((k) => items[k].x);
    return [i, near.length ? near.reduce((a, b) => a + b) / near.length : items[i].x];
  }));
  row.sort((a, b) => wanted.get(a) - wanted.get(b));
  let edge = -Infinity;
  let drift = 0;
  for (const i of row) {
    const x = Math.max(wanted.get(i), edge + items[i].width / 2);
    items[i].x = x;
    drift += x - wanted.get(i);
    edge = x + items[i].width / 2 + size.across;
  }
  for (const i of row) items[i].x -= drift / row.length;
}
