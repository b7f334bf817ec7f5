// Abbreviations in the report's text: their meaning on hover, on focus, or on a tap.

import { eachText, el } from "./dom.js";

const tip = el("div", { id: "meaning", role: "tooltip", hidden: "hidden" });
document.body.append(tip);

const EDGE = "[^\\p{L}\\p{N}]";

/** Marks the abbreviations that a report defines; the text stays as it is. Returns the element. */
export function explained(element, report) {
  if (!report.glossary.length) return element;
  const meanings = new Map(report.glossary.map((each) => [each.short, each]));
  const shorts = [...meanings.keys()].sort((a, b) => b.length - a.length)
    .map((short) => short.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&"));
  const pattern = new RegExp(`(?<=^|${EDGE})(${shorts.join("|")})(?=$|${EDGE})`, "u");
  const met = new Set();
  eachText(element, (node) => {
    const pieces = node.data.split(pattern);
    if (pieces.length < 2) return;
    node.replaceWith(...pieces.filter(Boolean).map((piece) => {
      const meaning = meanings.get(piece);
      if (!meaning) return piece;
      // One stop for the keyboard a paragraph: the first time.
      const again = met.has(piece);
      met.add(piece);
      return el("abbr", { "data-long": meaning.long, tabindex: again ? null : "0" }, piece);
    }));
  });
  return element;
}

let explaining = null;

function showTip(abbr) {
  explaining = abbr;
  tip.textContent = abbr.dataset.long;
  tip.hidden = false;
  abbr.setAttribute("aria-describedby", tip.id);
  place();
}

function place() {
  if (tip.hidden || !explaining.isConnected) return hideTip();
  const word = explaining.getClientRects()[0];
  const left = Math.min(word.left, innerWidth - tip.offsetWidth - 8);
  const above = word.top - tip.offsetHeight - 6;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${above < 0 ? word.bottom + 6 : above}px`;
}

function hideTip() {
  tip.hidden = true;
}

for (const name of ["pointerover", "focusin"]) {
  document.addEventListener(name, (event) => {
    const abbr = event.target.closest?.("abbr[data-long]");
    if (abbr) showTip(abbr);
    else if (event.target !== tip) hideTip();
  });
}
document.addEventListener("scroll", place, { capture: true, passive: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || tip.hidden) return;
  hideTip();
  event.stopImmediatePropagation();
}, { capture: true });
