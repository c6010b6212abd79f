// The capability matrix: rows of resources, cells of actions, one cell at a time in the tab order.
const COLUMNS = ["create", "read", "update", "delete"];
const FIRST_ROWS = 40;
const matrix = { all: false, cells: [] };

// A cell that neither an operation nor a description speaks of is only a dot.
const shownIn = (cell) => (cell.operations || []).length + (cell.notes || []).length > 0;

function matrixCount(cell) {
  const judged = (cell.operations || []).map((n) => data.operations[n]).filter((o) => ["agent", "partly", "person"].includes(o.state) && o.surface === "gui");
  const reached = judged.filter((o) => o.state === "agent").length;
  return judged.length > 1 ? reached + "/" + judged.length : "";
}

function matrixCell(row, cell, action) {
  if (!shownIn(cell)) return null;
  const label = (cell.name || action) + " " + row.resource + ": " + (WORDS[cell.state] || cell.state);
  return el("button", { type: "button", class: "cell " + cell.state, tabindex: "-1", title: label, "aria-label": label, onclick: () => openCell(row, cell, action) },
    el("span", { "aria-hidden": "true" }, SIGNS[cell.state]), cell.name ? " " + cell.name : "", " ", el("span", { class: "count" }, matrixCount(cell)));
}

function openCell(row, cell, action) {
  const order = { person: 0, partly: 1, agent: 2 };
  const numbers = [...(cell.operations || [])].sort((a, b) => (order[data.operations[a].state] ?? 3) - (order[data.operations[b].state] ?? 3) || a - b);
  const notes = (cell.notes || []).map((text) => el("p", { class: "card" }, badge("nobody", "not described"), " ", text));
  openPanel((cell.name || action) + " " + row.resource, [...notes, listed(numbers, (n) => operationCard(n), 25)]);
}

function matrixRow(row) {
  const cells = COLUMNS.map((action, n) => {
    const button = matrixCell(row, row.cells[n], action);
    return button ? el("td", { role: "gridcell" }, button) : el("td", { role: "gridcell", class: "empty", "aria-label": "no operation found" }, "·");
  });
  const named = row.named.map((cell) => matrixCell(row, cell, cell.name)).filter(Boolean);
  return el("tr", {}, el("th", { scope: "row" }, row.resource), cells, el("td", { role: "gridcell" }, named));
}

function matrixRows() {
  const query = byId("matrix-search").value.trim();
  const wanted = [...document.querySelectorAll("input[name=matrix-state]:checked")].map((box) => box.value);
  return data.matrix.filter((row) => (!query || matches((row.resource + " " + row.named.map((c) => c.name).join(" ")).toLowerCase(), query))
    && (!wanted.length || [...row.cells, ...row.named].some((cell) => shownIn(cell) && wanted.includes(cell.state))));
}

function renderMatrix() {
  const rows = matrixRows();
  const shown = matrix.all ? rows : rows.slice(0, FIRST_ROWS);
  const head = el("thead", {}, el("tr", {}, ["resource", ...COLUMNS, "its own actions"].map((name) => el("th", { scope: "col" }, name))));
  byId("matrix").replaceChildren(head, el("tbody", {}, shown.map(matrixRow)));
  matrix.cells = shown.map((_, n) => [...byId("matrix").tBodies[0].rows[n].querySelectorAll(".cell")]);
  const first = matrix.cells.flat()[0];
  if (first) first.tabIndex = 0;
  byId("matrix-shown").textContent = counted(shown.length, "row") + " of " + rows.length.toLocaleString("en");
  byId("matrix-more").hidden = shown.length === rows.length;
}

const MOVES = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
function moveInMatrix(event) {
  const move = MOVES[event.key];
  const current = event.target.closest(".cell");
  if (!move || !current) return;
  event.preventDefault();
  const row = matrix.cells.findIndex((cells) => cells.includes(current));
  const across = matrix.cells[row].indexOf(current) + move[1];
  let target = move[1] ? matrix.cells[row][across] : null;
  if (move[0]) {
    const middle = current.getBoundingClientRect().left;
    for (let n = row + move[0]; n >= 0 && n < matrix.cells.length && !target; n += move[0]) {
      const distance = (cell) => Math.abs(cell.getBoundingClientRect().left - middle);
      target = [...matrix.cells[n]].sort((a, b) => distance(a) - distance(b))[0];
    }
  }
  if (!target) return;
  current.tabIndex = -1;
  target.tabIndex = 0;
  target.focus();
}

function startMatrix() {
  const counts = {};
  for (const row of data.matrix) {
    for (const cell of [...row.cells, ...row.named]) if (shownIn(cell)) counts[cell.state] = (counts[cell.state] || 0) + 1;
  }
  for (const output of document.querySelectorAll("[data-count]")) {
    output.textContent = (counts[output.dataset.count] || 0).toLocaleString("en");
    output.closest("label").hidden = !counts[output.dataset.count];
  }
  byId("matrix-search").addEventListener("input", settled(renderMatrix));
  for (const box of document.querySelectorAll("input[name=matrix-state]")) box.addEventListener("change", renderMatrix);
  byId("matrix-more").addEventListener("click", () => { matrix.all = true; renderMatrix(); });
  byId("matrix").addEventListener("keydown", moveInMatrix);
  renderMatrix();
}
