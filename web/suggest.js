// Suggestions under the question box: paragraphs by number, headings, abbreviations, questions.

import { suggestions } from "./api.js";
import { el } from "./dom.js";

const WAIT = 90;
const KINDS = {
  paragraph: "Go to", heading: "Section", abbreviation: "Abbreviation", question: "Question",
};

/** The place that words name as the box for numbers reads them; null for a question. */
export async function pointedAt(typed, report) {
  if (!/\d/.test(typed) || typed.length > 60) return null;
  const found = (await suggestions(typed, report).catch(() => []))
    .filter(({ kind }) => kind === "paragraph");
  return found.length === 1 ? found[0] : null;
}

/** Makes a combobox of an input; `choose` receives what is taken, `report` names the filter. */
export function suggesting(box, report, choose) {
  const list = el("ul", {
    id: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: "hidden",
  });
  box.after(list);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) box.setAttribute(name, value);
  let found = [];
  let at = -1;
  let timer = 0;

  function close() {
    clearTimeout(timer);
    found = [];
    list.hidden = true;
    list.replaceChildren();
    box.setAttribute("aria-expanded", "false");
    select(-1);
  }

  function select(index) {
    at = index;
    [...list.children].forEach((option, each) => {
      option.setAttribute("aria-selected", String(each === at));
    });
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else {
      box.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  }

  function take(index) {
    const suggestion = found[index];
    close();
    choose(suggestion);
  }

  async function look() {
    const typed = box.value.trim();
    if (typed.length < 2 && !/\d/.test(typed)) return close();
    // Suggestions are a help; without them one still asks.
    const now = await suggestions(typed, report()).catch(() => []);
    if (box.value.trim() !== typed || document.activeElement !== box) return;
    found = now;
    list.replaceChildren(...now.map(option));
    list.hidden = !now.length;
    box.setAttribute("aria-expanded", String(now.length > 0));
    select(-1);
  }

  function option(suggestion, index) {
    const { kind, text, detail } = suggestion;
    const made = el("li", { id: `suggestion-${index}`, role: "option", "aria-selected": "false" },
      el("span", { class: "kind" }, KINDS[kind]), " ", el("span", { class: "text" }, text), " ",
      el("span", { class: "detail" }, detail));
    made.addEventListener("pointerdown", (event) => event.preventDefault());
    made.addEventListener("click", () => take(index));
    return made;
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT);
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") select(at + 1 < found.length ? at + 1 : -1);
    else if (event.key === "ArrowUp") select(at < 0 ? found.length - 1 : at - 1);
    else if (event.key === "Enter" && at >= 0) take(at);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
