// On a report's pages: its abbreviations' meanings, selected words, and the key to a paragraph.

import { report } from "./api.js";
import { explained } from "./glossary.js";
import { isKey } from "./help.js";
import "./selection.js";

const { report: id } = document.getElementById("main").dataset;

document.addEventListener("keydown", (event) => {
  const box = document.getElementById("to");
  if (event.key !== "g" || !box || !isKey(event)) return;
  event.preventDefault();
  box.focus();
});

// Beside the text on a wide screen, above it, and shut, on a narrow one.
const contents = document.getElementById("contents");
if (contents) contents.open = matchMedia("(min-width: 62.01rem)").matches;

// Without their meanings the words are still there to be read.
report(id).catch(() => null).then((found) => {
  if (found) document.querySelectorAll(".passage .prose").forEach((text) => explained(text, found));
});

// In another part of a long report: the paragraph's own page leads on.
const wanted = decodeURIComponent(location.hash.slice(1));
if (wanted.startsWith("p-") && !document.getElementById(wanted)) {
  location.replace(`${location.pathname}/paragraphs/${encodeURIComponent(wanted.slice(2))}`);
}
