// The citation style the reader has chosen, remembered for the next time, and what copies it.

import { citation } from "./api.js";
import { copyButton, el } from "./dom.js";

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

function chosen() {
  const kept = localStorage.getItem(STORED);
  return kept in STYLES ? kept : "short";
}

/** A list of the styles; all lists on the page show the same choice. */
export function styleChooser() {
  const options = Object.entries(STYLES).map(([value, name]) => el("option", { value }, name));
  const list = el("select", { class: "style", "aria-label": "Citation style" }, ...options);
  list.value = chosen();
  list.addEventListener("change", () => {
    localStorage.setItem(STORED, list.value);
    for (const other of document.querySelectorAll("select.style")) other.value = list.value;
  });
  return list;
}

/** Copies the citation of a passage {citation, url}: as it stands in the text, then its entry. */
export function citationButton(passage) {
  return button("Copy citation", async () => {
    if (chosen() === "short") return `${passage.citation}\n${addressOf(passage)}`;
    const { in_text: inText, bibliography } = await citation(passage.url, chosen());
    return bibliography ? `${inText}\n\n${bibliography}` : inText;
  });
}

/** Copies a quote with its citation: in brackets after it, or as a note below it. */
export function quoteButton(quote) {
  return button("Copy with citation", async () => {
    if (chosen() === "short") return `“${quote.text}” (${quote.citation})\n${addressOf(quote)}`;
    const { in_text: inText } = await citation(quote.url, chosen());
    return `“${quote.text}”${/^[([]/.test(inText) ? " " : "\n"}${inText}`;
  });
}

/** What the key `c` does: copies what is being read, else where the focus is, else the first. */
export function copyHere() {
  const focused = document.activeElement.closest(".result");
  const found = document.querySelector(":is(#reader, #cite) .copy")
    ?? focused?.querySelector(".copy") ?? document.querySelector(".copy");
  found?.click();
  return Boolean(found);
}

function addressOf({ url }) {
  return new URL(url, location.href).href;
}

function button(name, text) {
  const made = copyButton(name, text);
  made?.classList.add("copy");
  made?.setAttribute("aria-keyshortcuts", "c");
  return made;
}
