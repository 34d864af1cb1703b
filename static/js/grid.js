/* A table of cells to fill in (templates/components/grid.html): keys go from cell to cell, a block from a spreadsheet fills
   them from the one that has the focus, a row above fills a column, and what differs from what is saved is marked before it
   is sent. Everything works without it. In a table of results (results.js) only the arrows go from note to note. */
"use strict";
const isIn = (el, name) => Boolean(el.closest?.(`[data-${name}] tbody td`));
const CONTROL = ":is(input:not([type=hidden]), select, textarea)";
const cellsOf = (row) => [...row.querySelectorAll(`td ${CONTROL}`)];

/* Focus the cell so many rows and columns away, past disabled ones. */
const walk = (field, down, right) => {
  const rows = [...field.closest("tbody").rows].map(cellsOf);
  let y = rows.findIndex((row) => row.includes(field)), x = rows[y].indexOf(field), next;
  do next = rows[y += down]?.[x += right]; while (next?.disabled);
  next?.focus();
  next?.select?.();
  return Boolean(next);
};
document.addEventListener("keydown", (e) => {
  const field = e.target, inGrid = isIn(field, "grid");
  if (!(inGrid || isIn(field, "results")) || !field.matches("input, select, textarea") || e.altKey || e.isComposing) return;
  if (inGrid && e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
    e.preventDefault();
    field.form.requestSubmit();
    return;
  }
  const isList = field.tagName === "SELECT", isBox = field.type === "checkbox", isDay = field.type === "date";
  const isLong = field.tagName === "TEXTAREA", isText = !(isList || isBox || isDay);
  if (e.metaKey || (e.ctrlKey && !isList)) return;
  /* The arrows leave a text only from its end or its beginning, and a list of choices up and down with Ctrl. */
  const isWhole = isText && field.selectionStart === 0 && field.selectionEnd === field.value.length;
  const isAt = (edge) => !isText || isWhole || (field.selectionStart === edge && field.selectionEnd === edge);
  const last = isText ? field.value.length : 0;
  let moved = false;
  if (e.key === "Enter" && inGrid && !(isLong && e.shiftKey)) moved = walk(field, e.shiftKey ? -1 : 1, 0) || true;
  else if (e.shiftKey || isDay) return;
  else if (e.key === "ArrowDown" && (isList ? e.ctrlKey : !isLong || isAt(last))) moved = walk(field, 1, 0);
  else if (e.key === "ArrowUp" && (isList ? e.ctrlKey : !isLong || isAt(0))) moved = walk(field, -1, 0);
  else if (e.key === "ArrowRight" && inGrid && isAt(last)) moved = walk(field, 0, 1) || isList;
  else if (e.key === "ArrowLeft" && inGrid && isAt(0)) moved = walk(field, 0, -1) || isList;
  if (moved) e.preventDefault();
});

const grid = document.querySelector("[data-grid]");
if (grid) {
  const form = grid.closest("form"), show = (name) => form.querySelector(`[data-grid-${name}]`);
  const fields = () => [...grid.tBodies[0].rows].map(cellsOf);
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/\s+/g, " ").trim().toLowerCase();
  const read = (field) => (field.type === "checkbox" ? field.checked : field.value);
  const write = (field, value) => { field[field.type === "checkbox" ? "checked" : "value"] = value; };
  const savedIn = (field) => {
    if (field.options) return ([...field.options].find((o) => o.defaultSelected) ?? field.options[0])?.value ?? "";
    return field.type === "checkbox" ? field.defaultChecked : field.defaultValue;
  };
  const tell = (name, count) => {
    show(name).textContent = String(count);
    show(name).parentElement.hidden = !count;
  };
  const mark = () => {
    const all = fields().flat();
    for (const field of all) field.toggleAttribute("data-changed", read(field) !== savedIn(field));
    tell("changed", all.filter((field) => field.hasAttribute("data-changed")).length);
    tell("refused", grid.querySelectorAll("[data-refused]").length);
  };
  /* A value that is none of the choices stays beside the cell, which keeps its own. */
  const refuse = (field, text) => {
    const cell = field.closest("td");
    cell.querySelector("[data-refused]")?.remove();
    if (!text) return;
    const said = show("refusal").content.firstElementChild.cloneNode(true);
    said.querySelector("q").textContent = text;
    cell.append(said);
  };
  const YES = /^(yes|oui|true|vrai|x|1|o|y)$/, NO = /^(no|non|false|faux|0|n)?$/, DAY = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/;
  const fill = (field, text) => {
    const word = fold(text);
    let value = field.tagName === "TEXTAREA" ? text : text.replace(/\s*\n\s*/g, " ");
    if (field.options) {
      const known = [...field.options].map((o) => [o.value, o.text, ...o.text.split(" · ")].map(fold));
      const at = known.findIndex((words) => words.includes(word));
      value = word ? field.options[at]?.value : savedIn(field);
    } else if (field.type === "checkbox") {
      value = YES.test(word) || (NO.test(word) ? false : undefined);
    } else if (field.type === "date") {
      const [, day, month, year] = word.match(DAY) ?? [];
      value = year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : word;
      if (value && Number.isNaN(Date.parse(value))) value = undefined;
    }
    refuse(field, value === undefined ? text.trim() : "");
    if (value !== undefined) write(field, value);
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
    if (!e.target.closest("tbody td") || (!/[\t\n]/.test(text.trim()) && e.target.tagName !== "SELECT")) return;
    e.preventDefault();
    const rows = fields(), top = rows.findIndex((row) => row.includes(e.target)), left = rows[top].indexOf(e.target);
    let outside = 0;
    before = [];
    parse(text).forEach((cells, down) => cells.forEach((cell, right) => {
      const field = rows[top + down]?.[left + right];
      if (!field || field.disabled) {
        if (cell.trim()) outside += 1;
        return;
      }
      before.push([field, read(field)]);
      fill(field, cell);
    }));
    show("undo").hidden = false;
    tell("outside", outside);
    e.target.dispatchEvent(new Event("input", { bubbles: true }));
  });
  show("undo").addEventListener("click", () => {
    for (const [field, value] of before) {
      write(field, value);
      refuse(field, "");
    }
    show("undo").hidden = true;
    tell("outside", 0);
    before[0]?.[0].focus();
    mark();
  });
  grid.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || !e.target.closest("tbody td")) return;
    e.preventDefault();
    write(e.target, savedIn(e.target));
    refuse(e.target, "");
    mark();
  });

  /* A row above the others gives what is entered there to its column; a text that each row must have is its own. */
  const fillColumn = (source, column) => {
    const given = read(source), rows = [...grid.tBodies[0].rows];
    if (given === "") return;
    before = [];
    for (const field of rows.map((row) => row.cells[column].querySelector(CONTROL))) {
      if (!field || field.disabled || (field.options && ![...field.options].some((o) => o.value === given))) continue;
      before.push([field, read(field)]);
      refuse(field, "");
      write(field, given);
    }
    show("undo").hidden = false;
    before[0]?.[0].dispatchEvent(new Event("input", { bubbles: true }));
  };
  const offer = (source, column, name) => {
    const field = source.cloneNode(true), head = grid.tHead.rows[0].cells[column].textContent;
    const own = ["name", "id", "required", "disabled", "value", "checked", "aria-invalid", "aria-describedby"];
    for (const name of own) field.removeAttribute(name);
    if (field.options) {
      for (const option of field.options) option.defaultSelected = false;
      if (![...field.options].some((o) => !o.value)) field.prepend(new Option("—", ""));
    } else if (field.type !== "checkbox") field.defaultValue = "";
    field.value = field.type === "checkbox" ? "on" : "";
    field.setAttribute("aria-label", `${head.trim()}, ${name}`);
    field.addEventListener("change", () => fillColumn(field, column));
    field.addEventListener("keydown", (e) => { if (e.key === "Enter") { e.preventDefault(); field.blur(); } });
    return field;
  };
  const above = grid.tHead.querySelector("[data-fill]");
  if (above) {
    const name = above.textContent.trim();
    for (const cell of grid.tBodies[0].rows[0].querySelectorAll("td")) {
      const field = cell.querySelector(CONTROL), added = above.insertCell();
      const isOwn = field?.required && field.matches("textarea, [type=text], [type=number]");
      if (field && !isOwn) added.append(offer(field, cell.cellIndex, name));
    }
  }
  grid.addEventListener("input", mark);
  grid.addEventListener("change", ({ target }) => { refuse(target, ""); mark(); });
  mark();
}
