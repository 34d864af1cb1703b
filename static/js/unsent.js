/* What is typed is not lost. A request of a script that fails says so in one region of the page, and the page stays as
   it is; leaving a form with something typed in it asks first, unless its draft is saved. Other scripts report theirs by the event
   "request-failed" with { status, body, elt }; status 0 means that no answer came. */
"use strict";
(() => {
  const region = document.querySelector("[data-failed]");
  if (!region) return;
  const part = (name) => document.querySelector(`[data-failed-${name}]`).content.cloneNode(true);
  const parse = (body) => new DOMParser().parseFromString(body ?? "", "text/html");
  const paragraph = (...words) => {
    const text = document.createElement("p");
    text.append(...words);
    return text;
  };
  let source = null;

  /* The words of the page that was answered; ours when none was. */
  const describe = (status, page) => {
    const title = status >= 400 && page.querySelector("main h1");
    if (!title) return part(status ? "server" : "lost");
    const strong = document.createElement("strong");
    strong.textContent = `${title.textContent.trim()}.`;
    return paragraph(strong, " ", page.querySelector(".lede")?.textContent.trim() ?? "");
  };
  const show = (words, needsSignIn) => {
    const notice = document.createElement("div"), end = part("end");
    notice.className = "notice";
    notice.dataset.kind = "error";
    if (!needsSignIn) end.querySelector("[data-sign-in]").remove();
    notice.append(words, end);
    if (notice.textContent !== region.textContent) region.replaceChildren(notice);
  };
  const fail = (status, body, elt) => {
    const included = elt?.getAttribute?.("hx-include");
    source = elt?.closest?.("form[method=post]") ?? (included?.startsWith("#") ? document.querySelector(included) : null);
    show(describe(status, parse(body)), status === 401);
  };
  document.addEventListener("request-failed", ({ detail }) => fail(detail.status, detail.body, detail.elt));
  document.addEventListener("htmx:sendError", (e) => fail(0, "", e.detail.elt));
  document.addEventListener("htmx:timeout", (e) => fail(0, "", e.detail.elt));
  document.addEventListener("htmx:responseError", ({ detail }) => fail(detail.xhr.status, detail.xhr.responseText, detail.elt));

  /* Forms with something typed that was not sent. */
  const filled = new Set();
  const isForm = (form) => form?.method === "post" && form.closest("main");
  const UNTYPED = ["checkbox", "radio", "password", "hidden", "search"];
  document.addEventListener("input", ({ target }) => {
    if (isForm(target.form) && !UNTYPED.includes(target.type)) filled.add(target.form);
  });
  /* A draft keeps no file. */
  const holdsFile = (form) => [...form.elements].some((field) => field.type === "file" && field.files.length);
  document.addEventListener("draft-saved", ({ detail: { form } }) => { if (form && !holdsFile(form)) filled.delete(form); });
  document.addEventListener("submit", (e) => { if (!e.defaultPrevented) filled.delete(e.target); });
  addEventListener("beforeunload", (e) => {
    if ([...filled].some((form) => form.isConnected)) e.preventDefault();
  });
  const fillFrom = (place) => {
    for (const form of place.querySelectorAll("main form[method=post]")) if (form.querySelector("textarea")) filled.add(form);
  };
  if (document.querySelector("main :is(.error-summary, [data-unsaved])")) fillFrom(document);

  /* Nothing is replaced by a page that has no place for it. A form that comes back is as unsent as before. */
  let comesBack = false;
  document.addEventListener("htmx:beforeSwap", (e) => {
    const { xhr, requestConfig, target, shouldSwap } = e.detail;
    if (!shouldSwap) return;
    const page = parse(xhr.responseText), isWhole = /^\s*<!doctype/i.test(xhr.responseText);
    const select = xhr.getResponseHeader("HX-Reselect") ?? requestConfig.elt.closest("[hx-select]")?.getAttribute("hx-select");
    if (select ? !page.querySelector(select) : isWhole) {
      e.detail.shouldSwap = false;
      fail(xhr.status, xhr.responseText, requestConfig.elt);
      return;
    }
    const unsent = page.querySelector("[data-unsaved] p");
    if (select && unsent) show(paragraph(unsent.textContent.trim()));
    else region.replaceChildren();
    comesBack = (select || xhr.status >= 400) && [...filled].some((form) => target.contains(form));
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    const form = target.closest?.("form") ?? target.querySelector?.("form");
    if (comesBack && isForm(form)) filled.add(form);
    comesBack = false;
  });

  /* What one types while a request is under way is not in its answer: it is put into the fields that come back. */
  const late = new Set();
  let underWay = 0;
  document.addEventListener("htmx:beforeSend", () => { if (!underWay++) late.clear(); });
  document.addEventListener("htmx:afterRequest", () => { underWay = Math.max(0, underWay - 1); });
  document.addEventListener("input", ({ target }) => { if (underWay && target.id) late.add(target); });
  document.addEventListener("htmx:afterSwap", () => {
    for (const field of late) {
      const now = field.isConnected ? null : document.getElementById(field.id);
      if (now?.name !== field.name || now.type !== field.type) continue;
      late.delete(field);
      late.add(now);
      if (["checkbox", "radio"].includes(field.type)) now.checked = field.checked;
      else now.value = field.value;
      if (now === document.activeElement && field.selectionStart != null) now.setSelectionRange(field.selectionStart, field.selectionEnd);
    }
  });

  /* Sign in: the form is sent as it is. The server keeps it, and shows it again after the sign-in. */
  region.addEventListener("click", ({ target }) => {
    if (target.closest("[data-close]")) region.replaceChildren();
    if (!target.closest("[data-sign-in]")) return;
    filled.clear();
    if (source?.isConnected) HTMLFormElement.prototype.submit.call(source);
    else location.reload();
  });
})();
