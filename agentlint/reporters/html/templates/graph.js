// Draws the graph around a capability in columns; pan, zoom, and the list to choose from.
const GRAPH = { names: ["capability", "operations", "code", "decisions", "changes and records"], width: 168, gap: 42, height: 54, space: 12, top: 34 };
const MIDDLE = GRAPH.height / 2;
const view = { x: 0, y: 0, w: 1000, h: 500, whole: null, chosen: null };

function cut(text, most) {
  return text.length > most ? text.slice(0, most - 1) + "…" : text;
}

// The end of a place tells more than its beginning.
function cutLeft(text, most) {
  return text.length > most ? "…" + text.slice(text.length - most + 1) : text;
}

// Two lines at most, broken where words end if they do.
function inTwo(text, most) {
  if (text.length <= most) return [text];
  const at = Math.max(...[" ", "/", "_", "."].map((sign) => text.lastIndexOf(sign, most - 1)));
  const end = at > most / 2 ? at + 1 : most;
  return [text.slice(0, end), cut(text.slice(end), most)];
}

function laidOut(graph) {
  const columns = GRAPH.names.map((_, n) => graph.nodes.filter((node) => node.column === n)).map((list, n) => ({ list, name: GRAPH.names[n] })).filter((c) => c.list.length);
  const tallest = Math.max(...columns.map((c) => c.list.length));
  const step = GRAPH.height + GRAPH.space;
  columns.forEach(({ list }, x) => {
    if (x) orderByNeighbours(list, graph.edges);
    const start = GRAPH.top + (tallest - list.length) * step / 2;
    list.forEach((node, y) => { node.x = x * (GRAPH.width + GRAPH.gap); node.y = start + y * step; });
  });
  return { columns, width: columns.length * (GRAPH.width + GRAPH.gap) - GRAPH.gap, height: GRAPH.top + tallest * step };
}

// Nodes stand near the middle of what leads to them, so that fewer lines cross.
function orderByNeighbours(list, edges) {
  const own = new Set(list.map((node) => node.id));
  const before = new Map(list.map((node) => [node.id, []]));
  for (const { from, to } of edges) if (own.has(to) && !own.has(from)) before.get(to).push(view.placed.get(from));
  const middle = (node) => { const ys = before.get(node.id).filter((n) => n && n.y !== undefined).map((n) => n.y); return ys.length ? ys.reduce((a, b) => a + b, 0) / ys.length : 1e9; };
  const keys = new Map(list.map((node, index) => [node.id, [middle(node), index]]));
  list.sort((a, b) => (a.rank || 0) - (b.rank || 0) || keys.get(a.id)[0] - keys.get(b.id)[0] || keys.get(a.id)[1] - keys.get(b.id)[1]);
}

function edgePath(a, b) {
  if (a.column === b.column) {
    const x = a.x + GRAPH.width, bend = Math.min(60, 18 + Math.abs(a.y - b.y) / 8);
    return `M${x},${a.y + MIDDLE} C${x + bend},${a.y + MIDDLE} ${x + bend},${b.y + MIDDLE} ${x},${b.y + MIDDLE}`;
  }
  const from = a.x + GRAPH.width, to = b.x, half = (to - from) / 2;
  return `M${from},${a.y + MIDDLE} C${from + half},${a.y + MIDDLE} ${to - half},${b.y + MIDDLE} ${to},${b.y + MIDDLE}`;
}

function nodeOf(node, light) {
  const label = `${node.kind}: ${node.label}`;
  const shape = draw("g", { class: "node " + node.state, transform: `translate(${node.x},${node.y})`, tabindex: "0", role: "button", "aria-label": label },
    draw("title", {}, label), draw("rect", { class: "box", width: GRAPH.width, height: GRAPH.height, rx: 7 }),
    inTwo(node.label, 22).map((text, n) => draw("text", { x: 9, y: 17 + 14 * n }, text)),
    draw("text", { x: 9, y: 46, class: "kind" }, (SIGNS[node.state] ? SIGNS[node.state] + " " : "") + cutLeft(node.kind, 27)));
  shape.addEventListener("click", () => { if (!view.moved) node.open(); });
  shape.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.stopPropagation(); node.open(); } });
  for (const [name, on] of [["mouseenter", true], ["mouseleave", false], ["focus", true], ["blur", false]]) shape.addEventListener(name, () => light(on ? node.id : null));
  return shape;
}

function drawGraph(graph) {
  view.placed = new Map(graph.nodes.map((node) => [node.id, node]));
  const { columns, width, height } = laidOut(graph);
  const shapes = new Map(), paths = [];
  const light = (id) => {
    const near = new Set(id ? [id] : []);
    for (const { from, to } of graph.edges) { if (from === id) near.add(to); if (to === id) near.add(from); }
    for (const [key, shape] of shapes) shape.classList.toggle("dim", Boolean(id) && !near.has(key));
    for (const [edge, path] of paths) path.classList.toggle("dim", Boolean(id) && edge.from !== id && edge.to !== id);
  };
  for (const edge of graph.edges) paths.push([edge, draw("path", { class: "edge " + edge.kind, d: edgePath(view.placed.get(edge.from), view.placed.get(edge.to)) })]);
  for (const node of graph.nodes) shapes.set(node.id, nodeOf(node, light));
  const heads = columns.map(({ list, name }) => draw("text", { class: "column", x: list[0].x, y: list[0].y - 12 }, name));
  byId("graph").replaceChildren(draw("g", {}, paths.map(([, path]) => path), heads, columns.flatMap(({ list }) => list.map((node) => shapes.get(node.id)))));
  view.whole = { x: -14, y: -6, w: width + 28, h: height + 12 };
  fitGraph();
}

function applyView() {
  byId("graph").setAttribute("viewBox", [view.x, view.y, view.w, view.h].map((n) => n.toFixed(1)).join(" "));
}

// The whole graph, but never so small that its words cannot be read: then its upper left part.
function fitGraph() {
  if (!view.whole) return;
  const box = byId("graph").getBoundingClientRect();
  const wide = box.width || 900, high = box.height || 480;
  const scale = Math.min(1.3, Math.max(0.75, Math.min(wide / view.whole.w, high / view.whole.h)));
  Object.assign(view, { w: wide / scale, h: high / scale });
  view.x = view.whole.w < view.w ? view.whole.x - (view.w - view.whole.w) / 2 : view.whole.x;
  view.y = view.whole.h < view.h ? view.whole.y - (view.h - view.whole.h) / 2 : view.whole.y + (view.whole.h - view.h) / 2;
  if (view.whole.h > view.h) view.y = Math.min(view.y, view.placed.get("capability").y - view.h / 2 + MIDDLE);
  applyView();
}

function zoomGraph(factor, atX = 0.5, atY = 0.5) {
  const w = Math.min(20000, Math.max(200, view.w * factor)), ratio = w / view.w;
  view.x += view.w * (1 - ratio) * atX;
  view.y += view.h * (1 - ratio) * atY;
  view.w = w;
  view.h *= ratio;
  applyView();
}

function panGraph(dx, dy) {
  view.x += dx;
  view.y += dy;
  applyView();
}

function showCapability(capability, scroll) {
  if (!capability) return;
  view.chosen = capability;
  const graph = graphAround(capability);
  byId("graph-title").textContent = capability.name + (graph.left ? ` (${graph.left} more not drawn)` : "");
  drawGraph(graph);
  const list = byId("graph-list");
  if (![...list.children].some((o) => o.capability === capability)) list.append(capabilityOption(capability, list.children.length));
  for (const option of list.children) {
    option.setAttribute("aria-selected", String(option.capability === capability));
    const seen = option.offsetTop >= list.scrollTop && option.offsetTop + option.offsetHeight <= list.scrollTop + list.clientHeight;
    if (option.capability === capability && !seen) list.scrollTop = option.offsetTop - list.clientHeight / 3; // the list alone, not the page
  }
  if (scroll) byId("graph-section").scrollIntoView();
}

function capabilityOption(capability, n) {
  const option = el("div", { class: "option", role: "option", id: "capability-" + n, "aria-selected": String(capability === view.chosen), onclick: () => showCapability(capability) },
    el("span", { class: "sign " + capability.state, title: WORDS[capability.state] }, SIGNS[capability.state]), el("span", {}, capability.name));
  option.capability = capability;
  return option;
}

function renderCapabilities() {
  const query = byId("graph-search").value.trim(), surface = byId("graph-surface").value, state = byId("graph-state").value;
  const order = { person: 0, partly: 1, agent: 2 };
  const found = [...capabilities.values()].filter((c) => (!query || matches(c.name.toLowerCase(), query)) && (!surface || c.surfaces.has(surface)) && (!state || c.state === state));
  found.sort((a, b) => (order[a.state] ?? 3) - (order[b.state] ?? 3) || a.name.localeCompare(b.name, "en"));
  byId("graph-list").replaceChildren(...found.slice(0, 400).map(capabilityOption));
  byId("graph-found").textContent = counted(found.length, "capability").replace(/ys$/, "ies") + (found.length > 400 ? ", the first 400 listed" : "");
  if (found.length && !found.includes(view.chosen)) showCapability(view.chosen ? found[0] : telling(found));
}

// The first picture is one that shows much and is still easy to read.
function telling(found) {
  const worth = (c) => {
    const others = c.operations.some((n) => (data.operations[n].others || []).length);
    const decided = new Set(c.operations.flatMap((n) => decisionsOf.get(n) || [])).size;
    const changed = new Set(c.operations.flatMap((n) => (data.operations[n].effects || []).map((e) => e[0]))).size;
    return (c.surfaces.has("gui") ? 2 : 0) - Math.max(0, changed - 4) + (others ? 3 : 0) + Math.min(decided, 4) - Math.max(0, decided - 6) - Math.max(0, c.operations.length - 4);
  };
  return found.reduce((best, c) => (worth(c) > worth(best) ? c : best), found[0]);
}

function startGraph() {
  const svg = byId("graph"), list = byId("graph-list");
  byId("graph-search").addEventListener("input", settled(renderCapabilities));
  for (const id of ["graph-surface", "graph-state"]) byId(id).addEventListener("change", renderCapabilities);
  byId("graph-in").addEventListener("click", () => zoomGraph(0.8));
  byId("graph-out").addEventListener("click", () => zoomGraph(1.25));
  byId("graph-fit").addEventListener("click", fitGraph);
  list.addEventListener("keydown", (event) => {
    const options = [...list.children], at = options.findIndex((o) => o.capability === view.chosen);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    if (next === undefined || !options[next]) return;
    event.preventDefault();
    showCapability(options[next].capability);
    options[next].scrollIntoView({ block: "nearest" });
    list.setAttribute("aria-activedescendant", options[next].id);
  });
  svg.addEventListener("keydown", (event) => {
    const step = view.w / 12;
    const act = { ArrowLeft: () => panGraph(-step, 0), ArrowRight: () => panGraph(step, 0), ArrowUp: () => panGraph(0, -step), ArrowDown: () => panGraph(0, step),
      "+": () => zoomGraph(0.8), "=": () => zoomGraph(0.8), "-": () => zoomGraph(1.25), 0: fitGraph }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  svg.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const box = svg.getBoundingClientRect();
    zoomGraph(event.deltaY > 0 ? 1.15 : 0.87, (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }, { passive: false });
  let last = null;
  svg.addEventListener("pointerdown", (event) => { last = event; view.moved = false; });
  window.addEventListener("pointermove", (event) => {
    if (!last) return;
    const scale = view.w / svg.getBoundingClientRect().width;
    if (Math.abs(event.clientX - last.clientX) + Math.abs(event.clientY - last.clientY) > 2) { view.moved = true; svg.classList.add("dragging"); }
    panGraph((last.clientX - event.clientX) * scale, (last.clientY - event.clientY) * scale);
    last = event;
  });
  window.addEventListener("pointerup", () => { last = null; svg.classList.remove("dragging"); });
  window.addEventListener("resize", settled(fitGraph));
  renderCapabilities();
}
