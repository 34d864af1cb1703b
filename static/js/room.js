/* The room of a session: one key for each button, for those who switched them on (WCAG 2.1.4), and the item that is heard
   told once, when it changes. Everything works without it. */
"use strict";
document.addEventListener("keydown", (e) => {
  const elsewhere = e.target.closest("input, textarea, select, [contenteditable], dialog[open]");
  if (!("singleKeys" in document.body.dataset) || elsewhere || e.ctrlKey || e.metaKey || e.altKey) return;
  document.querySelector(`[data-key="${CSS.escape(e.key.toLowerCase())}"]`)?.click();
});

const read = () => document.getElementById("shown")?.textContent ?? "";
let told = read();
document.addEventListener("htmx:afterSwap", () => {
  if (read() !== told) document.getElementById("room-told").textContent = told = read();
});
