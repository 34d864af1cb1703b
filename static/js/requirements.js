/* The table of requirements: rows walked and changed from the keyboard, many chosen at once.
   Single keys act on a row that has the focus, never in a field (WCAG 2.1.4). Everything works without it. */
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
  row.focus();
};
const edit = (row) => row?.querySelector("[data-edit]")?.click();

let onwards = false;
document.addEventListener("keydown", (e) => {
  const row = e.target.closest?.("[data-rows] tr[data-row]");
  if (!row) return;
  if (row.hasAttribute("data-editing")) {
    if (e.key === "Escape") {
      e.preventDefault();
      row.querySelector("[data-cancel]").click();
    } else if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      onwards = true;
      row.querySelector("form").requestSubmit();
    }
    return;
  }
  if (e.target !== row || e.ctrlKey || e.metaKey || e.altKey) return;
  const rows = rowsOf(row);
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[e.key];
  if (step) {
    e.preventDefault();
    focusRow(rows[rows.indexOf(row) + step]);
  } else if (e.key === "Enter" || e.key === "F2") {
    e.preventDefault();
    edit(row);
  } else if (e.key === " ") {
    e.preventDefault();
    row.querySelector('[name="one"]')?.click();
  }
});

/* A row that comes back takes the focus; after Ctrl+Enter the next one opens. A form that opens takes it in its first field. */
document.addEventListener("htmx:afterSettle", (e) => {
  const row = e.target.closest?.("tr[data-row]") ?? e.detail.elt?.closest?.("tr[data-row]");
  prepare();
  if (!row) return;
  if (row.hasAttribute("data-editing")) {
    onwards = false;
    (row.querySelector('[role="alert"]:not([hidden])[tabindex]') ?? row.querySelector('[name="title"]')).focus();
    return;
  }
  const rows = rowsOf(row);
  const next = onwards ? rows[rows.indexOf(row) + 1] : null;
  onwards = false;
  focusRow(next ?? row);
  edit(next);
});

/* How many are chosen, and all of the page at once. */
const boxes = () => [...document.querySelectorAll('[data-rows] [name="one"]')];
const count = () => {
  const said = document.querySelector("[data-chosen]");
  const chosen = boxes().filter((box) => box.checked).length;
  if (said) said.textContent = chosen ? String(chosen) : "";
  for (const box of boxes()) box.closest("tr").classList.toggle("is-selected", box.checked);
};
document.addEventListener("change", (e) => {
  if (e.target.matches("[data-select-all]")) for (const box of boxes()) box.checked = e.target.checked;
  if (e.target.matches("[data-select-all], [name='one']")) count();
});
document.addEventListener("htmx:sendError", () => { onwards = false; });
prepare();
