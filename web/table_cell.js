// A cell of the table: in short where it stands, and opened beside it, with its paragraphs.

import { passage, pathOf } from "./api.js";
import { el, numberLink, prose, slice } from "./dom.js";

const SAID = { right: "Right", wrong: "Wrong", elsewhere: "The report does say" };
const soft = (...words) => el("span", { class: "silent" }, ...words);
const shownOf = ({ quotes, closest }) => (quotes.length ? quotes : closest);

function sureness({ status, certainty, confidence }) {
  const sure = `${Math.round(confidence * 100)}%`;
  if (status === "not_found") return `Not in the report (${sure})`;
  if (certainty === "none") return "Where it is spoken of";
  return `${certainty === "possible" ? "Possibly" : "Confidence"} ${sure}`;
}

/** What stands in the table: the first quote with the numbers, or that there is none. */
export function brief(cell, mark) {
  if (!cell) return [soft("…")];
  const labels = shownOf(cell).map(({ label }) => label).join(", ");
  const said = [SAID[mark?.verdict], mark?.paragraph && `para ${mark.paragraph}`, mark?.note];
  const found = cell.quotes.slice(0, 1).flatMap(({ text }) => [
    el("span", { class: "words", dir: "auto" }, `“${text}”`), el("b", {}, labels)]);
  return [
    ...found, soft(sureness(cell)), found.length || !labels ? "" : soft(`Closest: ${labels}`),
    mark ? el("span", { class: "marked" }, said.filter(Boolean).join(", ")) : "",
  ];
}

/** A quote, then the whole of its paragraph with the quote marked in it. */
function quoteView(report, { text, label, number, key, start, end }) {
  const words = el("div", {}, prose(text));
  // Where the text is another one now, the words stand for themselves.
  passage(report, key).then(({ text: now }) => slice(now, start, end) === text
    && words.replaceChildren(prose(now, start, end)), () => {});
  const url = `${pathOf(report, key)}?quote=${start}-${end}`;
  return el("li", { class: "passage" }, numberLink(number, [label], key, url), words);
}

/** A cell opened: its paragraphs, and what the reader says of it, told to `marked`. */
export function opened(cell, report, mark, marked) {
  const { question, quotes: { length: found } } = cell;
  const paragraph = el("input", { type: "text", maxlength: 200, "aria-label": "Paragraph" });
  const note = el("textarea", {
    rows: 2, maxlength: 10000, "aria-label": "Note", placeholder: "Add a note",
  });
  const choice = (value, text, ...more) => el("p", {}, el("label", {},
    el("input", { type: "radio", name: "verdict", value }), ` ${text}`), ...more);
  const form = el("form", { class: "marking" },
    el("fieldset", {}, el("legend", {}, "Is this right?"),
      choice("right", found ? "Right" : "Right: it is not in the report"),
      choice("wrong", found ? "Wrong: it is not in the report" : "Wrong"),
      choice("elsewhere", "The report does say: para", " ", paragraph),
      choice("none", "Not marked")), note);
  const { verdict } = form.elements;
  verdict.value = mark?.verdict ?? "none";
  paragraph.value = mark?.paragraph ?? "";
  note.value = mark?.note ?? "";
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    if (target === paragraph) verdict.value = "elsewhere";
    const said = SAID[verdict.value] ? verdict.value : null;
    const where = said === "elsewhere" ? paragraph.value.trim() : "";
    const told = { question, report: cell.report, verdict: said, paragraph: where };
    marked(said || note.value ? { ...told, note: note.value } : null);
  });
  return [
    el("h2", { dir: "auto" }, question), el("p", { class: "byline" }, report.name),
    el("p", { class: "sure" }, sureness(cell), !found && cell.closest.length ? ". Closest:" : ""),
    el("ol", { class: found ? "" : "nearest" },
      ...shownOf(cell).map((quote) => quoteView(cell.report, quote))), form,
  ];
}
