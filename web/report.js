// On a report's pages: the meaning of its abbreviations, and the key that goes to a paragraph.

import { report } from "./api.js";
import { explained } from "./glossary.js";
import { isKey } from "./help.js";

const { report: id } = document.getElementById("main").dataset;

document.addEventListener("keydown", (event) => {
  const box = document.getElementById("to");
  if (event.key !== "g" || !box || !isKey(event)) return;
  event.preventDefault();
  box.focus();
});

// Without their meanings the words are still there to be read.
const found = await report(id).catch(() => null);
if (found) document.querySelectorAll(".passage .prose").forEach((text) => explained(text, found));
