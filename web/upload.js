// Bringing reports: one after another they are sent, read and made ready by the server.

import { takesFiles } from "./drop.js";
import { button, el } from "./dom.js";
import { keep, key } from "./key.js";
import { refresh } from "./reports.js";
import { api, finished, upload } from "./writing.js";

const section = document.getElementById("upload");
const form = section.querySelector("form");
const queue = section.querySelector(".queue");
const status = document.getElementById("status");
const largest = Number(section.dataset.largest);
const waiting = [];
let working = false;

function askForKey() {
  section.querySelectorAll(".key").forEach((line) => { line.hidden = Boolean(key()); });
  form.elements.key.required = !key();
}

/** Report ids are part of links: what may not stand in one becomes a hyphen. */
function fileName(name) {
  const dot = name.lastIndexOf(".");
  const id = name.slice(0, dot).normalize().replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[^\p{L}\p{N}]+|-+$/gu, "");
  return `${id || "report"}${name.slice(dot)}`;
}

const stem = (name) => name.slice(0, name.lastIndexOf("."));

/** Puts files in the queue, each with the description (.toml) that has its name. */
function bring(files) {
  const described = files.filter(({ name }) => /\.toml$/i.test(name));
  const reports = files.filter((file) => !described.includes(file));
  for (const file of reports) {
    const alone = reports.length === 1 && described.length === 1 ? described[0] : null;
    const sidecar = described.find(({ name }) => stem(name) === stem(file.name)) ?? alone;
    enqueue({ file, sidecar, options: {} });
  }
  form.reset();
  work();
}

function enqueue(task) {
  const place = el("li", {}, el("p", {}, `${task.file.name}: waiting for its turn`));
  if (task.place?.isConnected) task.place.replaceWith(place);
  else queue.append(place);
  waiting.push({ ...task, place });
}

async function work() {
  if (working) return;
  working = true;
  while (waiting.length) await one(waiting.shift());
  working = false;
}

async function one(task) {
  const { file, place } = task;
  try {
    if (file.size > largest) {
      const most = Math.floor(largest / 1e6);
      throw new Error(`It has ${Math.ceil(file.size / 1e6)} MB; at most ${most} MB can be added.`);
    }
    const progress = progressView(place, file.name);
    // A wrong key is told before the file is on its way.
    await api("jobs");
    const job = await finished(await upload(bodyOf(task), progress), progress);
    const report = await api(`reports/${encodeURIComponent(job.report)}`);
    place.replaceChildren(...readyView(job, report));
    status.textContent = `${report.title} is ready. ${report.audit.count} paragraphs.`;
    await refresh();
  } catch (error) {
    place.replaceChildren(...failedView(task, error));
    status.textContent = "";
  }
  askForKey();
}

function bodyOf({ file, sidecar, options }) {
  const body = new FormData();
  body.append("file", file, fileName(file.name));
  if (sidecar) body.append("sidecar", sidecar);
  for (const [name, value] of Object.entries(options)) body.append(name, value);
  return body;
}

function progressView(place, name) {
  const text = el("p", {}, `Sending ${name}`);
  const bar = el("progress", { "aria-label": `Progress of ${name}` });
  place.replaceChildren(text, bar);
  let said = "";
  return (step, done, total) => {
    const share = total && done ? ` ${Math.floor((100 * done) / total)}%` : "";
    text.textContent = `${name}: ${step.toLowerCase()}${share}`;
    if (share) bar.value = done / total;
    else bar.removeAttribute("value");
    if (said !== step) status.textContent = `${name}: ${step}`;
    said = step;
  };
}

function readyView(job, report) {
  const href = `/?report=${encodeURIComponent(report.id)}`;
  return [el("p", {}, el("strong", { dir: "auto" }, report.title),
    job.replaced ? " has replaced its earlier issue. " : " is ready. ",
    el("a", { href }, "Ask it"))];
}

function failedView(task, error) {
  const retry = (name, options) => button(name, () => {
    if (!key() && !form.elements.key.value) return form.elements.key.focus();
    if (form.elements.key.value) keep(form.elements.key.value);
    enqueue({ ...task, options: { ...task.options, ...options } });
    work();
  });
  const ways = [retry("Try again", {})];
  if (error.unnumbered) ways.unshift(retry("Count its paragraphs", { allow_unnumbered: "true" }));
  if (error.code === 409) {
    ways.unshift(retry("Replace the one that is there", { replace: "true" }),
      retry("Keep both", { as: `${stem(fileName(task.file.name))}-2` }));
  }
  const said = `${task.file.name} was not added. ${error.message}`;
  return [el("p", { class: "fault", role: "alert" }, said),
    el("div", { class: "tools" }, ...ways)];
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (form.elements.key.value) keep(form.elements.key.value);
  form.elements.key.value = "";
  bring([...form.elements.file.files]);
});

takesFiles((files) => {
  form.elements.file.files = files;
  section.scrollIntoView({ block: "nearest" });
  if (key()) form.requestSubmit();
  else form.elements.key.focus();
}, (held) => section.classList.toggle("over", held));
document.addEventListener("pilcrow:key", askForKey);

section.hidden = false;
askForKey();
