// The server's answers, kept for the life of the page so that going back is instant.

const kept = new Map();

/** An error whose message can be shown to the reader as it is. */
export class Refused extends Error {}

function pathOf(report, key) {
  const parts = key.split("/").map(encodeURIComponent).join("/");
  return `/reports/${encodeURIComponent(report)}/paragraphs/${parts}`;
}

export function ask(question, report) {
  const body = JSON.stringify(report ? { question, report } : { question });
  return keep(`ask ${body}`, () => getJson("/api/v1/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body,
  }));
}

export function passage(report, key) {
  const path = `/api/v1${pathOf(report, key)}`;
  return keep(path, () => getJson(path));
}

/** A passage's citation; `url` is its page's, whose query says nothing to the API. */
export function citation(url, style) {
  const { pathname } = new URL(url, location.href);
  const path = `/api/v1${pathname}/citation?style=${encodeURIComponent(style)}`;
  return keep(path, () => getJson(path));
}

function keep(name, load) {
  if (!kept.has(name)) {
    const loading = load();
    // A failure is not kept: the next try asks the server again.
    loading.catch(() => kept.delete(name));
    kept.set(name, loading);
  }
  return kept.get(name);
}

async function getJson(url, options) {
  let response;
  try {
    response = await fetch(url, options);
  } catch {
    throw new Refused("The server cannot be reached. Check that it runs, then try again.");
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw new Refused(body?.detail || body?.title || `The server answered ${response.status}.`);
}
