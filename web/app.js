// Brings the page in line with its address: the answer, the picture of the report, the pane.

import { read, standsAlone, toAnswer, toPlace, toQuestion } from "./address.js";
import { ask, passages } from "./api.js";
import { answerView, nameOf, placesOf, spoken } from "./answer.js";
import { button, el } from "./dom.js";
import { filters, reportName, setFilters, watchFilters } from "./filters.js";
import { remember } from "./history.js";
import { keys } from "./keys.js";
import { clearMap, drawMap, markMap } from "./map.js";
import { jumps } from "./outline.js";
import { hide, prepare, recount, show } from "./reader.js";
import "./selection.js";
import { pointedAt, suggesting } from "./suggest.js";

const form = document.getElementById("ask");
const goForm = document.getElementById("go");
const box = form.elements.q;
const answer = document.getElementById("answer");
const status = document.getElementById("status");
const headline = document.querySelector(".headline");
const map = document.getElementById("map");
const narrow = matchMedia("(max-width: 62rem)");
const emptyTitle = "Pilcrow: ask a report, read its own words";

const MOST_EARLIER = 5;

let asked = null;
let opened = null;
let current = null;
let places = [];

const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);

/** Brings the page in line with the address. */
function follow() {
  const { question, within } = read();
  const key = keyOf(question, within);
  if (key !== asked) {
    asked = key;
    showAnswer(key, question, within);
  }
  showPlace();
}

const keyOf = (question, within) => JSON.stringify([question, within]);

async function showAnswer(key, question, within) {
  document.body.classList.toggle("asked", question !== "");
  headline.hidden = question !== "";
  const short = Array.from(question).slice(0, 80).join("");
  document.title = question ? `${short} – Pilcrow` : emptyTitle;
  box.value = question;
  setFilters(within);
  current = null;
  places = [];
  answer.replaceChildren();
  clearMap();
  status.textContent = "";
  if (!question) return answer.removeAttribute("aria-busy");
  answer.setAttribute("aria-busy", "true");
  answer.append(el("p", { class: "busy" }, "Reading…"));
  try {
    const found = await ask(question, within);
    const missing = await whyMissing(found, question);
    if (asked !== key) return;
    if (within.after.length && !leansOn(found, within.after)) {
      standsAlone();
      key = asked = keyOf(question, read().within);
    }
    remember(question, within.report);
    places = placesOf(found);
    // The box cuts a long question short on paper; this line is for the printed page alone.
    answer.replaceChildren(el("p", { class: "question" }, question), ...answerView(found, missing));
    status.textContent = spoken(found);
    showPlace(found.status === "answered");
    recount();
    drawMap(found, toPlace, () => asked === key).catch(clearMap);
    document.dispatchEvent(new CustomEvent("pilcrow:answer", { detail: found }));
  } catch (error) {
    if (asked !== key) return;
    answer.replaceChildren(errorView(error, () => showAnswer(key, question, within)));
  }
  answer.removeAttribute("aria-busy");
}

/** Whether a question was read together with some of those before it. */
function leansOn({ read_as: read }, after) {
  return after.some((each) => read?.includes(each));
}

/** What the box for numbers would say of a number that no paragraph has. */
async function whyMissing(found, question) {
  if (!found.looked_up || found.status === "answered") return "";
  const report = reportNow();
  if (!report) return "None of the reports has such a paragraph.";
  return passages(report, question)
    .then(() => "", (error) => error.message.replaceAll(report, reportName(report)));
}

function errorView(error, again) {
  return el("div", { class: "failed", role: "alert" }, el("h2", {}, "No answer"),
    el("p", {}, error.message), error.final ? null : button("Try again", again, { class: "" }));
}

/** Opens what the address names; beside an answer, on a wide screen, its first quote. */
function showPlace(answered = answer.querySelector(".quotes") !== null) {
  const { place: named, decided } = read();
  const beside = answered && !narrow.matches && !decided ? places[0] : null;
  const place = named ?? beside ?? null;
  const name = JSON.stringify(place);
  const changed = name !== opened;
  opened = name;
  if (changed && place) show(place, place === named);
  if (changed && !place) {
    hide();
    markMap();
  }
  goForm.hidden = !reportNow();
  coverPage();
  markOpened();
  if (changed && !place) current?.focus({ preventScroll: true });
}

const placeNow = () => JSON.parse(opened);
const reportNow = () => filters().report || placeNow()?.report || goForm.dataset.report;

/** Shows in the list which result the pane is at, and remembers it for when the pane closes. */
function markOpened() {
  const place = placeNow();
  for (const result of answer.querySelectorAll(".result")) {
    const { report, key, start = 0 } = result.dataset;
    const here = place && nameOf(place) === `${report}/${key}` && place.start === Number(start);
    result.classList.toggle("opened", Boolean(here));
    if (here && read().place) current ??= result.querySelector("a.number");
  }
}

/** On a narrow screen the pane covers the page, so focus must not wander behind it. */
function coverPage() {
  const covered = narrow.matches && document.body.classList.contains("reading");
  const parts = document.querySelectorAll("#main, .top, .asking, .foot");
  for (const part of parts) part.inert = covered;
}

function close() {
  toAnswer(read().question !== "" && !narrow.matches);
}

/** The place of the open passage among the hits. */
function count(place = placeNow()) {
  const isHere = (each) => place && nameOf(each) === nameOf(place);
  return { at: places.findIndex(isHere), of: places.length };
}

function step(by) {
  const { at, of } = count();
  const next = places[at < 0 ? 0 : at + by];
  if (!of || !next) return false;
  current = null;
  toPlace(next);
  return true;
}

function move(by) {
  const links = [...answer.querySelectorAll(".result > a.number")];
  if (!links.length) return false;
  const focused = document.activeElement.closest(".result")?.querySelector("a.number");
  const at = links.indexOf(focused ?? current);
  current = links[focused || current ? Math.min(Math.max(at + by, 0), links.length - 1) : 0];
  current.focus();
  return true;
}

/** Goes where the words in the box point; asks them where they point at nothing. */
async function askNow() {
  const question = box.value.trim();
  if (!question) return;
  const place = await pointedAt(question, filters().report);
  if (box.value.trim() !== question) return;
  if (place) return toPlace(place);
  // A question asked after another may lean on it: "And who decided that?"
  const before = read();
  const earlier = [...before.within.after, before.question].filter(Boolean).slice(-MOST_EARLIER);
  const after = question === before.question ? before.within.after : earlier;
  toQuestion(question, { ...filters(), after });
}

/** On a narrow screen the first quote comes first, then the picture of the report. */
function placeMap() {
  if (narrow.matches) answer.after(map);
  else document.querySelector(".asking").append(map);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  askNow();
});
document.querySelector(".examples").addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || !isPlain(event)) return;
  event.preventDefault();
  toQuestion(link.textContent, { report: new URL(link.href).searchParams.get("report") });
});
answer.addEventListener("click", (event) => {
  const result = event.target.closest(".result");
  const link = event.target.closest("a");
  if (link?.target) return;
  const selecting = !link && !getSelection().isCollapsed;
  if (!result || !isPlain(event) || selecting) return;
  if (event.target.closest("button, input, textarea, select, abbr, .quote-tools")) return;
  event.preventDefault();
  const { report, key, start = 0, end = 0 } = result.dataset;
  current = result.querySelector("a.number");
  toPlace({ report, key, start: Number(start), end: Number(end) });
});

prepare({ close, go: toPlace, step, count, at: markMap });
suggesting(box, () => filters().report, (taken) => {
  box.value = taken.kind === "question" ? taken.text : read().question;
  if (taken.kind === "question") askNow();
  else toPlace(taken);
});
jumps(goForm, reportNow, toPlace);
watchFilters(() => {
  goForm.hidden = !reportNow();
  if (read().question) askNow();
});
keys({ close, move, step });
addEventListener("popstate", follow);
narrow.addEventListener("change", () => {
  placeMap();
  showPlace();
});
// What is stuck to the top of the window, so that the pane stands below it.
new ResizeObserver(([{ target }]) => {
  const stuck = getComputedStyle(target).position === "sticky";
  document.documentElement.style.setProperty("--head", `${stuck ? target.offsetHeight : 0}px`);
}).observe(document.querySelector(".asking"));
placeMap();
follow();
// Not on a touch screen, where it would call up the keyboard over the examples.
if (!box.value && matchMedia("(hover: hover)").matches) box.focus();
