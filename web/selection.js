// Words that the reader has selected in a report: copied with their citation, pinned, linked to.

import { addressOf, quoteClip, styleChooser } from "./cite.js";
import { copyButton } from "./clipboard.js";
import { el } from "./dom.js";

const WAIT = 250;
const WORDS = 5;

const bar = el("div", {
  class: "chosen", role: "region", "aria-label": "Selected words", hidden: "hidden",
});
document.body.append(bar);
let timer = 0;
let shown = "";

/** The slices selected, one a passage: {text, start, end, report, key, citation, url}. */
function slices() {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return [];
  const range = selection.getRangeAt(0);
  return [...document.querySelectorAll(".passage > .prose")]
    .filter((prose) => range.intersectsNode(prose))
    .map((prose) => sliceOf(prose, range))
    .filter(({ text }) => text);
}

function sliceOf(prose, range) {
  const within = document.createRange();
  within.selectNodeContents(prose);
  const before = within.cloneRange();
  if (within.compareBoundaryPoints(Range.START_TO_START, range) < 0) {
    within.setStart(range.startContainer, range.startOffset);
  }
  if (within.compareBoundaryPoints(Range.END_TO_END, range) > 0) {
    within.setEnd(range.endContainer, range.endOffset);
  }
  before.setEnd(within.startContainer, within.startOffset);
  const points = Array.from(prose.textContent);
  const from = Array.from(before.toString()).length;
  const [start, end] = wholeWords(points, from, from + Array.from(within.toString()).length);
  const text = points.slice(start, end).join("");
  const { report, key, citation, url, hash } = prose.parentElement.dataset;
  const address = `${url.split("?")[0]}?quote=${start}-${end}${hash ? `&v=${hash}` : ""}`;
  return { text, start, end, report, key, citation, url: address };
}

/** The slice without white space at its ends, and with the whole of a word it cuts. */
function wholeWords(points, from, to) {
  const isWord = (at) => /[\p{L}\p{N}]/u.test(points[at] ?? " ");
  let [start, end] = [from, to];
  while (start < end && !points[start].trim()) start += 1;
  while (start < end && !points[end - 1].trim()) end -= 1;
  if (start === end) return [start, end];
  while (isWord(start - 1) && isWord(start)) start -= 1;
  while (isWord(end - 1) && isWord(end)) end += 1;
  return [start, end];
}

/** A link that shows the words marked, and that a browser scrolls to without any script. */
function linkOf(quote) {
  const words = quote.text.split(/[\n\t]/)[0].split(/\s+/);
  const coded = (some) => encodeURIComponent(some.join(" ")).replace(/-/g, "%2D");
  const ends = words.length > 4 * WORDS
    ? `${coded(words.slice(0, WORDS))},${coded(words.slice(-WORDS))}` : coded(words);
  return `${addressOf(quote)}#:~:text=${ends}`;
}

/** The clips of several passages behind one another. */
async function clipOf(quotes) {
  const clips = await Promise.all(quotes.map(quoteClip));
  return {
    text: clips.map(({ text }) => text).join("\n\n"),
    nodes: clips.flatMap(({ nodes }, index) => (index ? [el("br"), el("br"), ...nodes] : nodes)),
  };
}

function pieceView(quote) {
  return el("span", {
    class: "piece", "data-report": quote.report, "data-key": quote.key, "data-start": quote.start,
    "data-end": quote.end, "data-citation": quote.citation, "data-url": quote.url,
  }, el("span", { class: "quote-tools" }));
}

function draw(quotes) {
  const preview = el("div", { class: "preview" });
  const show = () => clipOf(quotes).then(
    ({ text, nodes }) => {
      preview.replaceChildren(...nodes.map((node) => node.cloneNode?.(true) ?? node));
      const plain = text.slice(preview.textContent.length).trim();
      if (quotes.length === 1 && /^http/.test(plain)) {
        preview.append(el("span", { class: "plain" }, `As plain text with: ${plain}`));
      }
    },
    (error) => { preview.textContent = error.message; }).then(place);
  show();
  bar.redraw = show;
  bar.replaceChildren(
    el("p", { class: "unseen" }, "What will be pasted:"), preview,
    el("div", { class: "tools" },
      copyButton("Copy with citation", () => clipOf(quotes)),
      styleChooser("of the selected words"),
      ...quotes.map(pieceView),
      copyButton("Copy link", () => linkOf(quotes[0]), "to the selected words")));
  bar.hidden = false;
}

/** Below the selection, or above it where there is no room; never over it. */
function place() {
  if (bar.hidden || !getSelection().rangeCount) return;
  const box = getSelection().getRangeAt(0).getBoundingClientRect();
  const left = Math.max(8, Math.min(box.left, innerWidth - bar.offsetWidth - 8));
  const below = box.bottom + 8;
  const above = box.top - bar.offsetHeight - 8;
  const fits = below + bar.offsetHeight < innerHeight || above < 8;
  bar.style.left = `${left}px`;
  bar.style.top = `${Math.min(fits ? below : above, innerHeight - bar.offsetHeight - 8)}px`;
}

function look() {
  if (bar.contains(document.activeElement)) return;
  const quotes = slices();
  const name = JSON.stringify(quotes);
  if (name === shown) return;
  shown = name;
  if (!quotes.length) {
    bar.hidden = true;
    return;
  }
  draw(quotes);
  place();
}

document.addEventListener("selectionchange", () => {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT);
});
document.addEventListener("pilcrow:style", () => bar.redraw?.());
// The words stay selected while a button of the bar is pressed.
bar.addEventListener("pointerdown", (event) => {
  if (event.target.closest("button")) event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || bar.hidden) return;
  bar.hidden = true;
  getSelection().removeAllRanges();
  event.stopImmediatePropagation();
}, { capture: true });
