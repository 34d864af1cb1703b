/* Rows of a list walked and chosen from the keyboard; a row that is a form is left and sent from it. Single keys act on a
   row that has the focus, never in a field (WCAG 2.1.4). Everything works without it. */
"use strict";
const rowsOf = (el) => [...(el.closest("[data-rows]")?.querySelectorAll("tr[data-row]") ?? [])];

/* One row is in the order of the Tab key; the arrows, J and K walk the others. */
const prepare = () => {
  const rows = rowsOf(document.querySelector("[data-rows] tr[data-row]") ?? document.body);
  const at = rows.findIndex((row) => row.tabIndex === 0 && row.hasAttribute("tabindex"));
  rows.forEach((row, n) => { row.tabIndex = n === Math.max(0, at) ? 0 : -1; });
  count();
};
const focusRow = (row) => {
  if (!row) return;
  for (const other of rowsOf(row)) other.tabIndex = other === row ? 0 : -1;
  row.focus({ focusVisible: true });
};
/* The row that a single key is for. */
const rowOfKey = (e) => {
  const row = e.target.closest?.("[data-rows] tr[data-row]");
  return e.target === row && !row.hasAttribute("data-editing") && !(e.ctrlKey || e.metaKey || e.altKey) ? row : null;
};

document.addEventListener("keydown", (e) => {
  const form = e.target.closest?.("[data-rows] tr[data-editing]");
  if (form && e.key === "Escape") {
    e.preventDefault();
    form.querySelector("[data-cancel]").click();
  }
  const row = rowOfKey(e);
  if (!row) return;
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[e.key];
  if (step) {
    const rows = rowsOf(row);
    e.preventDefault();
    focusRow(rows[rows.indexOf(row) + step]);
  } else if (e.key === " ") {
    e.preventDefault();
    row.querySelector('[name="one"]')?.click();
  }
});

/* How many are chosen, and all of a table at once. */
const boxes = (place = document) => [...place.querySelectorAll('[data-rows] :is([name="one"], [name="chosen"])')];
const count = () => {
  const said = document.querySelector("[data-chosen]");
  const chosen = boxes().filter((box) => box.checked).length;
  if (said) said.textContent = chosen ? String(chosen) : "";
  for (const box of boxes()) box.closest("tr").classList.toggle("is-selected", box.checked);
  for (const all of document.querySelectorAll("[data-select-all]")) {
    const among = boxes(all.closest("table"));
    all.hidden = false;
    all.checked = among.length > 0 && among.every((box) => box.checked);
  }
};
document.addEventListener("change", (e) => {
  if (e.target.matches("[data-select-all]")) for (const box of boxes(e.target.closest("table"))) box.checked = e.target.checked;
  if (e.target.matches("[data-select-all], [name='one'], [name='chosen']")) count();
});
document.addEventListener("htmx:afterSettle", prepare);
prepare();
