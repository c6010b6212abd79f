// The list of decision paths: search, two filters, a page at a time.
const DECISIONS_SHOWN = 30;
const decisionOrder = data.decisions.map((_, n) => n).sort((a, b) => {
  const rank = { unaudited: 0, partial: 1, audited: 2 };
  const [x, y] = [data.decisions[a], data.decisions[b]];
  return rank[x.status] - rank[y.status] || (y.source === "model") - (x.source === "model") || (y.weight || 0) - (x.weight || 0) || a - b;
});
const decisionText = data.decisions.map((d) => [d.decision, d.symbol, d.effect[0], placeText(d.at)].join(" ").toLowerCase());

function renderDecisions() {
  const query = byId("decision-search").value.trim(), status = byId("decision-status").value, source = byId("decision-source").value;
  const found = decisionOrder.filter((n) => (!query || matches(decisionText[n], query)) && (!status || data.decisions[n].status === status) && (!source || data.decisions[n].source === source));
  let shown = 0;
  const list = byId("decision-list"), more = byId("decision-more");
  list.replaceChildren();
  const add = () => {
    list.append(...found.slice(shown, shown + DECISIONS_SHOWN).map((n) => decisionItem(n)));
    shown = Math.min(found.length, shown + DECISIONS_SHOWN);
    more.hidden = shown >= found.length;
    byId("decision-found").textContent = counted(found.length, "decision") + (found.length > shown ? ", " + shown.toLocaleString("en") + " shown" : "");
  };
  more.onclick = add;
  add();
}

function startDecisions() {
  byId("decision-search").addEventListener("input", settled(renderDecisions));
  for (const id of ["decision-status", "decision-source"]) byId(id).addEventListener("change", renderDecisions);
  renderDecisions();
}
