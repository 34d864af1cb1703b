/* A table of cells to fill in (templates/components/grid.html): keys walk the cells, a block from a spreadsheet fills
   them from the one that has the focus, and what differs from what is saved is marked before it is sent. */
"use strict";
(() => {
  const grid = document.querySelector("[data-grid]");
  if (!grid) return;
  const form = grid.closest("form"), show = (name) => form.querySelector(`[data-grid-${name}]`);
  const fields = () => [...grid.tBodies[0].rows].map((row) => [...row.querySelectorAll("td :is(input:not([type=hidden]), select, textarea)")]);
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim().toLowerCase();
  const savedIn = (field) => (field.options ? ([...field.options].find((o) => o.defaultSelected) ?? field.options[0])?.value ?? "" : field.defaultValue);

  const mark = () => {
    const all = fields().flat();
    let changed = 0;
    for (const field of all) {
      const differs = field.value !== savedIn(field);
      field.toggleAttribute("data-changed", differs);
      if (differs) changed += 1;
    }
    show("changed").textContent = String(changed);
    show("refused").textContent = String(all.filter((field) => field.closest("td").querySelector("[data-refused]")).length);
    show("refused").parentElement.hidden = show("refused").textContent === "0";
  };
  /* A value that is none of the choices stays beside the cell, which keeps its own. */
  const refuse = (field, text) => {
    const cell = field.closest("td");
    cell.querySelector("[data-refused]")?.remove();
    if (text === null) return;
    const said = show("refusal").content.firstElementChild.cloneNode(true);
    said.querySelector("q").textContent = text;
    cell.append(said);
  };
  const fill = (field, text) => {
    const wanted = field.options && [...field.options].find((o) => [o.value, o.text].some((known) => fold(known) === fold(text)));
    if (field.options && !wanted && text.trim()) return refuse(field, text.trim());
    refuse(field, null);
    field.value = field.options ? wanted?.value ?? savedIn(field) : field.tagName === "TEXTAREA" ? text : text.replace(/\s*\n\s*/g, " ");
  };

  /* Rows and cells of what a spreadsheet copies; a cell in quotes may hold line ends. */
  const parse = (text) => {
    const rows = [[]];
    const cells = /(?:"((?:[^"]|"")*)"|([^\t\n]*))(\t|\n|$)/g;
    for (const [all, quoted, plain, end] of text.replace(/\r\n?/g, "\n").replace(/\n$/, "").matchAll(cells)) {
      if (!all && !end && rows.at(-1).length) break;
      rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
      if (end === "\n") rows.push([]);
      if (!end) break;
    }
    return rows;
  };
  let before = [];
  grid.addEventListener("paste", (e) => {
    const text = e.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim()) || !e.target.closest("td")) {
      if (e.target.tagName !== "SELECT") return;
    }
    e.preventDefault();
    const rows = fields(), top = rows.findIndex((row) => row.includes(e.target)), left = rows[top].indexOf(e.target);
    before = [];
    parse(text).forEach((cells, down) => cells.forEach((cell, right) => {
      const field = rows[top + down]?.[left + right];
      if (!field) return;
      before.push([field, field.value]);
      fill(field, cell);
    }));
    show("undo").hidden = false;
    e.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  show("undo").addEventListener("click", () => {
    for (const [field, value] of before) {
      field.value = value;
      refuse(field, null);
    }
    show("undo").hidden = true;
    before[0]?.[0].focus();
    mark();
  });

  /* Enter and the arrows walk; in a text of several lines they need Ctrl, and sideways only from its end. */
  const walk = (field, down, right) => {
    const rows = fields(), row = rows.findIndex((cells) => cells.includes(field));
    const next = rows[row + down]?.[rows[row].indexOf(field) + right];
    next?.focus();
    next?.select?.();
    return Boolean(next);
  };
  grid.addEventListener("keydown", (e) => {
    const field = e.target;
    if (!field.closest("td") || e.altKey || e.isComposing) return;
    const isText = field.tagName !== "SELECT", isLong = field.tagName === "TEXTAREA", isFree = !isLong || e.ctrlKey;
    const isWhole = isText && field.selectionStart === 0 && field.selectionEnd === field.value.length;
    const atEdge = (edge) => !isText || isWhole || (field.selectionStart === edge && field.selectionEnd === edge);
    let moved = false;
    if (e.key === "Enter" && isFree) moved = walk(field, e.shiftKey ? -1 : 1, 0) || true;
    else if (e.key === "ArrowDown" && isFree && (isText || e.ctrlKey)) moved = walk(field, 1, 0);
    else if (e.key === "ArrowUp" && isFree && (isText || e.ctrlKey)) moved = walk(field, -1, 0);
    else if (e.key === "ArrowRight" && !e.shiftKey && atEdge(field.value.length)) moved = walk(field, 0, 1) || !isText;
    else if (e.key === "ArrowLeft" && !e.shiftKey && atEdge(0)) moved = walk(field, 0, -1) || !isText;
    else if (e.key === "Escape") {
      field.value = savedIn(field);
      refuse(field, null);
      moved = true;
      mark();
    }
    if (moved) e.preventDefault();
  });
  grid.addEventListener("input", mark);
  grid.addEventListener("change", ({ target }) => { refuse(target, null); mark(); });
  mark();
})();
