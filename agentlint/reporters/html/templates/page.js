// Starts the views, the plan's links, the theme, and what paper needs.
function openBlocker(number) {
  const blocker = data.blockers[number];
  openPanel(blocker.title, [
    blocker.operations.length ? listed(blocker.operations, (n) => operationCard(n), 25) : "",
    blocker.decisions.length ? listed(blocker.decisions, (n) => decisionItem(n, blocker.decisions.length === 1), 40) : "",
    blocker.operations.length + blocker.decisions.length ? "" : el("p", {}, "See the findings of the description by rule below."),
  ].filter(Boolean));
}

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

// On paper the whole plan and the heaviest paths stand open; what was closed is closed again afterwards.
const PATHS_ON_PAPER = 8;
let unfolded = [];
addEventListener("beforeprint", () => {
  const closed = (where) => [...document.querySelectorAll(where + " details:not([open])")];
  unfolded = [...closed("#plan"), ...closed("#decision-list").slice(0, PATHS_ON_PAPER)];
  for (const fold of unfolded) { fold.open = true; fold.dispatchEvent(new Event("toggle")); }
});
addEventListener("afterprint", () => { for (const fold of unfolded) fold.open = false; });

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-blocker]");
  if (link) openBlocker(Number(link.dataset.blocker));
});
byId("theme").addEventListener("click", switchTheme);
startMatrix();
startGraph();
startDecisions();
