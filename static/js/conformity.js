/* Checkpoints answered from the keyboard: 1 to 4 answer the row that has the focus, or all that are selected; N goes to the
   next unanswered one. Needs rows.js. Everything works without it. */
"use strict";
const isOpen = (row) => row.hasAttribute("data-open") && !row.hasAttribute("data-sent");
const findOpen = (row) => {
  const rows = rowsOf(row), at = rows.indexOf(row);
  return [...rows.slice(at + 1), ...rows.slice(0, at)].find(isOpen);
};
const answerAll = (key) => {
  const bar = document.querySelector("#checks");
  bar.elements.result.selectedIndex = Number(key);
  bar.elements.finding.focus();
};

document.addEventListener("keydown", (e) => {
  const row = rowOfKey(e);
  if (!row || row.hasAttribute("data-sent")) return;
  const answer = row.querySelector(`[data-answer="${CSS.escape(e.key)}"]`);
  if (e.key.toLowerCase() === "n") {
    e.preventDefault();
    focusRow(findOpen(row));
  } else if (answer) {
    e.preventDefault();
    if (boxes().some((box) => box.checked)) answerAll(e.key);
    else {
      answer.click();
      /* "Conform" needs no words: the answers are sent in turn while one walks on. */
      if (e.key === "1") {
        row.setAttribute("data-sent", "");
        focusRow(findOpen(row));
      }
    }
  }
});

document.addEventListener("click", (e) => {
  const next = e.target.closest?.("[data-next]");
  if (!next) return;
  e.preventDefault();
  focusRow(document.querySelector("[data-rows] tr[data-open]:not([data-sent])"));
});

/* A form that opens takes the focus; after an answer the next unanswered row has it. */
document.addEventListener("htmx:afterSettle", (e) => {
  const row = e.target.closest?.("tr[data-row]");
  if (!row) return;
  const isLost = document.activeElement === document.body || row.contains(document.activeElement);
  if (row.hasAttribute("data-editing")) row.querySelector('[name="finding"]').focus();
  else if (isLost) focusRow(e.detail.requestConfig.verb === "post" ? findOpen(row) ?? row : row);
});
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (e) => e.target.closest?.("tr[data-sent]")?.removeAttribute("data-sent"));
}
addEventListener("beforeunload", (e) => {
  if (document.querySelector("tr[data-sent]")) e.preventDefault();
});
/* After an answer to several the page comes back at the next unanswered row. */
const there = document.getElementById(location.hash.slice(1));
if (there?.matches("[data-rows] tr")) focusRow(there);
