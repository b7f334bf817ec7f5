// An answer as elements: first what the report says, then where else it speaks of the matter.

import { quoteButton, styleChooser } from "./cite.js";
import { cut, el, numberLink, prose, slice, where } from "./dom.js";

const AROUND = 180;

export function answerView(answer) {
  const found = answer.status === "answered";
  return [
    ...(found ? answeredView(answer) : notFoundView(answer)),
    ...(found
      ? hitsView(answer.hits, "Ranked paragraphs", "hits")
      : hitsView(answer.hits, "Nearest paragraphs, which do not answer it", "hits nearest")),
  ];
}

/** One sentence for a reader who hears the page. */
export function spoken(answer) {
  if (answer.status !== "answered") return "Not in the report. The nearest paragraphs follow.";
  const [first] = answer.quotes;
  const place = first.paragraph ? `paragraph ${first.paragraph}` : first.section.at(-1);
  return `Answered from ${place}: ${first.text} Confidence ${percent(answer.confidence)}.`;
}

function answeredView(answer) {
  const notes = new Map(answer.hits.map((hit) => [`${hit.report} ${hit.key}`, hit.note]));
  const quotes = answer.quotes.map((quote) => quoteView(quote, notes.get(`${quote.report} ${quote.key}`)));
  return [
    el("h2", {}, "The report says"),
    confidenceView(answer.confidence),
    el("ol", { class: "quotes" }, ...quotes),
    el("p", { class: "tools" }, "Copy citations as ", styleChooser()),
  ];
}

function notFoundView(answer) {
  return [el("div", { class: "not-found" },
    el("h2", {}, "Not in the report"),
    el("p", {}, "The report does not answer this question. "),
    el("p", { class: "why" },
      `The nearest sentence was judged ${percent(answer.confidence)} likely to answer it.`))];
}

function confidenceView(confidence) {
  const word = confidence >= 0.8 ? "High" : confidence >= 0.5 ? "Fair" : "Low";
  const figure = percent(confidence);
  return el("div", { class: "sure" },
    el("p", {}, el("strong", {}, `${word} confidence, ${figure}`)),
    el("meter", { min: 0, max: 1, value: confidence, "aria-hidden": "true" }),
    el("p", { class: "why" }, `Of 100 answers rated like this one, about ${Math.round(confidence * 100)} `,
      "have a first quote that answers the question."));
}

function percent(share) {
  return share > 0 && share < 0.01 ? "under 1%" : `${Math.round(share * 100)}%`;
}

function quoteView(quote, note) {
  return el("li", { class: "result", ...placeOf(quote) },
    numberLink(quote.paragraph, quote.section, quote.key, quote.url),
    el("div", {},
      el("blockquote", { cite: quote.url }, prose(quote.text)),
      where(quote.section, note),
      el("p", { class: "cite" }, el("span", {}, quote.citation), " ",
        quoteButton(quote))));
}

function hitsView(hits, title, kind) {
  if (!hits.length) return [];
  return [el("h2", {}, title), el("ol", { class: kind }, ...hits.map(hitView))];
}

function hitView(hit) {
  const span = hit.quote ?? { start: 0, end: 0 };
  return el("li", { class: "result", ...placeOf(hit, hit.quote) },
    numberLink(hit.paragraph, hit.section, hit.key, hit.quote?.url ?? hit.url),
    el("div", {}, where(hit.section, hit.note), excerpt(hit.text, span.start, span.end)));
}

/** The marked sentence with a little around it, cut at words; the reading pane shows the rest. */
function excerpt(text, start, end) {
  const size = Array.from(text).length;
  const before = slice(text, Math.max(0, start - AROUND), start);
  const after = slice(text, end, Math.min(size, end + 2 * AROUND));
  const lead = start > AROUND ? before.replace(/^\S*\s+/, "") : before;
  const rest = end + 2 * AROUND < size ? after.replace(/\s+\S*$/, "") : after;
  const from = start - Array.from(lead).length;
  const omitted = () => el("span", { class: "omitted" }, "…");
  return el("p", { class: "excerpt" },
    lead.length < before.length ? omitted() : null,
    ...cut(lead + slice(text, start, end) + rest, from, start, end),
    rest.length < after.length ? omitted() : null);
}

/** Where a result leads, for the reading pane. */
function placeOf(found, quote = found) {
  return {
    "data-report": found.report,
    "data-key": found.key,
    "data-quote": quote ? `${quote.start}-${quote.end}` : null,
  };
}
