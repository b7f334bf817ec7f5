// The notebook as this browser keeps it: quotes by their place, in the reader's order, with notes.

import { store, stored } from "./stored.js";

const KEY = "pilcrow-notebook";
const GONE = "pilcrow-notebook-gone";
const ASIDE = "pilcrow-notebook-damaged";
const VERSION = 1;
const TEXTS = ["report", "key", "text", "citation", "url", "question", "note"];
const NOTHING_KEPT = "This browser keeps nothing for this page: export the notebook before you "
  + "close it.";
const NEWER = "The notebook was made by a newer version of this page. It is left as it is; reload, "
  + "or update the server.";
const DAMAGED = "Part of the notebook could not be read; this is the rest.";
const NO_ROOM = "The browser has no room left for the notebook. Export it, then remove some "
  + "quotes.";

// Holds the notebook where the browser keeps nothing, for as long as the page is open.
let memory = null;

/** A change that could not be kept; the message can be shown to the reader as it is. */
export class NotKept extends Error {}

export function idOf({ report, key, start, end }) {
  return `${report}/${key}/${start}-${end}`;
}

/** {title, items, trouble}; `trouble` says what the reader must know, "" if nothing. */
export function load() {
  if (memory) return { ...memory, trouble: NOTHING_KEPT };
  let raw;
  try {
    raw = localStorage.getItem(KEY);
  } catch {
    memory = fresh();
    return load();
  }
  if (raw === null) return fresh();
  const kept = parsed(raw);
  if (kept?.version > VERSION) {
    return { ...fresh(), newer: true, trouble: NEWER };
  }
  const items = Array.isArray(kept?.items) ? kept.items.filter(isItem) : [];
  const title = typeof kept?.title === "string" ? kept.title : "";
  const damaged = kept?.version !== VERSION || items.length !== kept.items?.length;
  // What cannot be read is not thrown away.
  if (damaged && stored(ASIDE) !== raw) store(ASIDE, raw);
  return { title, items, trouble: damaged ? DAMAGED : "" };
}

/** Applies a change to the newest notebook and keeps it; another tab may have changed it. */
function change(apply) {
  const book = load();
  if (book.newer) throw new NotKept(book.trouble);
  apply(book);
  const { title, items } = book;
  try {
    localStorage.setItem(KEY, JSON.stringify({ version: VERSION, title, items }));
  } catch (error) {
    if (error.name === "QuotaExceededError" && !memory) {
      throw new NotKept(NO_ROOM);
    }
    memory = { title, items };
  }
  tell();
}

export function has(id) {
  return load().items.some((item) => idOf(item) === id);
}

export function add(item, place = Infinity) {
  change(({ items }) => {
    if (items.some((other) => idOf(other) === idOf(item))) return;
    items.splice(place, 0, { note: "", question: "", ...item });
  });
}

/** Takes an item out and returns it with its place, for undoing, now or after a reload. */
export function remove(id) {
  let gone = null;
  change(({ items }) => {
    const place = items.findIndex((item) => idOf(item) === id);
    if (place >= 0) gone = { place, item: items.splice(place, 1)[0] };
  });
  if (gone) keepGone([gone]);
  return gone;
}

/** What was taken out last, with places, if it can be put back. */
export function lastRemoved() {
  const found = parsed(stored(GONE));
  return Array.isArray(found) ? found.filter((each) => isItem(each?.item)) : [];
}

/** Puts back what was taken out last, each where it was. */
export function putBack() {
  const gone = lastRemoved();
  change(({ items }) => {
    const known = new Set(items.map(idOf));
    for (const { item, place } of gone) {
      if (!known.has(idOf(item))) items.splice(place, 0, item);
    }
  });
  keepGone([]);
}

const keepGone = (gone) => store(GONE, JSON.stringify(gone));

/** Puts the items in the order of these ids; one that another tab has added stays at the end. */
export function arrange(ids) {
  const rank = (item) => (ids.indexOf(idOf(item)) + ids.length + 1) % (ids.length + 1);
  change(({ items }) => items.sort((a, b) => rank(a) - rank(b)));
}

export function annotate(id, note) {
  change(({ items }) => {
    const item = items.find((each) => idOf(each) === id);
    if (item) item.note = note;
  });
}

export function rename(title) {
  change((book) => { book.title = title; });
}

/** Empties the notebook; putBack() fills it again. */
export function clear() {
  let before = [];
  change((book) => { before = book.items.splice(0); });
  keepGone(before.map((item, place) => ({ item, place })));
}

export function onChange(listen) {
  document.addEventListener("pilcrow:notebook", listen);
}

addEventListener("storage", (event) => {
  if (event.key === KEY || event.key === null) tell(true);
});

function tell(elsewhere = false) {
  document.dispatchEvent(new CustomEvent("pilcrow:notebook", { detail: { elsewhere } }));
}

function fresh() {
  return { title: "", items: [], trouble: "" };
}

function parsed(raw) {
  try {
    const found = JSON.parse(raw);
    return typeof found === "object" ? found : null;
  } catch {
    return null;
  }
}

function isItem(item) {
  return item !== null && typeof item === "object"
    && TEXTS.every((name) => typeof item[name] === "string")
    && Number.isInteger(item.start) && Number.isInteger(item.end) && item.end > item.start
    && /^\/(?!\/)/.test(item.url);
}
