/* A person by name: the people who match are listed as one types (a combobox of the ARIA practices).
   Without it, the form answers with the people to choose from. */
const WAIT = 200, SHORTEST = 2;
let timer, latest = 0;

const parts = (input) => {
  const box = input.closest("[data-people]");
  const find = (what) => box.querySelector(what);
  return { box, key: find("[type=hidden]"), list: find("[role=listbox]"), status: find("[role=status]") };
};
const close = (input) => {
  parts(input).list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};
const activate = (input, option) => {
  for (const other of parts(input).list.children) other.ariaSelected = String(other === option);
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
};
const choose = (input, option) => {
  const { key, status } = parts(input);
  input.value = option.dataset.name;
  key.value = option.dataset.key;
  status.textContent = option.dataset.about ? `${option.dataset.name}, ${option.dataset.about}` : option.dataset.name;
  close(input);
};
const show = (input, answer) => {
  const { list, status } = parts(input);
  list.replaceChildren(...answer.people.map((person, n) => {
    const option = document.createElement("li");
    option.role = "option";
    option.id = `${list.id}_${n}`;
    option.ariaSelected = "false";
    Object.assign(option.dataset, person);
    const name = document.createElement("b"), about = document.createElement("small");
    name.textContent = person.name;
    about.textContent = person.about;
    option.append(name, about);
    return option;
  }));
  input.removeAttribute("aria-activedescendant");
  list.hidden = !answer.people.length;
  input.setAttribute("aria-expanded", String(!list.hidden));
  status.textContent = answer.status;
};
const fail = (status) => {
  document.dispatchEvent(new CustomEvent("request-failed", { detail: { status } }));
  return null;
};
const search = async (input) => {
  const asked = ++latest;
  const answer = await fetch(`${parts(input).box.dataset.people}?q=${encodeURIComponent(input.value.trim())}`)
    .then((response) => (response.ok ? response.json() : fail(response.status)), () => fail(0));
  if (answer && asked === latest && document.activeElement === input) show(input, answer);
};

for (const input of document.querySelectorAll("[data-people] input[type=text]")) {
  const { box, key, list, status } = parts(input);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) {
    input.setAttribute(name, value);
  }
  input.addEventListener("input", () => {
    /* Another text names nobody yet. */
    box.querySelector("fieldset")?.remove();
    key.value = status.textContent = "";
    clearTimeout(timer);
    latest += 1;
    const text = input.value.trim();
    if (text.length < SHORTEST || text.includes("@")) close(input);
    else timer = setTimeout(search, WAIT, input);
  });
  input.addEventListener("keydown", (e) => {
    const options = [...list.children], at = options.findIndex((option) => option.ariaSelected === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (list.hidden || e.altKey || e.ctrlKey || e.metaKey) return;
    if (step) {
      e.preventDefault();
      activate(input, options[(at + step + options.length + (at < 0 && step < 0)) % options.length]);
    } else if (e.key === "Enter" && at >= 0) {
      e.preventDefault();
      choose(input, options[at]);
    } else if (e.key === "Escape") {
      e.preventDefault();
      close(input);
    }
  });
  input.addEventListener("blur", () => close(input));
  list.addEventListener("mousedown", (e) => e.preventDefault());
  list.addEventListener("click", (e) => {
    const option = e.target.closest("[role=option]");
    if (option) choose(input, option);
  });
}
