// Bringing a report: sent, read and embedded by the server, audited, then asked.

import { el } from "./dom.js";

const KEY = "pilcrow-api-key";
const WAIT = 400;
const section = document.getElementById("upload");
const form = section.querySelector("form");
const state = section.querySelector(".state");
const status = section.querySelector("[role=status]");
const keyLine = form.querySelector(".key");
let working = false;

/** The key lasts as long as the tab; without session storage it is asked for each time. */
function kept(value) {
  try {
    if (value === null) sessionStorage.removeItem(KEY);
    else if (value !== undefined) sessionStorage.setItem(KEY, value);
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function askForKey() {
  const known = kept();
  keyLine.hidden = Boolean(known);
  form.elements.key.required = !known;
}

class Failed extends Error {
  constructor(problem, code) {
    super(problem?.detail ?? (code ? `The server answered ${code}.` : "The server cannot be reached."));
    this.code = code;
  }
}

async function api(path, key) {
  const response = await fetch(`/api/v1/${path}`, { headers: key ? { "X-API-Key": key } : {} })
    .catch(() => { throw new Failed(); });
  const body = await response.json().catch(() => null);
  if (!response.ok || !body) throw new Failed(body, response.status);
  return body;
}

/** Only XMLHttpRequest tells how much of an upload has gone. */
function send(body, key, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/reports");
    request.setRequestHeader("X-API-Key", key);
    request.responseType = "json";
    request.upload.onprogress = (event) => progress("Sending", event.loaded, event.total);
    request.onload = () => (request.status === 202
      ? resolve(request.response) : reject(new Failed(request.response, request.status)));
    request.onerror = () => reject(new Failed());
    request.send(body);
  });
}

async function finished(job, key, progress) {
  while (job.status !== "ready") {
    if (job.status === "failed") throw new Failed(job.problem, job.problem.status);
    const names = { queued: "Waiting for its turn", reading: "Reading", embedding: "Embedding", writing: "Writing the store" };
    progress(names[job.status], job.status === "embedding" ? job.done : 0, job.total);
    await new Promise((resolve) => { setTimeout(resolve, WAIT); });
    job = await api(`jobs/${encodeURIComponent(job.id)}`, key);
  }
  return job;
}

/** Report ids are part of links: what may not stand in one becomes a hyphen. */
function fileName(name) {
  const dot = name.lastIndexOf(".");
  const id = name.slice(0, dot).normalize().replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[^\p{L}\p{N}]+|-+$/gu, "");
  return `${id || "report"}${name.slice(dot)}`;
}

async function bring(files) {
  const sidecar = files.find((file) => file.name.toLowerCase().endsWith(".toml"));
  const report = files.find((file) => file !== sidecar);
  const key = form.elements.key.value || kept();
  if (working || !report || !key) return;
  const body = new FormData();
  body.append("file", report, fileName(report.name));
  if (sidecar) body.append("sidecar", sidecar);
  if (form.elements.unnumbered.checked) body.append("allow_unnumbered", "true");
  working = true;
  form.hidden = true;
  const progress = progressView(report.name);
  try {
    // A wrong key is told before the file is on its way.
    await api("jobs", key);
    kept(key);
    const job = await finished(await send(body, key, progress), key, progress);
    showReady(job, await api(`reports/${encodeURIComponent(job.report)}`));
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    if (error.code === 401) kept(null);
    showFailed(report.name, error.code === 401 ? "The server does not take this API key." : error.message);
  } finally {
    working = false;
    form.elements.key.value = "";
  }
}

function progressView(name) {
  const text = el("p", {}, `Sending ${name}`);
  const bar = el("progress", { "aria-label": `Progress of ${name}` });
  state.replaceChildren(text, bar);
  let said = "";
  return (step, done, total) => {
    text.textContent = total && done ? `${step} ${name}: ${Math.floor((100 * done) / total)}%` : `${step}: ${name}`;
    if (total && done) bar.value = done / total;
    else bar.removeAttribute("value");
    if (said !== step) status.textContent = step;
    said = step;
  };
}

function row(name, value) {
  return el("div", {}, el("dt", {}, name), el("dd", {}, value));
}

/** The numbering audit: what to know before the numbers are relied on. */
function auditView({ audit, missing }) {
  const rows = [row("Paragraphs", `${audit.count}, ${audit.first} to ${audit.last}${audit.ours ? " (our count)" : ""}`)];
  rows.push(row("Missing", audit.gaps.join(", ") || "no gaps"));
  if (audit.repeats.length) rows.push(row("Repeated", audit.repeats.join(", ")));
  if (audit.disorder.length) rows.push(row("Out of order", audit.disorder.join(", ")));
  if (audit.restarts.length) rows.push(row("Begins again", audit.restarts.join(", ")));
  if (audit.doubtful.length) rows.push(row("Doubtful lines", String(audit.doubtful.length)));
  rows.push(row("Text numbered", `${Math.round(audit.share * 100)}%`));
  if (missing.length) rows.push(row("Not known", missing.join(", ")));
  return el("dl", {}, ...rows);
}

function showReady(job, report) {
  const question = el("input", { name: "q", type: "text", required: "required", autocomplete: "off", "aria-label": `Your question to ${report.short_title}`, placeholder: "Ask this report" });
  state.replaceChildren(
    el("h3", { dir: "auto" }, el("a", { href: job.url }, report.title)),
    el("p", {}, job.replaced ? "It has replaced its earlier issue. The numbering:" : "It is ready. The numbering:"),
    auditView(report),
    el("form", { class: "ask", action: "/", method: "get" }, el("input", { type: "hidden", name: "report", value: report.id }),
      question, el("button", { type: "submit" }, "Ask")),
    again("Bring another report"));
  status.textContent = `${report.title} is ready. ${report.audit.count} paragraphs.`;
  question.focus();
}

function showFailed(name, message) {
  const button = again("Try again");
  state.replaceChildren(el("p", { class: "fault", role: "alert" }, `${name} was not added. ${message}`), button);
  status.textContent = "";
  button.focus();
}

function again(name) {
  const button = el("button", { type: "button", class: "quiet" }, name);
  button.addEventListener("click", () => {
    state.replaceChildren();
    form.reset();
    form.hidden = false;
    askForKey();
    form.elements.file.focus();
  });
  return button;
}

function hasFiles(event) {
  return event.dataTransfer?.types.includes("Files");
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  bring([...form.elements.file.files]);
});

// The whole page takes the file, so that a near miss does not open it in the browser.
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  section.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) section.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  section.classList.remove("over");
  if (working) return;
  if (form.hidden) state.querySelector("button.quiet")?.click();
  form.elements.file.files = event.dataTransfer.files;
  section.scrollIntoView({ block: "nearest" });
  if (kept()) form.requestSubmit();
  else form.elements.key.focus();
});

section.hidden = false;
askForKey();
