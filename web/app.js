// The address decides what is shown: /?q=QUESTION[&report=ID][&open=ID/KEY[&quote=START-END]].

import { ask } from "./api.js";
import { answerView, spoken } from "./answer.js";
import { copyHere } from "./cite.js";
import { el } from "./dom.js";
import { hide, show } from "./reader.js";

const form = document.getElementById("ask");
const box = form.elements.q;
const chosen = form.elements.report;
const main = document.getElementById("main");
const answer = document.getElementById("answer");
const status = document.getElementById("status");
const narrow = matchMedia("(max-width: 62rem)");
const emptyTitle = "Pilcrow: ask a report, read its own words";

let asked = null;
let opened = null;
let current = null;

function go(parameters, replace = false) {
  const query = new URLSearchParams(parameters).toString();
  const address = query ? `/?${query}` : "/";
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  follow();
}

/** Brings the page in line with the address. */
function follow() {
  const address = new URLSearchParams(location.search);
  const question = (address.get("q") ?? "").trim();
  const report = address.get("report") ?? "";
  const key = JSON.stringify([question, report]);
  if (key !== asked) {
    asked = key;
    showAnswer(key, question, report);
  }
  showPlace(address.get("open") ?? "", address.get("quote") ?? "");
}

async function showAnswer(key, question, report) {
  document.body.classList.toggle("asked", question !== "");
  document.title = question ? `${Array.from(question).slice(0, 80).join("")} – Pilcrow` : emptyTitle;
  box.value = question;
  if (chosen) chosen.value = report;
  current = null;
  answer.replaceChildren();
  status.textContent = "";
  if (!question) return;
  answer.setAttribute("aria-busy", "true");
  answer.append(el("p", { class: "busy" }, "Reading…"));
  try {
    const found = await ask(question, report);
    if (asked !== key) return;
    // The box cuts a long question short on paper; this line is for the printed page alone.
    answer.replaceChildren(el("p", { class: "question" }, question), ...answerView(found));
    status.textContent = spoken(found);
    markOpened();
  } catch (error) {
    if (asked !== key) return;
    answer.replaceChildren(errorView(error, () => showAnswer(key, question, report)));
  }
  answer.removeAttribute("aria-busy");
}

function errorView(error, again) {
  const button = el("button", { type: "button" }, "Try again");
  button.addEventListener("click", again);
  return el("div", { class: "failed", role: "alert" },
    el("h2", {}, "No answer"), el("p", {}, error.message), button);
}

/** `open` is ID/KEY; a key may hold slashes, an id never does. */
function showPlace(open, quote) {
  const name = `${open} ${quote}`;
  if (name === opened) return;
  opened = name;
  markOpened();
  const slash = open.indexOf("/");
  if (slash < 1) {
    hide();
    coverPage();
    current?.focus({ preventScroll: true });
  } else {
    const [start, end] = /^\d+-\d+$/.test(quote) ? quote.split("-").map(Number) : [0, 0];
    show({ report: open.slice(0, slash), key: open.slice(slash + 1), start, end }, close);
    coverPage();
  }
}

/** Shows in the list which result the pane is at, and remembers it for when the pane closes. */
function markOpened() {
  const address = new URLSearchParams(location.search);
  for (const result of answer.querySelectorAll(".result")) {
    const { report, key, quote = null } = result.dataset;
    const here = address.get("open") === `${report}/${key}` && address.get("quote") === quote;
    result.classList.toggle("opened", here);
    if (here) current ??= result.querySelector("a.number");
  }
}

/** On a narrow screen the pane covers the page, so focus must not wander behind it. */
function coverPage() {
  const covered = narrow.matches && document.body.classList.contains("reading");
  for (const part of [main, ...document.querySelectorAll(".top, .foot")]) part.inert = covered;
}

function open(result) {
  const { report, key, quote } = result.dataset;
  const address = new URLSearchParams(location.search);
  // With the pane open, another paragraph replaces the entry: one step back always closes it.
  const replace = address.has("open");
  address.set("open", `${report}/${key}`);
  if (quote) address.set("quote", quote);
  else address.delete("quote");
  current = result.querySelector("a.number");
  go(address, replace);
}

function close() {
  const address = new URLSearchParams(location.search);
  address.delete("open");
  address.delete("quote");
  go(address);
}

function move(step) {
  const links = [...answer.querySelectorAll(".result > a.number")];
  if (!links.length) return false;
  const focused = document.activeElement.closest(".result")?.querySelector("a.number");
  const at = links.indexOf(focused ?? current);
  current = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  current.focus();
  return true;
}

const isPlain = (event) => !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (!question) return;
  go(chosen?.value ? { q: question, report: chosen.value } : { q: question });
});

document.querySelector(".examples")?.addEventListener("click", (event) => {
  const link = event.target.closest("a");
  if (!link || !isPlain(event)) return;
  event.preventDefault();
  go({ q: link.textContent });
});

answer.addEventListener("click", (event) => {
  const result = event.target.closest(".result");
  const link = event.target.closest("a");
  const selecting = !link && !getSelection().isCollapsed;
  if (!result || !isPlain(event) || selecting || event.target.closest("button")) return;
  event.preventDefault();
  open(result);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest?.("input, select, textarea");
  const reading = event.target.closest?.("#reader");
  const arrows = !reading && event.target.tagName !== "SELECT";
  let used = false;
  if (event.key === "Escape" && document.body.classList.contains("reading")) {
    close();
    used = true;
  } else if (event.key === "/" && !typing) {
    box.focus();
    box.select();
    used = true;
  } else if ((event.key === "j" && !typing) || (event.key === "ArrowDown" && arrows)) {
    used = move(1);
  } else if ((event.key === "k" && !typing) || (event.key === "ArrowUp" && arrows && !typing)) {
    used = move(-1);
  } else if (event.key === "c" && !typing) {
    used = copyHere();
  }
  if (used) event.preventDefault();
});

addEventListener("popstate", follow);
narrow.addEventListener("change", coverPage);
follow();
// Not on a touch screen, where it would call up the keyboard over the examples.
if (!box.value && matchMedia("(hover: hover)").matches) box.focus();
