// The page of tables: fills one cell by cell, opens cells, keeps marks, exports and opens files.

import { getJson } from "./api.js";
import { el, give } from "./dom.js";
import { brief, opened } from "./table_cell.js";

const KEY = "pilcrow-table";
const AT_ONCE = 10;
const NOT_KEPT = "The browser has no room for this table: export it as JSON to open it again.";
const [form, grid, pane, trouble, stop, progress, filled, all] = ["tabling", "grid", "cell",
  "trouble", "stop", "progress", "filled", "all"].map((id) => document.getElementById(id));
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
  const of = (each) => [...places.keys()].flatMap((name) => each.get(name) ?? []);
  return { ...table, cells: of(cells), marks: of(marks) };
}

function save() {
  try {
    localStorage.setItem(KEY, JSON.stringify(whole()));
  } catch {
    warn(NOT_KEPT);
  }
}

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
  const { questions, reports } = table;
  const head = (scope, ...inside) => el("th", { scope, dir: "auto" }, ...inside);
  const heads = reports.map(({ id, name, published }) => head("col",
    el("a", { href: `/reports/${encodeURIComponent(id)}` }, name), published && ` (${published})`));
  grid.replaceChildren(el("thead", {}, el("tr", {}, head("col", "Question"), ...heads)),
    el("tbody", {}, ...questions.map((question) => el("tr", {}, head("row", question),
      ...reports.map(({ id }) => placeOf(nameOf({ question, report: id })))))));
  filled.hidden = !questions.length;
}

function placeOf(name) {
  const button = el("button", { type: "button" });
  button.addEventListener("click", () => openCell(name));
  places.set(name, button);
  drawCell(name);
  return el("td", {}, button);
}

function drawCell(name) {
  const button = places.get(name);
  if (!button) return;
  button.disabled = !cells.has(name);
  button.replaceChildren(...brief(cells.get(name), marks.get(name)));
  button.setAttribute("aria-pressed", name === open);
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
  const body = posting({ format, table: whole() });
  const response = await fetch("/api/v1/tables/export", body);
  if (!response.ok) throw new Error((await response.json()).detail);
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
all?.addEventListener("change", () => { for (const each of boxes) each.checked = all.checked; });
document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && open) close(); });
const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
// What another tab has done is shown here too, unless this one is at work.
addEventListener("storage", ({ key }) => { if (key === KEY && !filling && !open) take(kept()); });
if (kept()) take(kept());
