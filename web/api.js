// The server's answers, kept for the life of the page so that going back is instant.

const kept = new Map();

const OUT_OF_REACH = "The server cannot be reached. Check that it runs, then try again.";

/** An error whose message can be shown to the reader as it is; `final` if it would come again. */
export class Refused extends Error {
  constructor(message, code = 0) {
    super(message);
    this.final = code >= 400 && code < 500 && code !== 408 && code !== 429;
  }
}

export function pathOf(report, key) {
  const parts = key.split("/").map(encodeURIComponent).join("/");
  return `/reports/${encodeURIComponent(report)}/paragraphs/${parts}`;
}

// Enough to draw where in the report an answer lies.
const MOST_ASKED = 30;

/** The answer that came with the page, if it is to this question. */
function delivered(question, { report, section, after }) {
  const data = document.getElementById("answer-data");
  if (data?.dataset.report !== report || data.dataset.section !== section) return null;
  if (JSON.stringify(JSON.parse(data.dataset.after)) !== JSON.stringify(after)) return null;
  const answer = JSON.parse(data.textContent);
  data.remove();
  return answer.question === question ? answer : null;
}

/** An answer within {report, section}; `after` are the questions before it. */
export function ask(question, { report, section, after }) {
  const body = JSON.stringify({
    question,
    limit: MOST_ASKED,
    report: report || undefined,
    section: section || undefined,
    after: after.length ? after : undefined,
  });
  return keep(`ask ${body}`, async () => delivered(question, { report, section, after })
    ?? getJson("/api/v1/ask", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    }));
}

/** A report with its outline, glossary and the order of its passages. */
export function report(id) {
  const path = `/api/v1/reports/${encodeURIComponent(id)}`;
  return keep(path, () => getJson(path));
}

export function passage(report, key) {
  const path = `/api/v1${pathOf(report, key)}`;
  return keep(path, () => getJson(path));
}

/** The passages of a list of keys or numbers: "30-35" or "29,31". */
export async function passages(report, numbers) {
  const query = new URLSearchParams({ numbers });
  const path = `/api/v1/reports/${encodeURIComponent(report)}/paragraphs?${query}`;
  return (await keep(path, () => getJson(path))).paragraphs;
}

export async function suggestions(typed, report) {
  const query = new URLSearchParams(report ? { q: typed, report } : { q: typed });
  const path = `/api/v1/suggest?${query}`;
  return (await keep(path, () => getJson(path))).suggestions;
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

export async function getJson(url, options) {
  return (await asked(url, options)).json().catch(() => { throw new Refused(OUT_OF_REACH); });
}

/** The server's response; what it refuses is an error. */
export async function asked(url, options) {
  const response = await fetch(url, options).catch(() => { throw new Refused(OUT_OF_REACH); });
  if (response.ok) return response;
  const { detail, title } = await response.json().catch(() => ({}));
  const said = detail || title || `The server answered ${response.status}.`;
  throw new Refused(said, response.status);
}
