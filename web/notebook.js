// On every page: how much is in the notebook, and a button to pin at each quote.

import { passage } from "./api.js";
import { el, slice } from "./dom.js";
import { isKey } from "./help.js";
import { add, has, idOf, load, onChange, remove } from "./notebook_store.js";

const QUOTE = "[data-report][data-key][data-start][data-end]";
// What was unpinned on this page, so that pinning it again brings its note back.
const unpinned = new Map();

function placeOf(quote) {
  const { report, key, start, end } = quote.dataset;
  return { report, key, start: Number(start), end: Number(end) };
}

/** The quoted words: those on the page when they are all there, else the server's. */
async function wordsOf(quote, { report, key, start, end }) {
  const shown = quote.querySelector("blockquote")?.textContent ?? "";
  if (Array.from(shown).length === end - start) return shown;
  return slice((await passage(report, key)).text, start, end);
}

async function toggle(button) {
  const quote = button.closest(QUOTE);
  const place = placeOf(quote);
  const id = idOf(place);
  try {
    if (has(id)) {
      unpinned.set(id, remove(id));
      say("Taken out of the notebook");
    } else {
      const before = unpinned.get(id);
      if (before) add(before.item, before.place);
      else {
        const { citation = "", url = "" } = quote.dataset;
        const question = new URLSearchParams(location.search).get("q") ?? "";
        add({ ...place, text: await wordsOf(quote, place), citation, url, question });
      }
      say(`Pinned; ${load().items.length} in the notebook`);
    }
  } catch (error) {
    button.textContent = "Not pinned";
    button.title = error.message;
    say(`Not pinned: ${error.message}`);
  }
}

function say(text) {
  const status = document.getElementById("status");
  if (status) status.textContent = text;
}

function attach() {
  for (const tools of document.querySelectorAll(`${QUOTE} .quote-tools:not(:has(.pin))`)) {
    const kind = { type: "button", class: "quiet pin", "aria-keyshortcuts": "b" };
    const button = el("button", kind);
    button.addEventListener("click", () => toggle(button));
    tools.append(button);
    draw(button);
  }
}

/** A pin says which quote it is for, to who hears it. */
function draw(button) {
  const quote = button.closest(QUOTE);
  const pinned = has(idOf(placeOf(quote)));
  const about = quote.dataset.citation?.split(", ").at(-1) ?? quote.dataset.key;
  const words = quote.querySelector("blockquote, mark, .prose")?.textContent ?? "";
  const first = words.trim().split(/\s+/).slice(0, 6).join(" ");
  const unseen = el("span", { class: "unseen" }, ` ${about}${first && `: “${first}…”`}`);
  button.replaceChildren(pinned ? "Pinned" : "Pin", unseen);
  button.setAttribute("aria-pressed", pinned);
  button.removeAttribute("title");
}

function drawAll() {
  document.querySelectorAll(".pin").forEach(draw);
  const count = document.getElementById("notebook-count");
  if (count) count.textContent = load().items.length || "";
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "b" || !isKey(event)) return;
  const here = document.activeElement?.closest(QUOTE) ?? document;
  const button = here.querySelector(".pin") ?? document.querySelector(".pin");
  button?.click();
});

onChange(drawAll);
drawAll();
attach();
// Quotes come with each answer, with more hits, and with the reading pane.
new MutationObserver(attach).observe(document.body, { childList: true, subtree: true });
