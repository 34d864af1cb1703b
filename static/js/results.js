/* Rows that take a result. On a row that has the focus, never in a field (WCAG 2.1.4), single keys give a result and walk the
   rows; one row is in the order of the Tab key. Everything works without it. */
"use strict";
const results = document.querySelector("[data-results]");
const rowsOf = () => [...results.tBodies[0].rows];
const isPlain = (e) => !(e.ctrlKey || e.metaKey || e.altKey || e.shiftKey);
const focusRow = (row) => {
  if (!row) return;
  for (const other of rowsOf()) other.tabIndex = other === row ? 0 : -1;
  row.focus();
};
/* The next row without a result after this one, else the first of the page. */
const nextToRun = (row) => {
  const rows = rowsOf(), at = rows.indexOf(row);
  return [...rows.slice(at + 1), ...rows.slice(0, at)].find((other) => other.hasAttribute("data-to-run"));
};
if (results) {
  rowsOf().forEach((row, n) => { row.tabIndex = n ? -1 : 0; });
  const walk = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
  const give = { p: "passed", f: "failed", b: "blocked" };
  results.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && e.target.name === "note") focusRow(e.target.closest("tr"));
    if (e.target.tagName !== "TR" || !isPlain(e)) return;
    const row = e.target, rows = rowsOf();
    if (walk[e.key]) focusRow(rows[rows.indexOf(row) + walk[e.key]]);
    else if (e.key === "n") focusRow(nextToRun(row));
    else if (e.key === "Enter") row.querySelector("[name=note]")?.focus();
    else if (give[e.key]) row.querySelector(`[name=result][value=${give[e.key]}]:not([hidden])`)?.click();
    else return;
    e.preventDefault();
  });
  /* A row comes back with its result: on to the next one, to the defect of one that failed, or to its note when refused. */
  document.addEventListener("htmx:afterSettle", (e) => {
    const row = e.target.closest?.("[data-results] tr");
    if (!row) return;
    for (const other of rowsOf()) if (!other.hasAttribute("tabindex")) other.tabIndex = -1;
    const refused = row.querySelector("[aria-invalid]"), defect = row.querySelector("[data-defect]");
    if (refused) refused.focus();
    else if (defect) defect.focus();
    else focusRow(nextToRun(row) ?? row);
  });
}
