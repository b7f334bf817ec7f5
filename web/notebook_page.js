// The notebook's own page: order, notes, undo, export.

import { dragging } from "./drag.js";
import { button, el, give, prose } from "./dom.js";
import { asked, forget } from "./history.js";
import {
  annotate, arrange, clear, idOf, lastRemoved, load, NotKept, onChange, putBack, remove, rename,
} from "./notebook_store.js";
import { store, stored } from "./stored.js";

const list = document.getElementById("pins");
const empty = document.getElementById("nothing");
const full = document.getElementById("something");
const trouble = document.getElementById("trouble");
const status = document.getElementById("status");
const title = document.getElementById("title");
const heading = document.querySelector("h1");
const style = document.getElementById("style");
const sure = document.getElementById("clearing");
const STYLE = "pilcrow-style";

/** Does what may fail for want of room, and says so where it does. */
function tried(action) {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof NotKept)) throw error;
    warn(error.message);
    return null;
  }
}

function warn(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
}

function pinView(item) {
  const id = idOf(item);
  const name = item.citation || `${item.report} ${item.key}`;
  const note = el("textarea", {
    rows: 1, maxlength: 10000, placeholder: "Add a note", "aria-label": `Note on ${name}`,
  });
  note.value = item.note;
  const printed = el("p", { class: "printed-note" }, item.note);
  note.addEventListener("input", () => {
    printed.textContent = note.value;
    tried(() => annotate(id, note.value));
  });
  const from = item.question && el("p", { class: "asked-for" },
    el("a", { href: `/?q=${encodeURIComponent(item.question)}` }, item.question));
  return el("li", { class: "pinned", "data-id": id },
    el("button", {
      type: "button", class: "handle", tabindex: -1, "aria-hidden": "true", title: "Drag to move",
    }, "⠿"),
    el("div", {}, from || null,
      el("blockquote", { dir: "auto" }, prose(item.text)),
      el("p", { class: "cite" }, el("a", { href: item.url }, name)),
      el("p", { class: "fault", role: "alert", hidden: "hidden" }), note, printed),
    el("div", { class: "pin-tools" },
      button("↑", () => step(id, -1), { "data-step": "-1", "aria-label": `Move up: ${name}` }),
      button("↓", () => step(id, 1), { "data-step": "1", "aria-label": `Move down: ${name}` }),
      button("Remove", () => take(id), { "aria-label": `Remove ${name}` })));
}

function draw() {
  const book = load();
  warn(book.trouble);
  if (document.activeElement !== title) title.value = book.title;
  headed();
  list.replaceChildren(...book.items.map(pinView));
  undoView();
  empty.hidden = book.items.length > 0;
  full.hidden = !book.items.length;
  ends();
}

/** The title stands above the page, and on paper. */
function headed() {
  heading.textContent = title.value.trim() || "Notebook";
}

/** The first cannot go up nor the last down. */
function ends() {
  const pins = [...list.querySelectorAll(".pinned")];
  pins.forEach((pin, place) => {
    pin.querySelector("[data-step='-1']").disabled = place === 0;
    pin.querySelector("[data-step='1']").disabled = place === pins.length - 1;
  });
}

function order() {
  return [...list.querySelectorAll(".pinned")].map((pin) => pin.dataset.id);
}

function settle() {
  tried(() => arrange(order()));
  ends();
}

function step(id, by) {
  const pins = [...list.querySelectorAll(".pinned")];
  const at = pins.findIndex((pin) => pin.dataset.id === id);
  const pin = pins[at];
  const focused = document.activeElement;
  if (by < 0) pins[at - 1].before(pin);
  else pins[at + 1].after(pin);
  settle();
  (focused.disabled ? pin.querySelector("[data-step]:enabled") : focused).focus();
  pin.scrollIntoView({ block: "nearest" });
  status.textContent = `Moved to ${at + by + 1} of ${pins.length}`;
}

/** Where what was taken out last can be put back, now or after a reload. */
function undoView() {
  list.querySelector(".gone")?.remove();
  const gone = lastRemoved();
  if (!gone.length) return null;
  const [{ item, place }] = gone;
  const what = gone.length > 1 ? `${gone.length} quotes` : item.citation || idOf(item);
  const undo = button("Undo", () => {
    tried(putBack);
    draw();
    list.querySelector(`[data-id="${CSS.escape(idOf(item))}"] textarea`)?.focus();
    status.textContent = "Put back";
  });
  const note = el("li", { class: "gone" }, `Removed: ${what} `, undo);
  const next = list.children[place];
  if (next) next.before(note);
  else list.append(note);
  return undo;
}

function take(id) {
  if (!tried(() => remove(id))) return;
  draw();
  list.querySelector(".gone button")?.focus();
  status.textContent = "Removed";
}

function empties() {
  sure.close();
  tried(clear);
  draw();
  list.querySelector(".gone button")?.focus();
  status.textContent = "The notebook is empty";
}

/** The file's name: the title or else the report's, and the day. */
function fileName(suggested) {
  const { items, title: named } = load();
  const reports = new Set(items.map(({ report }) => report));
  const name = named.trim() || (reports.size === 1 ? items[0].citation.split(" (")[0] : "Notebook");
  const day = new Date().toISOString().slice(0, 10);
  const safe = name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 80);
  return `${safe || "Notebook"}-${day}${suggested.slice(suggested.lastIndexOf("."))}`;
}

/** The questions asked on this device, newest first. */
function drawHistory() {
  const all = asked();
  document.getElementById("history").hidden = !all.length;
  document.getElementById("asked").replaceChildren(...all.map(({ question, report }) => {
    const query = new URLSearchParams(report ? { q: question, report } : { q: question });
    return el("li", {}, el("a", { href: `/?${query}` }, question));
  }));
}

async function exported(format) {
  const { items, title: named } = load();
  list.querySelectorAll(".fault").forEach((fault) => { fault.hidden = true; });
  warn("");
  status.textContent = "Exporting…";
  try {
    const response = await fetch("/api/v1/export", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        format, style: style.value, title: named,
        items: items.map(({ report, key, start, end, text, note, url }) => ({
          report, key, start, end, text, note, v: versionOf(url),
        })),
      }),
    });
    if (!response.ok) throw await refusal(response, items);
    const sent = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"))[1];
    const name = fileName(sent);
    give(await response.blob(), name);
    status.textContent = `Exported as ${name}`;
  } catch (error) {
    status.textContent = "";
    const why = error instanceof TypeError ? "The server cannot be reached." : error.message;
    warn(`Not exported. ${why}`);
  }
}

function versionOf(url) {
  return new URL(url, location.href).searchParams.get("v") ?? "";
}

/** Marks the quotes that the server does not have as they were pinned. */
async function refusal(response, items) {
  const problem = await response.json().catch(() => ({}));
  for (const { item, detail } of problem.errors ?? []) {
    const fault = list.querySelector(`[data-id="${CSS.escape(idOf(items[item]))}"] .fault`);
    fault.textContent = `Not as it was pinned: ${detail}`;
    fault.hidden = false;
  }
  return new Error(problem.detail ?? `The server answered ${response.status}.`);
}

for (const each of document.querySelectorAll("[data-format]")) {
  each.addEventListener("click", () => exported(each.dataset.format));
}
document.getElementById("print").addEventListener("click", () => print());
document.getElementById("clear").addEventListener("click", () => sure.showModal());
sure.querySelector(".yes").addEventListener("click", empties);
sure.querySelector(".no").addEventListener("click", () => sure.close());
document.getElementById("forget").addEventListener("click", () => {
  forget();
  drawHistory();
  status.textContent = "The questions are forgotten";
});
title.addEventListener("input", () => {
  headed();
  tried(() => rename(title.value));
});
style.addEventListener("change", () => store(STYLE, style.value));
style.value = stored(STYLE) ?? "short";
if (!style.value) style.value = "short";
onChange(({ detail }) => { if (detail.elsewhere) draw(); });
dragging(list, ".pinned", ".handle", settle);
draw();
drawHistory();
