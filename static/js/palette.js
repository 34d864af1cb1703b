/* The palette: Ctrl K opens it, / too where shortcuts of one key are on, arrows and Enter choose, Escape closes (a combobox of the ARIA practices).
   It opens pages and changes nothing. Without it, the link in the bar leads to the search page. */
const dialog = document.getElementById("palette"), link = document.querySelector("[data-palette]");
const input = dialog?.querySelector("input"), list = dialog?.querySelector("ul");
/* The words that the list answers, and whether Enter was pressed before it did. */
let answered = "", goes = false;

const options = () => [...list.querySelectorAll("[role=option]")];
const chosen = () => options().find((option) => option.ariaSelected === "true");
const choose = (option) => {
  for (const other of options()) other.ariaSelected = String(other === option);
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
  option?.scrollIntoView({ block: "nearest" });
};
const go = (option) => { if (option) location.assign(option.dataset.url); };
const open = () => {
  if (dialog.open) return;
  input.value = answered = "";
  goes = false;
  list.replaceChildren();
  dialog.showModal();
  input.focus();
  input.dispatchEvent(new CustomEvent("refresh"));
};

if (dialog) {
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") {
      e.preventDefault();
      open();
    }
    /* Keys of one character, for those who switched them on (WCAG 2.1.4). */
    const elsewhere = e.target.closest("input, textarea, select, [contenteditable], dialog[open]");
    if (!("singleKeys" in document.body.dataset) || elsewhere || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "/" || e.key === "?") {
      e.preventDefault();
      if (e.key === "/") open();
      else document.getElementById("keys").showModal();
    }
  });
  link.addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    open();
  });
  list.addEventListener("htmx:afterSwap", () => {
    answered = input.value;
    choose(answered.trim() ? options()[0] : undefined);
    if (goes) go(chosen());
  });
  input.addEventListener("keydown", (e) => {
    const all = options(), at = all.indexOf(chosen()), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (e.key === "Escape") {
      e.preventDefault();
      dialog.close();
    } else if (step && all.length) {
      e.preventDefault();
      choose(all[(at + step + all.length + (at < 0 && step < 0)) % all.length]);
    } else if (e.key === "Enter") {
      e.preventDefault();
      if (answered === input.value) go(chosen());
      else goes = true;
    }
  });
  list.addEventListener("click", (e) => go(e.target.closest("[role=option]")));
  dialog.addEventListener("click", (e) => { if (e.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => link.focus());
}
