// The notebook's own page: order, notes, undo, export.

import { dragging } from "./drag.js";
import { el, prose } from "./dom.js";
import { add, annotate, arrange, clear, idOf, load, NotKept, onChange, remove, rename } from "./notebook_store.js";

const list = document.getElementById("pins");
const empty = document.getElementById("nothing");
const full = document.getElementById("something");
const trouble = document.getElementById("trouble");
const status = document.getElementById("status");
const title = document.getElementById("title");
const heading = document.querySelector("h1");
const style = document.getElementById("style");
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

function button(name, action, attributes = {}) {
  const made = el("button", { type: "button", class: "quiet", ...attributes }, name);
  made.addEventListener("click", action);
  return made;
}

function pinView(item) {
  const id = idOf(item);
  const name = item.citation || `${item.report} ${item.key}`;
  const note = el("textarea", { rows: 1, maxlength: 10000, placeholder: "Add a note", "aria-label": `Note on ${name}` });
  note.value = item.note;
  const printed = el("p", { class: "printed-note" }, item.note);
  note.addEventListener("input", () => {
    printed.textContent = note.value;
    tried(() => annotate(id, note.value));
  });
  const asked = item.question && el("p", { class: "asked-for" },
    el("a", { href: `/?q=${encodeURIComponent(item.question)}` }, item.question));
  return el("li", { class: "pinned", "data-id": id },
    el("button", { type: "button", class: "handle", tabindex: -1, "aria-hidden": "true", title: "Drag to move" }, "⠿"),
    el("div", {}, asked || null,
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

function take(id) {
  const gone = tried(() => remove(id));
  if (!gone) return;
  const pin = list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  list.querySelector(".gone")?.remove();
  const undo = button("Undo", () => {
    if (tried(() => { add(gone.item, gone.place); return true; })) {
      draw();
      list.querySelector(`[data-id="${CSS.escape(id)}"] textarea`).focus();
      status.textContent = "Put back";
    }
  });
  pin.replaceWith(el("li", { class: "gone" }, `Removed: ${gone.item.citation || id} `, undo));
  ends();
  undo.focus();
  status.textContent = "Removed";
}

function empties() {
  const back = tried(clear);
  if (!back) return;
  draw();
  const undo = button("Undo", () => { tried(back); draw(); title.focus(); });
  empty.hidden = true;
  list.replaceChildren(el("li", { class: "gone" }, "The notebook is empty. ", undo));
  undo.focus();
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
          report, key, start, end, text, note, v: new URL(url, location.href).searchParams.get("v") ?? "",
        })),
      }),
    });
    if (!response.ok) throw await refusal(response, items);
    const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition"))[1];
    save(await response.blob(), name);
    status.textContent = `Exported as ${name}`;
  } catch (error) {
    status.textContent = "";
    warn(`Not exported. ${error instanceof TypeError ? "The server cannot be reached." : error.message}`);
  }
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

function save(blob, name) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

for (const each of document.querySelectorAll("[data-format]")) {
  each.addEventListener("click", () => exported(each.dataset.format));
}
document.getElementById("print").addEventListener("click", () => print());
document.getElementById("clear").addEventListener("click", empties);
title.addEventListener("input", () => {
  headed();
  tried(() => rename(title.value));
});
style.addEventListener("change", () => {
  try {
    localStorage.setItem(STYLE, style.value);
  } catch { /* It is chosen for this page, and forgotten after. */ }
});
try {
  style.value = localStorage.getItem(STYLE) ?? "short";
} catch { /* The first of the list will do. */ }
if (!style.value) style.value = "short";
onChange(({ detail }) => { if (detail.elsewhere) draw(); });
dragging(list, ".pinned", ".handle", settle);
draw();
