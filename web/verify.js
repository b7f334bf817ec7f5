// Checks without leaving the page: the server renders the answer, as it does without JavaScript.

import { button, el, give } from "./dom.js";
import { takesFiles } from "./drop.js";
import { isKey } from "./help.js";

const form = document.getElementById("verify");
const checks = document.getElementById("checks");
const status = document.getElementById("status");
const { file, text } = form.elements;
const RIGHT = ".found, .other_source";

/** The words struck out and put in, "[-report's-] {+draft's+}", as <del> and <ins>. */
function mark(line) {
  let into = document.createDocumentFragment();
  const whole = into;
  for (const part of line.textContent.split(/(\[-|-\]|\{\+|\+\})/)) {
    if (into === whole && (part === "[-" || part === "{+")) {
      into = document.createElement(part === "[-" ? "del" : "ins");
      whole.append(into);
    } else if (part === (into.nodeName === "DEL" ? "-]" : into.nodeName === "INS" ? "+}" : null)) {
      into = whole;
    } else {
      into.append(part);
    }
  }
  line.replaceChildren(whole);
}

function dress() {
  checks.querySelectorAll(".difference").forEach(mark);
  const tools = checks.querySelector(".tools");
  tools?.replaceChildren(
    ...(faults().length ? [button("Next to mend (n)", () => step(1), { "aria-keyshortcuts": "n" }),
      button("The one before (p)", () => step(-1), { "aria-keyshortcuts": "p" })] : []),
    button("Download the marked draft", download));
}

/** The places in the draft that are to be mended. */
function faults() {
  return [...checks.querySelectorAll(".draft a")].filter((each) => !each.matches(RIGHT));
}

function step(by) {
  const all = faults();
  if (!all.length) return;
  const at = all.findIndex((each) => each.classList.contains("here"));
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length;
  visit(all[next]);
}

/** Shows a place in the draft and what is said of it, side by side. */
function visit(place) {
  const check = document.querySelector(place.getAttribute("href"));
  checks.querySelectorAll(".here").forEach((each) => each.classList.remove("here"));
  place.classList.add("here");
  check.classList.add("here");
  check.scrollIntoView({ block: "nearest" });
  place.scrollIntoView({ block: "center" });
  place.focus({ preventScroll: true });
  status.textContent = check.innerText;
}

/** The draft with its marks and the checks, as a page that a word processor opens too. */
function download() {
  const page = document.implementation.createHTMLDocument("Checked draft");
  const style = ".draft{white-space:pre-wrap} a{background:#ffd9d2} "
    + "a.found{background:#dff2e3} a.other_source{background:none} "
    + "del{color:#9c2a1f} ins{color:#1f6b3a}";
  const shown = [checks.querySelector("h2"), ...checks.querySelectorAll(".draft, ol.checks")];
  page.body.append(...shown.map((each) => page.importNode(each, true)));
  page.body.querySelectorAll(".where a").forEach((link) => {
    link.href = new URL(link.getAttribute("href"), location.href).href;
  });
  // As text: a style element that is made here would be one of this page, which allows none.
  const marked = page.documentElement.outerHTML
    .replace("</head>", `<style>${style}</style></head>`);
  const whole = `<!doctype html>\n${marked}`;
  const name = (file.files[0]?.name ?? "draft").replace(/\.[^.]*$/, "");
  give(new Blob([whole], { type: "text/html" }), `${name}-checked.html`);
}

async function check() {
  if (!file.files.length && !text.value.trim()) return text.focus();
  checks.setAttribute("aria-busy", "true");
  status.textContent = "Checking…";
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const found = page.getElementById("checks");
    if (!found) throw new Error(`The server answered ${response.status}.`);
    checks.replaceChildren(...found.childNodes);
    dress();
    const summary = checks.querySelector("h2");
    status.textContent = summary ? summary.textContent : "";
    summary?.scrollIntoView({ block: "start" });
  } catch (error) {
    const why = error instanceof TypeError ? "The server cannot be reached." : error.message;
    status.textContent = `The draft could not be checked. ${why}`;
    checks.replaceChildren(el("p", { class: "fault", role: "alert" }, status.textContent));
  } finally {
    checks.removeAttribute("aria-busy");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
file.addEventListener("change", () => { if (file.files.length) check(); });
text.addEventListener("input", () => { file.value = ""; });
checks.addEventListener("click", (event) => {
  const place = event.target.closest(".draft a");
  if (!place) return;
  event.preventDefault();
  visit(place);
});
document.addEventListener("keydown", (event) => {
  const by = { n: 1, p: -1 }[event.key];
  if (by && isKey(event) && faults().length) step(by);
});
takesFiles((files) => {
  file.files = files;
  check();
});
dress();
