// What hangs on a capability, as nodes in columns and edges between them.
const MOST = { operations: 40, decisions: 40 };
const capabilities = new Map();
data.operations.forEach((o, number) => {
  const resource = o.resource || o.symbol || o.name;
  const action = o.action || o.name;
  const name = action.toLowerCase().endsWith(resource.toLowerCase()) ? action : action + " " + resource;
  if (!capabilities.has(name.toLowerCase())) capabilities.set(name.toLowerCase(), { name, operations: [] });
  capabilities.get(name.toLowerCase()).operations.push(number);
});
const capabilityOfOperation = new Map();
for (const capability of capabilities.values()) {
  const states = new Set(capability.operations.map((n) => data.operations[n].state));
  const judged = ["person", "partly", "agent"].filter((state) => states.has(state));
  capability.state = judged.length > 1 ? "partly" : judged[0] || [...states][0];
  capability.surfaces = new Set(capability.operations.map((n) => data.operations[n].surface));
  for (const n of capability.operations) capabilityOfOperation.set(n, capability);
}
const capabilityOf = (number) => capabilityOfOperation.get(number);

const decisionsOf = new Map();
data.decisions.forEach((d, number) => {
  for (const n of d.operations || []) {
    if (!decisionsOf.has(n)) decisionsOf.set(n, []);
    decisionsOf.get(n).push(number);
  }
});

function graphAround(capability) {
  const nodes = new Map(), edges = new Map();
  const add = (id, column, state, label, kind, open, rank) => { if (!nodes.has(id)) nodes.set(id, { id, column, state, label, kind, open, rank }); return id; };
  const join = (from, to, kind) => edges.set(from + ">" + to, { from, to, kind: kind || "" });
  const root = add("capability", 0, capability.state, capability.name, "capability", () => openPanel(capability.name, [listed(capability.operations, (n) => operationCard(n), 25)]));
  const shown = capability.operations.slice(0, MOST.operations);
  const others = new Set(shown.flatMap((n) => data.operations[n].others || []));
  for (const n of [...new Set([...shown, ...others])]) addOperation(n, capability.operations.includes(n) ? root : null);
  for (const n of shown) for (const other of data.operations[n].others || []) join("o" + n, "o" + other, "counterpart");
  const decisions = [...new Set(shown.flatMap((n) => decisionsOf.get(n) || []))];
  for (const n of decisions.slice(0, MOST.decisions)) addDecision(n);
  return { nodes: [...nodes.values()], edges: [...edges.values()].filter((e) => nodes.has(e.from) && nodes.has(e.to)),
    left: capability.operations.length - shown.length + Math.max(0, decisions.length - MOST.decisions) };

  function addOperation(n, from) {
    const o = data.operations[n];
    const id = add("o" + n, 1, o.state, o.name, SURFACES[o.surface] || o.surface, () => openPanel(o.name, [operationCard(n)]));
    if (from) join(from, id);
    const handler = handlerOf(n);
    join(id, handler);
    const decided = new Set((decisionsOf.get(n) || []).map((d) => data.decisions[d].effect[0]));
    for (const effect of o.effects || []) if (!decided.has(effect[0])) join(handler, effectOf(effect));
  }

  function handlerOf(n) {
    const o = data.operations[n];
    return add("h" + o.symbol + placeText(o.at), 2, "", o.symbol || data.files[o.at[0]], placeText(o.at), () => openPanel(o.symbol || o.name, [el("p", {}, place(o.at)), code(o.at), effects(o.effects)].filter(Boolean)));
  }

  function effectOf([text, , at]) {
    return add("e" + text, 4, "", text, "change", () => openPanel(text, [el("p", {}, place(at)), code(at)].filter(Boolean)));
  }

  function addDecision(n) {
    const d = data.decisions[n];
    const id = add("d" + n, 3, d.status, d.decision, WORDS[d.status], () => openPanel(d.decision, [decisionItem(n, true)]));
    const handlers = new Set((d.operations || []).filter((o) => nodes.has("o" + o)).map(handlerOf));
    for (const handler of handlers) join(handler, id);
    join(id, effectOf(d.effect));
    for (const [text, at] of d.records || []) join(id, add("r" + text, 4, "audited", text, "record, " + placeText(at), () => openPanel(text, [el("p", {}, place(at)), code(at)].filter(Boolean)), 1));
    if (d.status !== "audited") join(id, add("r?", 4, "missing", "no record", "missing", () => openPanel(d.decision, [decisionItem(n, true)]), 2), "missing");
  }
}
