/* A table or a list that is pasted into a text area keeps its lines: one row or item a line. Other texts are pasted as
   they are, and what is typed stays as it is. */
const BLOCKS = "address, article, blockquote, div, dd, dt, h1, h2, h3, h4, h5, h6, p, pre, section";

const clean = (text) => text.replace(/\s+/g, " ").trim();

const linesOf = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return [clean(node.data)];
  if (node.nodeType !== Node.ELEMENT_NODE || ["STYLE", "SCRIPT", "TITLE"].includes(node.tagName)) return [];
  if (node.tagName === "TR") return [[...node.cells].map((cell) => clean(cell.textContent)).join(" | ")];
  if (node.tagName === "LI") {
    const [first = "", ...more] = inside(node);
    return [first.startsWith("- ") ? first : `- ${first}`, ...more];
  }
  return inside(node);
};

/* Words beside one another make one line; a block, a row or an item makes lines of its own. */
const inside = (parent) => {
  const lines = [];
  let isOpen = false;
  for (const node of parent.childNodes) {
    if (node.nodeName === "BR") {
      isOpen = false;
      continue;
    }
    const isInline = node.nodeType === Node.TEXT_NODE || !(node.matches?.(`${BLOCKS}, li, tr, ul, ol, table`) || node.querySelector?.("li, tr, p, div, br"));
    for (const line of linesOf(node).filter(Boolean)) {
      if (isOpen && isInline) lines.push(clean(`${lines.pop()} ${line}`));
      else lines.push(line);
      isOpen = isInline;
    }
    if (!isInline) isOpen = false;
  }
  return lines;
};

document.addEventListener("paste", (e) => {
  const page = e.clipboardData.getData("text/html");
  if (e.target.tagName !== "TEXTAREA" || !/<(li|tr)\b/i.test(page)) return;
  const text = inside(new DOMParser().parseFromString(page, "text/html").body).join("\n");
  if (!text) return;
  e.preventDefault();
  /* This one way of writing can be undone by the keys, and tells others of the input. */
  document.execCommand("insertText", false, text);
});
