/* Sheets: rows of fields, and rows that take a result. Everything works without it.
   In a field of a sheet, Enter and the arrows go to the same column of the next row. On a row of results that has the focus,
   never in a field (WCAG 2.1.4), single keys give a result and walk the rows. */
"use strict";
const cellOf = (el) => el.closest?.("[data-sheet] td, [data-results] td");
const isPlain = (e) => !(e.ctrlKey || e.metaKey || e.altKey || e.shiftKey);

/* The field in the same column of the row below (1) or above (-1). */
const move = (cell, step) => {
  const row = step > 0 ? cell.parentElement.nextElementSibling : cell.parentElement.previousElementSibling;
  const field = row?.cells[cell.cellIndex]?.querySelector("input:not([type=hidden]), textarea");
  if (!field) return false;
  field.focus();
  field.select?.();
  return true;
};
/* The arrows leave a text only from its end or its beginning. */
const isAtEdge = (field, step) => {
  if (field.tagName !== "TEXTAREA") return true;
  const edge = step > 0 ? field.value.length : 0;
  const isWhole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
  return isWhole || (field.selectionStart === edge && field.selectionEnd === edge);
};
document.addEventListener("keydown", (e) => {
  const cell = cellOf(e.target);
  if (!cell || e.isComposing || !e.target.matches("input, textarea")) return;
  const isSheet = cell.closest("[data-sheet]");
  if (isSheet && e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
    e.preventDefault();
    e.target.form.requestSubmit();
    return;
  }
  const step = { Enter: isSheet ? 1 : 0, ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (!step || !isPlain(e) || (e.key !== "Enter" && !isAtEdge(e.target, step))) return;
  if (move(cell, step) || e.key === "Enter") e.preventDefault();
});

/* All boxes of a name at once. */
for (const all of document.querySelectorAll("[data-tick-all]")) {
  const boxes = [...document.querySelectorAll(`[name="${all.dataset.tickAll}"]`)];
  const show = () => { all.checked = boxes.every((box) => box.checked); };
  all.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; });
  document.addEventListener("change", (e) => { if (boxes.includes(e.target)) show(); });
  show();
}

/* Rows of results: one is in the order of the Tab key. */
const results = document.querySelector("[data-results]");
const rowsOf = () => [...results.tBodies[0].rows];
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
