/* Progressive enhancement: theme without a reload, menus that close, list keys.
   Everything on the pages works without it. */
"use strict";
const root = document.documentElement;

/* Theme: the page changes at once, the choice is stored by the same form in the background. */
document.addEventListener("submit", (e) => {
  const form = e.target;
  const button = e.submitter;
  if (button?.name !== "theme") return;
  e.preventDefault();
  const body = new FormData(form, button);
  if (button.value === "system") delete root.dataset.theme;
  else root.dataset.theme = button.value;
  for (const choice of document.querySelectorAll('[name="theme"][aria-pressed]')) {
    choice.ariaPressed = String(choice.value === button.value);
  }
  if (!button.checkVisibility()) {
    /* The other button of the pair took its place: keep the focus there. */
    [...document.querySelectorAll("[data-theme-to]")].find((b) => b.checkVisibility())?.focus();
  }
  fetch(form.action, { method: "POST", body, redirect: "manual" })
    .then(({ type, status }) => { if (type !== "opaqueredirect") reportFailure(status); }, () => reportFailure(0));
});

/* A request of ours that failed is told where all are (unsent.js). */
const reportFailure = (status) => document.dispatchEvent(new CustomEvent("request-failed", { detail: { status } }));

/* Menus close on Escape (focus goes back to the opener) and when one acts elsewhere. */
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(except)) menu.open = false;
  }
};
document.addEventListener("click", (e) => closeMenus(e.target));
document.addEventListener("focusin", (e) => closeMenus(e.target));

/* A row of tabs or chips that is wider than the screen shows the one that is open. */
for (const row of document.querySelectorAll(".tabs, .toolbar")) {
  const open = row.querySelector("[aria-current]");
  if (open) row.scrollLeft += open.getBoundingClientRect().right - row.getBoundingClientRect().right + 24;
}

/* J and K walk a list, only while the focus is in it, never in a field (WCAG 2.1.4). */
const typing = (el) => el.closest("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") {
    const menu = e.target.closest?.("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  const list = e.target.closest?.(".items");
  if (!list || typing(e.target) || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "j" || e.key === "k") {
    const links = [...list.querySelectorAll(":is(h2, h3) a")];
    const at = links.indexOf(e.target);
    links[Math.min(links.length - 1, Math.max(0, at + (e.key === "j" ? 1 : -1)))]?.focus();
  }
});
