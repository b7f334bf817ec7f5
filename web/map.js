// Where in the reports the question is spoken of: each paragraph a bar, taller the nearer.

import { report as reportOf } from "./api.js";
import { nameOf } from "./answer.js";
import { track } from "./track.js";
import { el } from "./dom.js";

const box = document.getElementById("map");
const MOST_ROWS = 6;
const drawn = new Map();
let reading = { report: null, index: -1 };

export function clearMap() {
  drawn.clear();
  box.replaceChildren();
  box.hidden = true;
}

/**
 * Draws a row for each report with hits, best first; `go` opens a place, `current` says whether
 * it is still wanted.
 */
export async function drawMap(answer, go, current) {
  const ids = [...new Set(answer.hits.map((hit) => hit.report))];
  const reports = await Promise.all(ids.slice(0, MOST_ROWS).map(reportOf));
  if (!current()) return;
  clearMap();
  if (!reports.length) return;
  const nearness = nearnessOf(answer.hits);
  const quoted = new Set(answer.quotes.map(nameOf));
  const rows = reports.map((report) => {
    const bars = report.order.map(({ key, number }) => {
      const name = nameOf({ report: report.id, key });
      return { key, number, ...nearness.get(name), quoted: quoted.has(name) };
    });
    const row = track(report, bars, (bar) => {
      const { start = 0, end = 0 } = bar.hit?.quote ?? {};
      go({ report: report.id, key: bar.key, start, end });
    });
    drawn.set(report.id, row);
    const name = report.short_title || report.title;
    const href = `/reports/${encodeURIComponent(report.id)}`;
    const named = ids.length > 1 ? el("a", { class: "row-name", href }, name) : null;
    return el("div", { class: "row" }, named, row.element);
  });
  const others = ids.length - reports.length;
  const have = others > 1 ? "reports have" : "report has";
  box.replaceChildren(...rows, el("p", { class: "legend" },
    "Each bar is a paragraph; the taller, the nearer to the question.",
    others > 0 ? ` ${others} more ${have} weaker matches.` : ""));
  box.classList.toggle("faint", answer.status !== "answered");
  box.hidden = false;
  markMap(reading.report, reading.index);
}

/** Shows what is being read; without a report, that nothing is. */
export function markMap(report = null, index = -1) {
  reading = { report, index };
  for (const [id, row] of drawn) row.mark(id === report ? index : -1);
}

export function focusMap() {
  const first = box.querySelector("[role=slider]");
  first?.focus();
  return Boolean(first);
}

/** Each hit's nearness, 0 to 1: how far its score stands out from the middle of all. */
function nearnessOf(hits) {
  const scores = hits.map((hit) => hit.score).sort((a, b) => b - a);
  const top = scores[0];
  const low = scores.length > 20
    ? scores[Math.floor(scores.length * 0.6)] : Math.min(scores.at(-1), top / 2);
  return new Map(hits.map((hit) => {
    const share = top > low ? (hit.score - low) / (top - low) : 1;
    return [nameOf(hit), { hit, near: Math.min(1, Math.max(0.04, share)) }];
  }));
}
