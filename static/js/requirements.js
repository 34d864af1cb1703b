/* The table of requirements: rows changed from the keyboard, one after the other. Needs rows.js. */
"use strict";
const edit = (row) => row?.querySelector("[data-edit]")?.click();

let onwards = false;
document.addEventListener("keydown", (e) => {
  const form = e.target.closest?.("[data-rows] tr[data-editing]");
  if (form && e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
    e.preventDefault();
    onwards = true;
    form.querySelector("form").requestSubmit();
  }
  const row = rowOfKey(e);
  if (row && (e.key === "Enter" || e.key === "F2")) {
    e.preventDefault();
    edit(row);
  }
});

/* A row that comes back takes the focus; after Ctrl+Enter the next one opens. A form that opens takes it in its first field. */
document.addEventListener("htmx:afterSettle", (e) => {
  const row = e.target.closest?.("tr[data-row]") ?? e.detail.elt?.closest?.("tr[data-row]");
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
document.addEventListener("htmx:sendError", () => { onwards = false; });
