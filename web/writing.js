// Requests that change the reports, and their refusals in a reader's words.

import { keep, key } from "./key.js";

const WAIT = 400;
const STEPS = {
  queued: "Waiting for its turn", reading: "Reading", embedding: "Making it searchable",
  writing: "Putting it in place",
};

/** Why something was not done; the message can be shown to the reader as it is. */
export class Failed extends Error {
  constructor(problem, code) {
    super(code ? inWords(problem?.detail, code) : "The server cannot be reached.");
    this.code = code;
    this.unnumbered = /--allow-unnumbered/.test(problem?.detail ?? "");
  }
}

const OF_MACHINES = /--[a-z]|\bpilcrow\b|`|\/api\/|\/docs|\bHTTP\b|X-API-Key|\.toml\b|PILCROW_/;

/** What the server says, without what it says to programs. */
function inWords(detail, code) {
  if (code === 401 || code === 403) return "This key does not let you change reports.";
  const without = (aside) => (OF_MACHINES.test(aside) ? "" : aside);
  const parts = (detail ?? "").replace(/\([^()]*\)/g, without)
    .split(/(?<=[;.])\s+/).filter((part) => !OF_MACHINES.test(part));
  const said = parts.join(" ").replace(/(?<![;,\s])[;,\s]+$/, "");
  return said ? `${said}${/[.!?]$/.test(said) ? "" : "."}` : `The server answered ${code}.`;
}

/** Sends a request with the key; a key that is refused is forgotten. */
export async function api(path, method = "GET", body = undefined) {
  const headers = { "X-API-Key": key() };
  if (body) headers["Content-Type"] = "application/json";
  const options = { method, headers, body: body && JSON.stringify(body) };
  const response = await fetch(`/api/v1/${path}`, options)
    .catch(() => { throw new Failed(); });
  const found = response.status === 204 ? {} : await response.json().catch(() => null);
  if (response.status === 401) keep("");
  if (!response.ok || !found) throw new Failed(found, response.status);
  return found;
}

/** Uploads a form; only XMLHttpRequest tells how much of it has gone. */
export function upload(form, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/reports");
    request.setRequestHeader("X-API-Key", key());
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => progress("Sending", loaded, total);
    request.onload = () => (request.status === 202
      ? resolve(request.response) : reject(new Failed(request.response, request.status)));
    request.onerror = () => reject(new Failed());
    request.send(form);
  });
}

/** Follows a job to its end, telling `progress` of its steps. */
export async function finished(begun, progress) {
  let job = begun;
  while (job.status !== "ready") {
    if (job.status === "failed") throw new Failed(job.problem, job.problem.status);
    progress(STEPS[job.status], job.status === "embedding" ? job.done : 0, job.total);
    await new Promise((resolve) => { setTimeout(resolve, WAIT); });
    job = await api(`jobs/${encodeURIComponent(job.id)}`);
  }
  return job;
}
