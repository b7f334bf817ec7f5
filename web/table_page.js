// The page of tables: fills one cell by cell, opens cells, keeps marks, exports and opens files.

import { asked, getJson } from "./api.js";
import { button, el, give } from "./dom.js";
import { store, stored } from "./stored.js";
import { brief, opened } from "./table_cell.js";

const KEY = "pilcrow-table";
const AT_ONCE = 10;
const NOT_KEPT = "The browser has no room for this table: export it as JSON to open it again.";
const [form, grid, pane, trouble, stop, progress, filled, all, turned, dated] = ["tabling", "grid",
  "cell", "trouble", "stop", "progress", "filled", "all", "turned", "dated"]
  .map((id) => document.getElementById(id));
const box = form.elements.questions;
const boxes = [...form.querySelectorAll("[name=report]")];
const nameOf = ({ question, report }) => JSON.stringify([question, report]);
const mapOf = (list) => new Map(list.map((each) => [nameOf(each), each]));
let table = { questions: [], reports: [] };
let [cells, marks, places] = [new Map(), new Map(), new Map()];
let [open, filling] = [null, null];

const warn = (text) => Object.assign(trouble, { textContent: text, hidden: !text });

/** The table with the cells and marks of what it asks. */
function whole() {
  const of = (each) => table.questions.flatMap((question) => table.reports.flatMap(
    ({ id }) => each.get(nameOf({ question, report: id })) ?? []));
  return { ...table, cells: of(cells), marks: of(marks) };
}

const save = () => store(KEY, JSON.stringify(whole())) || warn(NOT_KEPT);

/** Shows a table from its JSON; the one before stays where it is none. */
function take(text) {
  const before = [table, cells, marks];
  warn("");
  try {
    const { questions, reports, cells: kept, marks: made } = JSON.parse(text);
    [table, cells, marks] = [{ questions, reports }, mapOf(kept), mapOf(made)];
    draw();
  } catch {
    [table, cells, marks] = before;
    draw();
    warn("This is no table; open the JSON that was exported here.");
  }
  box.value = table.questions.join("\n");
  for (const each of boxes) each.checked = table.reports.some(({ id }) => id === each.value);
}

function draw() {
  close();
  places = new Map();
  const questions = table.questions.map((question) => ({ question, said: [question] }));
  const reports = ordered().map(({ id, name, published }) => ({ report: id, said: [
    el("a", { href: `/reports/${encodeURIComponent(id)}` }, name), published && ` (${published})`,
  ] }));
  const [rows, columns] = turned.checked ? [reports, questions] : [questions, reports];
  const head = (scope, said) => el("th", { scope, dir: "auto" }, ...said);
  const corner = head("col", [turned.checked ? "Report" : "Question"]);
  grid.replaceChildren(
    el("thead", {}, el("tr", {}, corner, ...columns.map(({ said }) => head("col", said)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, head("row", row.said),
      ...columns.map((column) => placeOf(nameOf({ ...row, ...column })))))));
  filled.hidden = !questions.length;
}

/** The reports as they were chosen, or the oldest first and those without a date last. */
function ordered() {
  const day = ({ published }) => published ?? "9999";
  const sorted = [...table.reports].sort((one, two) => (day(one) < day(two) ? -1 : 1));
  return dated.checked ? sorted : table.reports;
}

function placeOf(name) {
  const made = button([], () => openCell(name), { class: "" });
  places.set(name, made);
  drawCell(name);
  return el("td", {}, made);
}

function drawCell(name) {
  const place = places.get(name);
  if (!place) return;
  place.disabled = !cells.has(name);
  place.replaceChildren(...brief(cells.get(name), marks.get(name)));
  place.setAttribute("aria-pressed", name === open);
}

function openCell(name) {
  const [before, cell] = [open, cells.get(name)];
  open = name;
  [before, name].forEach(drawCell);
  const report = table.reports.find(({ id }) => id === cell.report);
  pane.lastElementChild.replaceChildren(...opened(cell, report, marks.get(name), (mark) => {
    if (mark) marks.set(name, mark);
    else marks.delete(name);
    drawCell(name);
    save();
  }));
  pane.hidden = false;
  pane.focus({ preventScroll: true });
}

function close() {
  const name = open;
  open = null;
  pane.hidden = true;
  drawCell(name);
  places.get(name)?.focus();
}

const posting = (body) => ({
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});
const failed = (what) => (error) => warn(`${what} ${error.message}`);

/** Asks for the cells that are not there yet, a few at a time, until told to do something else. */
async function fill(mine) {
  for (const question of table.questions) {
    const reports = table.reports.map(({ id }) => id)
      .filter((report) => !cells.has(nameOf({ question, report })));
    while (reports.length) {
      const body = { questions: [question], reports: reports.splice(0, AT_ONCE) };
      const { cells: made } = await getJson("/api/v1/tables", posting(body));
      if (filling !== mine) return;
      made.forEach((cell) => cells.set(nameOf(cell), cell));
      made.map(nameOf).forEach(drawCell);
      progress.textContent = `${whole().cells.length} of ${places.size} cells`;
    }
    save();
  }
}

async function exported(format) {
  warn("");
  const by = turned.checked ? "report" : "question";
  const body = posting({ format, table: { ...whole(), reports: ordered() }, by });
  const response = await asked("/api/v1/tables/export", body);
  give(await response.blob(), `table.${format === "gold" ? "gold.jsonl" : format}`);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const lines = box.value.split("\n").map((line) => line.trim().replace(/\s+/g, " "));
  const reports = boxes.filter(({ checked }) => checked).map(({ value, dataset }) => (
    { id: value, name: dataset.name, published: dataset.published || null, url: dataset.url }));
  table = { questions: [...new Set(lines.filter(Boolean))], reports };
  draw();
  warn("");
  stop.hidden = false;
  const mine = {};
  filling = mine;
  await fill(mine).catch(failed("Not filled."));
  if (filling === mine) filling = null;
  stop.hidden = !filling;
  save();
});
stop.addEventListener("click", () => { filling = null; });
pane.firstElementChild.addEventListener("click", close);
document.getElementById("empty").addEventListener("click", () => {
  filling = null;
  take(JSON.stringify({ ...table, cells: [], marks: [] }));
  save();
});
document.getElementById("file").addEventListener("change", async ({ target }) => {
  take(await target.files[0].text());
  target.value = "";
  save();
});
document.querySelectorAll("[data-format]").forEach((each) => {
  each.addEventListener("click", () => exported(each.dataset.format)
    .catch(failed("Not exported.")));
});
for (const each of [turned, dated]) {
  each.checked = stored(`${KEY}-${each.id}`) === "true";
  each.addEventListener("change", () => draw(store(`${KEY}-${each.id}`, each.checked)));
}
all?.addEventListener("change", () => { for (const each of boxes) each.checked = all.checked; });
document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && open) close(); });
// What another tab has done is shown here too, unless this one is at work.
addEventListener("storage", ({ key }) => key === KEY && !filling && !open && take(stored(KEY)));
if (stored(KEY)) take(stored(KEY));
