// The reading pane: a paragraph among its neighbours, with the quote marked.

import { passage } from "./api.js";
import { citationButton, styleChooser } from "./cite.js";
import { el, numberLink, prose } from "./dom.js";

const pane = document.getElementById("reader");
let shown = null;

/** Opens the pane at a place {report, key, start, end}; `close` is what its button does. */
export async function show(place, close) {
  shown = place;
  pane.hidden = false;
  document.body.classList.add("reading");
  frame("Opening the paragraph", close, el("p", { class: "busy" }, "Opening…"));
  pane.focus({ preventScroll: true });
  try {
    const target = await passage(place.report, place.key);
    const passages = await Promise.all([load(target.previous), target, load(target.next)]);
    // The reader may have opened another paragraph meanwhile.
    if (shown === place) draw(passages.filter(Boolean), target, close);
  } catch (error) {
    if (shown === place) frame("Not opened", close, el("p", { role: "alert" }, error.message));
  }
}

export function hide() {
  shown = null;
  pane.hidden = true;
  pane.replaceChildren();
  document.body.classList.remove("reading");
}

function load(neighbour) {
  return neighbour ? passage(shown.report, neighbour.key) : null;
}

function frame(title, close, ...content) {
  const button = el("button", { type: "button", class: "close", "aria-label": "Close the paragraph" }, "×");
  button.addEventListener("click", close);
  pane.replaceChildren(
    el("div", { class: "bar" }, el("h2", { id: "reader-title" }, title), button), ...content);
}

function draw(passages, target, close) {
  frame(target.citation, close,
    further("Earlier", passages[0].previous, (found) => extend([found, ...passages])),
    ...passages.flatMap((each, index) => [
      ...headings(passages[index - 1], each),
      article(each, each.key === target.key),
    ]),
    further("Later", passages.at(-1).next, (found) => extend([...passages, found])));
  bringIntoView(pane.querySelector(".target mark") ?? pane.querySelector(".target"));

  function extend(all) {
    const from = pane.scrollHeight - pane.scrollTop;
    const earlier = all[0] !== passages[0];
    const top = pane.scrollTop;
    draw(all, target, close);
    // What was being read stays where it was.
    pane.scrollTop = earlier ? pane.scrollHeight - from : top;
    pane.querySelectorAll("article .number")[earlier ? 0 : all.length - 1].focus({ preventScroll: true });
  }
}

function article(each, here) {
  const number = numberLink(each.number, each.section, each.key, each.url);
  return here
    ? el("article", { class: "passage target" }, number, prose(each.text, shown.start, shown.end), tools(each))
    : el("article", { class: "passage" }, number, prose(each.text));
}

function tools(each) {
  const whole = `/reports/${encodeURIComponent(each.report)}#p-${encodeURIComponent(each.key)}`;
  return el("p", { class: "tools" },
    el("a", { href: each.url }, "Permalink"),
    el("a", { href: whole }, "Whole report"),
    styleChooser(),
    citationButton(each));
}

/** The headings that begin at a passage: what its path has that the one before it had not. */
function headings(before, each) {
  const old = before?.section ?? [];
  const same = each.section.findIndex((part, depth) => part !== old[depth]);
  if (same < 0) return [];
  return each.section.slice(same).map((part, index, parts) => {
    const note = index === parts.length - 1 && each.note;
    return el("h3", {}, part, note ? " " : null, note ? el("span", { class: "note" }, note) : null);
  });
}

function further(name, neighbour, extend) {
  if (!neighbour) return null;
  const text = neighbour.number ? `${name}: para ${neighbour.number}` : name;
  const button = el("button", { type: "button", class: "quiet further" }, text);
  button.addEventListener("click", async () => {
    const place = shown;
    button.disabled = true;
    try {
      const found = await load(neighbour);
      if (shown === place) extend(found);
    } catch (error) {
      button.disabled = false;
      button.textContent = `${error.message} Try again`;
    }
  });
  return button;
}

/** Scrolls the pane alone; scrollIntoView would move the page behind it too. */
function bringIntoView(element) {
  const offset = element.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += offset - pane.clientHeight / 3;
}
