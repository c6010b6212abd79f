// Pieces that several views show: places, code, operations, decisions, and the panel at the side.
const SIGNS = { agent: "●", partly: "◐", person: "○", nobody: "·", own: "◇", page: "▫", system: "⚙", audited: "✓", partial: "◐", unaudited: "✕" };
const WORDS = {
  agent: "a program can", partly: "in part", person: "only a person", nobody: "nobody: not described", own: "about the person at the browser",
  page: "a page shows it", system: "the system or its operators", audited: "recorded", partial: "on some paths", unaudited: "no record",
};
const SURFACES = { gui: "page", api: "API", graphql: "GraphQL", rpc: "RPC", mcp: "MCP", cli: "command line", job: "job" };
const SOURCES = { person: "a person’s choice", branch: "a test in the code", rule: "a rule", model: "a model’s answer" };

const lines = new Map();
for (const [file, first, texts] of data.code) {
  if (!lines.has(file)) lines.set(file, new Map());
  texts.forEach((text, offset) => lines.get(file).set(first + offset, text));
}

const placeText = ([file, line]) => data.files[file] + (line ? ":" + line : "");
const place = (at) => el("code", { class: "place" }, placeText(at));

function code([file, line], before = 1, after = 4) {
  const known = lines.get(file);
  if (!known || !known.has(line)) return "";
  const rows = [];
  for (let n = line - before; n <= line + after; n++) {
    if (!known.has(n)) continue;
    rows.push(el("span", { class: n === line ? "row here" : "row" }, el("span", { class: "no", "aria-hidden": "true" }, n), known.get(n) + "\n"));
  }
  return el("pre", { class: "code", tabindex: "0", "aria-label": "code at " + placeText([file, line]) }, rows);
}

const badge = (state, words) => el("span", { class: "badge " + state }, SIGNS[state] ? SIGNS[state] + " " : "", words || WORDS[state] || state);

function effects(list) {
  if (!list || !list.length) return "";
  const unique = [...new Map(list.map((e) => [e[0] + "@" + placeText(e[2]), e])).values()];
  return el("ul", {}, unique.map(([text, , at]) => el("li", {}, text, " ", place(at))));
}

function operationCard(number, nested) {
  const o = data.operations[number];
  const others = o.others || [];
  return el("article", { class: "card" },
    el("p", { class: "name" }, o.name),
    el("p", { class: "facts" }, badge(o.state), el("span", { class: "badge" }, SURFACES[o.surface] || o.surface),
      o.auth ? el("span", { class: "badge" }, "asks for: " + o.auth) : "", o.confidence && o.confidence !== "high" ? el("span", { class: "badge" }, "confidence " + o.confidence) : ""),
    el("p", {}, o.symbol, " ", place(o.at)),
    effects(o.effects),
    (o.evidence || []).length ? el("ul", { class: "evidence" }, o.evidence.map((text) => el("li", {}, text))) : "",
    code(o.at),
    others.length && !nested ? el("details", {}, el("summary", {}, counted(others.length, "counterpart")), others.map((n) => operationCard(n, true))) : "",
    nested ? "" : el("p", {}, el("button", { type: "button", class: "link", onclick: () => { closePanel(); showCapability(capabilityOf(number), true); } }, "Show in the graph")));
}

function decisionBody(number) {
  const d = data.decisions[number];
  const silent = d.status !== "audited";
  const steps = (d.steps || []).map(([text, at], index, all) =>
    el("li", { class: index === all.length - 1 ? "change" : "" }, text, " ", place(at), code(at, 1, 2)));
  if (silent && !steps.length) steps.push(el("li", { class: "change" }, d.effect[0], " ", place(d.effect[2]), code(d.effect[2], 1, 2)));
  if (silent) steps.push(el("li", { class: "missing" }, "No durable record of who, what and why is made on this path."));
  const holds = (d.holds || "").split(" ");
  const records = (d.records || []).map(([text, at]) => el("li", { class: "record" }, text, " ", place(at), code(at, 1, 2)));
  return el("div", {},
    el("p", {}, "Decided by " + (SOURCES[d.source] || d.source) + ". It " + d.effect[0] + " ", place(d.effect[2]), "."),
    steps.length ? el("ol", { class: "path" }, steps) : "",
    records.length ? [el("h4", {}, silent ? "Other paths record it" : "Recorded by"),
      el("p", { class: "facts" }, ["who", "what", "why"].map((name) => badge(holds.includes(name) ? "audited" : "unaudited", name + (holds.includes(name) ? "" : " is missing")))),
      el("ol", { class: "path" }, silent || (d.steps || []).length ? records : [el("li", { class: "change" }, d.effect[0], " ", place(d.effect[2]), code(d.effect[2], 1, 2)), records])] : "",
    (d.operations || []).length ? el("p", {}, "Started by: ", d.operations.slice(0, 8).map((n, i) => [i ? ", " : "",
      el("button", { type: "button", class: "link", onclick: () => openPanel(data.operations[n].name, [operationCard(n)]) }, data.operations[n].name + " (" + SURFACES[data.operations[n].surface] + ")")]),
      d.operations.length > 8 ? " and " + (d.operations.length - 8) + " more" : "") : "");
}

function decisionItem(number, open) {
  const d = data.decisions[number];
  const item = el("details", { class: "decision " + d.status },
    el("summary", {}, el("span", {}, badge(d.status)), el("span", { class: "what" }, d.decision, el("small", {}, d.effect[0])), el("code", { class: "where" }, placeText(d.at))));
  const unfold = () => { if (item.open && item.children.length === 1) item.append(decisionBody(number)); };
  item.addEventListener("toggle", unfold);
  if (open) { item.open = true; unfold(); }
  return item;
}

let opener = null;
function openPanel(title, content) {
  const panel = byId("panel");
  if (!panel.open) opener = document.activeElement;
  byId("panel-title").textContent = title;
  byId("panel-body").replaceChildren(...content);
  if (!panel.open) panel.showModal();
  panel.scrollTop = 0;
  byId("panel-title").focus();
}

function closePanel() {
  if (byId("panel").open) byId("panel").close();
}
byId("panel-close").addEventListener("click", closePanel);
byId("panel").addEventListener("close", () => { if (opener && opener.isConnected) opener.focus(); });
byId("panel").addEventListener("click", (event) => { if (event.target === byId("panel")) closePanel(); });

// The first few, then the rest on request: a long list must not hold up the page.
function listed(numbers, item, step = 40) {
  const box = el("div", {});
  let shown = 0;
  const more = el("button", { type: "button", onclick: add }, "Show more");
  function add() {
    box.append(...numbers.slice(shown, shown + step).map(item));
    shown += step;
    if (shown < numbers.length) { more.textContent = "Show more (" + (numbers.length - shown).toLocaleString("en") + ")"; box.append(more); } else more.remove();
  }
  add();
  return box;
}
