// The sheet of the reading pane: passages with their numbers, under the headings they stand under.

import { citationButton, styleChooser } from "./cite.js";
import { el, numberLink, prose } from "./dom.js";
import { explained } from "./glossary.js";

/** A passage of an open report {place, report, first, last}, marked when it is what was asked for. */
export function article(each, index, open) {
  const here = index >= open.first && index <= open.last;
  const { start = 0, end = 0 } = index === open.first ? open.place : {};
  const number = numberLink(each.number, each.section, each.key, each.url);
  const text = explained(prose(each.text, start, end), open.report);
  const made = el("article", { class: here ? "passage target" : "passage", "data-index": index },
    number, text, here && index === open.last ? tools(each) : null);
  made.passage = each;
  return made;
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
export function headings(before, each) {
  const old = before?.section ?? [];
  const same = each.section.findIndex((part, depth) => part !== old[depth]);
  if (same < 0) return [];
  return each.section.slice(same).map((part, index, parts) => el("h3", {},
    part, ...noteOf(index === parts.length - 1 && each.note)));
}

export function noteOf(note) {
  return note ? [" ", el("span", { class: "note" }, note)] : [];
}
