// The sheet of the reading pane: passages with their numbers, under the headings they stand under.

import { addressOf, citationButton, styleChooser } from "./cite.js";
import { copyButton } from "./clipboard.js";
import { el, label, numberLink, prose, wrapped } from "./dom.js";
import { pageButton } from "./facsimile.js";
import { explained } from "./glossary.js";

/** A passage of an open report {place, report, first, last}, marked where it was asked for. */
export function article(each, index, open) {
  const here = index >= open.first && index <= open.last;
  const { start = 0, end = 0 } = index === open.first ? open.place : {};
  const text = wrapped(prose(each.text, start, end), each.references, reference);
  const made = el("article", {
    class: here ? "passage target" : "passage",
    "data-index": index,
    "data-report": each.report,
    "data-key": each.key,
    "data-start": "0",
    "data-end": Array.from(each.text).length,
    "data-citation": each.citation,
    "data-url": each.url,
    "data-hash": each.hash,
  }, numberLink(each.number, each.section, each.key, each.url), explained(text, open.report),
  tools(each, here && index === open.last, { start, end }));
  made.passage = each;
  return made;
}

/** A place in the text that another paragraph is named at, as a link there. */
function reference({ key, url }, words) {
  return el("a", { class: "ref", href: url, "data-to": key }, words);
}

function tools(each, asked, words) {
  const about = label(each.number, each.section, each.key);
  const whole = `/reports/${encodeURIComponent(each.report)}#p-${encodeURIComponent(each.key)}`;
  return el("div", { class: "tools" },
    citationButton(each, about),
    asked ? styleChooser(about) : null,
    el("span", { class: "quote-tools" }),
    copyButton("Copy link", () => addressOf(each), `to ${about}`),
    asked ? pageButton(each, words) : null,
    asked ? el("a", { href: whole, target: "_self" }, "Whole report") : null);
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
