/* Long forms save what one types every few seconds, for its writer alone (core/pages/drafts). A form says so by its field
   `draft_page`; the line beside its button says when it was saved last. */
const SOON = 3000;
const LATER = 15000;
const timers = new Map();
const saving = new Map();

const pathOf = (form) => form?.elements?.draft_page?.dataset.draft;
/* A form is looked up when it is saved: htmx may have put another in its place. */
const formOf = (path) => [...document.forms].find((form) => pathOf(form) === path);
const linesOf = (path) => [...document.querySelectorAll("[data-draft-line]")].filter((line) => line.dataset.draftLine === path);

const plan = (path, pause) => {
  if (!timers.has(path)) timers.set(path, setTimeout(save, pause, path));
};
const forget = (path) => {
  clearTimeout(timers.get(path));
  timers.delete(path);
};

const read = (form) => {
  const isTyped = ([name, value]) => typeof value === "string" && form.elements[name]?.type !== "password";
  return new URLSearchParams([...[...new FormData(form)].filter(isTyped), ["draft", "save"]]);
};

/* The answer is what the line says; a page instead of it, or none, tells that the session ended or the network is away. */
const send = async (path, body) => {
  try {
    const signal = AbortSignal.timeout(LATER);
    const answer = await fetch(path, { method: "POST", body, redirect: "manual", keepalive: document.hidden, signal });
    return { isSaved: answer.ok, ...(await answer.json()) };
  } catch (error) {
    return { isSaved: false, isAway: error.name !== "SyntaxError" };
  }
};

async function save(path) {
  forget(path);
  const form = formOf(path);
  if (!form) return;
  if (saving.has(path)) {
    plan(path, SOON);
    return;
  }
  saving.set(path, send(path, read(form)));
  const told = await saving.get(path);
  saving.delete(path);
  for (const line of linesOf(path)) {
    line.dataset.lost = told.lost ?? line.dataset.lost;
    line.textContent = told.line ?? line.dataset.lost;
    line.toggleAttribute("data-is-lost", !told.isSaved);
  }
  for (const [id, page] of Object.entries(told.shown ?? {})) {
    const { body } = new DOMParser().parseFromString(page, "text/html");
    document.getElementById(id)?.replaceChildren(...body.childNodes);
  }
  if (told.isSaved && !timers.has(path)) document.dispatchEvent(new CustomEvent("draft-saved", { detail: { form: formOf(path) } }));
  if (told.isAway) setTimeout(plan, LATER, path, 0);
}

document.addEventListener("input", (e) => {
  const path = pathOf(e.target.form);
  if (path) plan(path, SOON);
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) for (const path of [...timers.keys()]) save(path);
});

/* What is sent is erased on the server: a save that is under way must not arrive after it. */
const waitForIt = (e) => {
  const path = pathOf(e.target);
  if (!path) return;
  forget(path);
  if (!saving.has(path)) return;
  e.preventDefault();
  e.stopImmediatePropagation();
  saving.get(path).then(() => e.target.requestSubmit(e.submitter));
};
document.addEventListener("submit", waitForIt, true);
