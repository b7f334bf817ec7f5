// The citation style the reader has chosen, remembered for the next time, and what copies it.

import { citation } from "./api.js";
import { copyButton } from "./clipboard.js";
import { el } from "./dom.js";
import { store, stored } from "./stored.js";

const STORED = "pilcrow-style";
const STYLES = {
  short: "Short form",
  oscola: "OSCOLA",
  harvard: "Harvard (Cite Them Right)",
  apa: "APA 7",
  "chicago-notes": "Chicago (notes)",
  "chicago-author-date": "Chicago (author-date)",
  bluebook: "Bluebook",
  mla: "MLA 9",
};
const FACES = new Set(["i", "em", "b", "strong", "sup", "sub"]);

const chosen = () => (stored(STORED) in STYLES ? stored(STORED) : "short");

/** A list of the styles; all lists on the page show the same choice. */
export function styleChooser(about = "") {
  const options = Object.entries(STYLES).map(([value, name]) => el("option", { value }, name));
  const name = `Citation style${about && `, ${about}`}`;
  const list = el("select", { class: "style", "aria-label": name }, ...options);
  list.value = chosen();
  list.addEventListener("change", () => {
    store(STORED, list.value);
    for (const other of document.querySelectorAll("select.style")) other.value = list.value;
    document.dispatchEvent(new CustomEvent("pilcrow:style"));
  });
  return list;
}

/** The citation of a passage {citation, url}: as it stands in the text, then its entry. */
export async function citationClip(passage) {
  if (chosen() === "short") return clip([shortCitation(passage)], `\n${addressOf(passage)}`);
  const found = await citation(passage.url, chosen());
  const entry = faces(found.bibliography_html, found.bibliography);
  const inText = faces(found.in_text_html, found.in_text);
  return clip(found.bibliography ? [...inText, "\n\n", ...entry] : inText);
}

/** A quote {text, citation, url} with its citation: in brackets after it, or as a note below it. */
export async function quoteClip(quote) {
  const said = `“${quote.text}”`;
  if (chosen() === "short") {
    return clip([said, " (", shortCitation(quote), ")"], `\n${addressOf(quote)}`);
  }
  const { in_text: inText, in_text_html: html } = await citation(quote.url, chosen());
  return clip([said, /^[([]/.test(inText) ? " " : "\n", ...faces(html, inText)]);
}

function shortCitation({ citation: text, url }) {
  return el("a", { href: new URL(url, location.href).href }, text);
}

export function addressOf({ url }) {
  return new URL(url, location.href).href;
}

/** Nodes and strings as a clip; `after` follows in plain text alone, where no link can be. */
function clip(parts, after = "") {
  const text = parts.map((part) => part.textContent ?? part).join("") + after;
  const nodes = parts.flatMap((part) => (typeof part === "string" ? broken(part) : [part]));
  return { text, nodes };
}

/** Line breaks as elements, or a word processor would run the lines together. */
function broken(text) {
  return text.split("\n").flatMap((line, index) => (index ? [el("br"), line] : [line]));
}

/** The server's italics and the like as elements; any other markup is left out, its text kept. */
function faces(html, text) {
  if (!html) return [text];
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return [node.data];
    const inner = [...node.childNodes].flatMap(read);
    const name = node.localName;
    return FACES.has(name) ? [el(name, {}, ...inner)] : inner;
  };
  return read(new DOMParser().parseFromString(html, "text/html").body);
}

/** What stands under a quote, after its citation: copy, style, pin, link. */
export function quoteActions(quote, about) {
  return [
    keyed(copyButton("Copy", () => quoteClip(quote), `with citation, ${about}`)),
    citationButton(quote, about),
    styleChooser(about),
    el("span", { class: "quote-tools" }),
    copyButton("Link", () => addressOf(quote), `to ${about}`),
  ];
}

/** Copies the citation of a passage alone. */
export function citationButton(passage, about = "") {
  return keyed(copyButton("Copy citation", () => citationClip(passage), about));
}

/** What the key `c` does: copies what is being read, else where the focus is, else the first. */
export function copyHere() {
  const focused = document.activeElement.closest(".result, .passage");
  const found = focused?.querySelector(".copy")
    ?? document.querySelector(":is(#reader .target, #cite) .copy")
    ?? document.querySelector(".copy");
  found?.click();
  return Boolean(found);
}

function keyed(button) {
  button.setAttribute("aria-keyshortcuts", "c");
  return button;
}
