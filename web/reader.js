// The reading pane: the report around a passage, with the quote marked, more of it as one scrolls.

import { passage, passages, report as reportOf } from "./api.js";
import { button, el } from "./dom.js";
import { contentsButton } from "./outline.js";
import { article, headings, noteOf } from "./sheet.js";

const AROUND = 6;
const LONGEST_RANGE = 60;
const EDGE = 250;

const pane = document.getElementById("reader");
/** {place, report, first, last, from, until}: what is open, and what of `report.order` is drawn. */
let open = null;
let actions = {};

/** `actions`: close(), go(place), step(by), count(place), at(report, index) as the reader moves. */
export function prepare(given) {
  actions = given;
}

/** Opens the pane at a place {report, key, start, end, through}. */
export async function show(place, takeFocus) {
  const mine = { place };
  open = mine;
  pane.hidden = false;
  document.body.classList.add("reading");
  const busy = () => el("p", { class: "busy" }, "Opening…");
  if (!pane.querySelector(".passage")) frame("Opening the report", busy());
  if (takeFocus) pane.focus({ preventScroll: true });
  try {
    const found = await locate(place);
    const drawn = await load(found.report, found.from, found.until);
    if (open !== mine) return;
    Object.assign(mine, found);
    draw(drawn);
  } catch (error) {
    if (open === mine) frame("Not opened", el("p", { role: "alert" }, error.message));
  }
}

export function hide() {
  open = null;
  pane.hidden = true;
  pane.replaceChildren();
  document.body.classList.remove("reading");
}

/** Where in the report a place is, by key, or by what the server knows it as. */
async function locate(place) {
  const report = await reportOf(place.report);
  const indexOf = (key) => report.order.findIndex((each) => each.key === key);
  let first = indexOf(place.key);
  if (first < 0) first = indexOf((await passage(place.report, place.key)).key);
  const through = place.through ? indexOf(place.through) : first;
  const last = Math.min(Math.max(through, first), first + LONGEST_RANGE);
  return {
    report, first, last,
    from: Math.max(0, first - AROUND),
    until: Math.min(report.order.length, last + AROUND + 1),
  };
}

function load(report, from, until) {
  const keys = report.order.slice(from, until).map((each) => each.key);
  return keys.length ? passages(report.id, keys.join(",")) : [];
}

function frame(title, ...content) {
  const close = button("×", actions.close, { class: "close", "aria-label": "Close the report" });
  const heading = el("h2", { id: "reader-title" }, title);
  pane.replaceChildren(el("div", { class: "bar" }, heading, close), ...content);
}

function draw(drawn) {
  const target = drawn[open.first - open.from];
  const before = drawn.slice(0, 1).map((each) => ({ section: each.section }));
  const sheet = el("div", { class: "sheet" }, ...articles(drawn, open.from, before[0]));
  frame(target.citation, sheet);
  const [bar] = pane.children;
  const hits = el("span", { class: "hits-at" });
  bar.lastElementChild.before(hits, contentsButton(pane, open, actions.go));
  bar.append(el("p", { class: "at" }));
  sheet.before(further("Earlier", -1));
  sheet.after(further("Later", 1));
  refresh();
  bringIntoView(pane.querySelector(".target mark") ?? pane.querySelector(".target"));
  tell();
}

/** Says which match is being read, with the ways to the one before and after. */
export function recount() {
  const box = pane.querySelector(".hits-at");
  if (!box || !open) return;
  const { at, of } = actions.count(open.place);
  const step = (by, name, sign, key) => {
    const made = button(sign, () => actions.step(by), {
      class: "quiet step", "aria-label": name, "aria-keyshortcuts": key,
    });
    made.disabled = at >= 0 && (at + by < 0 || at + by >= of);
    return made;
  };
  const here = open.told ? actions.count(open.told.passage).at : at;
  const matches = of === 1 ? "1 match" : `${of} matches`;
  const place = el("span", {}, here < 0 ? matches : `match ${here + 1} of ${of}`);
  box.replaceChildren(...(of
    ? [step(-1, "Previous match", "‹", "p"), place, step(1, "Next match", "›", "n")] : []));
}

function articles(drawn, from, before) {
  return drawn.flatMap((each, index) => [
    ...headings(index ? drawn[index - 1] : before, each),
    article(each, from + index, open),
  ]);
}

function further(name, by) {
  const kind = `quiet further ${by < 0 ? "earlier" : "later"}`;
  return button(name, () => extend(by), { class: kind, "data-name": name });
}

/** Draws the next passages before or after; what is being read stays where it is. */
async function extend(by) {
  const mine = open;
  if (!mine?.report || mine.busy) return;
  const [from, until] = by < 0
    ? [Math.max(0, mine.from - 2 * AROUND), mine.from]
    : [mine.until, Math.min(mine.report.order.length, mine.until + 2 * AROUND)];
  if (from >= until) return;
  mine.busy = true;
  try {
    const drawn = await load(mine.report, from, until);
    if (open !== mine) return;
    const sheet = pane.querySelector(".sheet");
    const below = pane.scrollHeight - pane.scrollTop;
    if (by < 0) sheet.prepend(...articles(drawn, from, drawn[0]));
    else sheet.append(...articles(drawn, from, sheet.lastElementChild.passage));
    if (by < 0) pane.scrollTop = pane.scrollHeight - below;
    Object.assign(mine, by < 0 ? { from } : { until });
    refresh();
  } catch (error) {
    const again = pane.querySelector(by < 0 ? ".earlier" : ".later");
    if (open === mine) again.textContent = `${error.message} Try again`;
  } finally {
    mine.busy = false;
  }
}

/** Names on the two buttons what they would show. */
function refresh() {
  for (const [selector, index] of [[".earlier", open.from - 1], [".later", open.until]]) {
    const found = pane.querySelector(selector);
    const next = open.report.order[index];
    found.hidden = !next;
    const { name } = found.dataset;
    if (next) found.textContent = next.number ? `${name}: para ${next.number}` : name;
  }
}

/** Says in the bar, and to the picture of the report, what is being read. */
function tell() {
  if (!open?.report) return;
  const top = pane.getBoundingClientRect().top + pane.clientHeight * 0.4;
  const all = [...pane.querySelectorAll(".passage")];
  const now = all.find((each) => each.getBoundingClientRect().bottom > top) ?? all.at(-1);
  if (!now || now === open.told) return;
  open.told = now;
  document.getElementById("reader-title").textContent = now.passage.citation;
  recount();
  const { section, note } = now.passage;
  pane.querySelector(".at").replaceChildren(section.join(" › "), ...noteOf(note));
  actions.at(open.report.id, Number(now.dataset.index));
}

/** A paragraph that the text refers to opens here, not on a page of its own. */
pane.addEventListener("click", (event) => {
  const link = event.target.closest("a.ref");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  actions.go({ report: open.report.id, key: link.dataset.to });
});

pane.addEventListener("scroll", () => {
  tell();
  if (pane.scrollTop < EDGE) extend(-1);
  if (pane.scrollHeight - pane.scrollTop - pane.clientHeight < EDGE) extend(1);
}, { passive: true });

/** Scrolls the pane alone; scrollIntoView would move the page behind it too. */
function bringIntoView(element) {
  const offset = element.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  pane.scrollTop += offset - pane.clientHeight / 3;
}
