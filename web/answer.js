// An answer as elements: first what the report says, then where else it speaks of the matter.

import { aloneAddress } from "./address.js";
import { quoteActions } from "./cite.js";
import { button, cut, el, label, numberLink, prose, slice, where } from "./dom.js";
import { reportName } from "./filters.js";

const AROUND = 180;
const AT_FIRST = 10;

/** `missing` says why a paragraph that was looked up is not there. */
export function answerView(answer, missing = "") {
  const found = answer.status === "answered";
  const several = isSeveral(answer);
  const parts = answer.parts ?? [];
  return [
    ...(parts.length ? partsView(answer, parts, several)
      : found ? answeredView(answer, several) : [notFoundView(answer, missing)]),
    ...hitsView(others(answer), found ? "Other paragraphs, nearest first"
      : "The nearest paragraphs, which do not answer it", found ? "hits" : "hits nearest", several),
  ];
}

/** One sentence for a reader who hears the page. */
export function spoken(answer) {
  if (answer.status !== "answered") return `${refusal(answer)}. The nearest paragraphs follow.`;
  const [first] = answer.quotes;
  const place = first.paragraph ? `paragraph ${first.paragraph}` : first.section.at(-1);
  const sure = answer.looked_up ? "" : ` Confidence ${percent(answer.confidence)}.`;
  return `Answered from ${place}: ${first.text}${sure}`;
}

/** The places of an answer to be read one after the other, best first, each passage once. */
export function placesOf(answer) {
  const hits = answer.hits.slice(0, AT_FIRST)
    .map((hit) => hit.quote ?? { ...hit, start: 0, end: 0 });
  const first = new Map();
  for (const { report, key, start, end } of [...answer.quotes, ...hits]) {
    const name = nameOf({ report, key });
    if (!first.has(name)) first.set(name, { report, key, start, end });
  }
  return [...first.values()];
}

export function nameOf({ report, key }) {
  return `${report}/${key}`;
}

function isSeveral(answer) {
  return new Set([...answer.quotes, ...answer.hits].map(({ report }) => report)).size > 1;
}

/** The hits that are not quoted already. */
function others({ quotes, hits, parts = [] }) {
  const all = [...quotes, ...parts.flatMap((part) => part.quotes)];
  const quoted = new Set(all.map(nameOf));
  return hits.filter((hit) => !quoted.has(nameOf(hit)));
}

function refusal(answer) {
  if (answer.looked_up) return "There is no such paragraph";
  return isSeveral(answer) ? "The reports do not answer this" : "The report does not answer this";
}

function answeredView(answer, several) {
  const total = answer.total ? `${answer.quotes.length} of ${answer.total}` : null;
  return [
    el("h1", {}, headline(answer.certainty, several)),
    readAs(answer),
    total && el("p", { class: "read-as" }, total),
    quotesView(answer.quotes, several),
    answer.looked_up || isSearch(answer) ? null : sureView(answer),
    mentionsView(answer),
    uncoveredView(answer),
  ].filter(Boolean);
}

/** A few words that ask nothing are looked for; nothing is claimed about what is found. */
function isSearch({ status, certainty }) {
  return status === "answered" && certainty === "none";
}

function headline(certainty, several) {
  const the = several ? "The reports" : "The report";
  if (certainty === "none") return `Where ${several ? "reports speak" : "the report speaks"} of it`;
  if (certainty === "possible") return `${the} may answer this`;
  return `${the} ${several ? "say" : "says"}`;
}

/** A question that asks several things, each answered by itself. */
function partsView(answer, parts, several) {
  return [
    el("h1", {}, several ? "What the reports say" : "What the report says"),
    ...parts.map((part) => el("section", { class: "part" },
      el("h2", {}, part.question),
      ...(part.status === "answered"
        ? [quotesView(part.quotes, several), sureView(part)]
        : [el("p", { class: "sure" }, `${refusal(answer)}.`)]))),
    uncoveredView(answer),
  ].filter(Boolean);
}

function quotesView(quotes, several) {
  return el("ol", { class: "quotes" }, ...quotes.map((quote) => quoteView(quote, several)));
}

function notFoundView(answer, missing) {
  const numbers = answer.hits.slice(0, 3).map((hit) => label(hit.paragraph, hit.section, hit.key));
  const nearest = numbers.length ? `The nearest paragraphs are ${listed(numbers)}. ` : "";
  return el("div", { class: "not-found" },
    el("h1", {}, refusal(answer)),
    readAs(answer),
    el("p", {}, missing || `${nearest}Other words, or another section, may find more.`),
    mentionsView(answer),
    uncoveredView(answer));
}

/** Of a few words, or of words in quotation marks: the way to all that have these very words. */
function mentionsView(answer) {
  const [, phrase] = /["“]([^"“”]+)["”]/.exec(answer.question) ?? [];
  const find = phrase ?? (isSearch(answer) ? answer.question : "");
  const reports = new Set([...answer.quotes, ...answer.hits].map(({ report }) => report));
  const links = [...reports].map((id) => [" ", el("a", {
    href: `/reports/${encodeURIComponent(id)}?${new URLSearchParams({ find })}`,
  }, reportName(id))]).flat();
  if (!find || answer.looked_up || !links.length) return null;
  return el("p", { class: "read-as" }, `Every paragraph that mentions “${find}”:`, ...links);
}

/** How the question was read, with the way to read it without those before it. */
function readAs({ read_as: read }) {
  const alone = aloneAddress();
  return read ? el("p", { class: "read-as" }, `Read as: ${read} `,
    alone && el("a", { href: alone }, "Read it by itself")) : null;
}

function uncoveredView({ uncovered = [], certainty, looked_up: lookedUp }) {
  if (!uncovered.length || certainty === "likely" || lookedUp) return null;
  const words = uncovered.join(", ");
  return el("p", { class: "read-as" }, `Not found in the nearest paragraphs: ${words}.`);
}

function sureView({ confidence, certainty }) {
  const word = confidence >= 0.8 ? "High" : confidence >= 0.5 ? "Fair" : "Low";
  const name = certainty === "possible" ? "Possibly" : `${word} confidence`;
  const often = Math.round(confidence * 100);
  return el("p", { class: "sure" }, `${name}, ${percent(confidence)}: of 100 answers rated like `
    + `this one, about ${often} have a first quote that answers the question.`);
}

function percent(share) {
  return share > 0 && share < 0.01 ? "under 1%" : `${Math.round(share * 100)}%`;
}

function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
}

function quoteView(quote, several) {
  const about = label(quote.paragraph, quote.section, quote.key);
  return el("li", { class: "result", ...placeOf(quote) },
    numberLink(quote.paragraph, quote.section, quote.key, quote.url),
    el("div", {},
      several ? el("p", { class: "of" }, reportName(quote.report)) : null,
      el("blockquote", { cite: quote.url }, prose(quote.text)),
      el("div", { class: "cite" },
        el("a", { class: "citation", href: quote.url }, quote.citation),
        el("span", { class: "acts" }, ...quoteActions(quote, about)))));
}

function hitsView(hits, title, kind, several) {
  if (!hits.length) return [];
  const view = (hit) => hitView(hit, several);
  const list = el("ol", { class: kind }, ...hits.slice(0, AT_FIRST).map(view));
  const rest = hits.slice(AT_FIRST);
  if (!rest.length) return [el("h2", {}, title), list];
  const more = button("Show more paragraphs", () => {
    const shown = rest.splice(0, AT_FIRST).map(view);
    list.append(...shown);
    shown[0].querySelector("a").focus();
    if (!rest.length) more.remove();
  }, { class: "quiet more" });
  return [el("h2", {}, title), list, more];
}

function hitView(hit, several) {
  const span = hit.quote ?? { start: 0, end: 0 };
  const path = several ? [reportName(hit.report), ...hit.section] : hit.section;
  return el("li", { class: "result", ...placeOf(hit, hit.quote) },
    numberLink(hit.paragraph, hit.section, hit.key, hit.quote?.url ?? hit.url),
    el("div", {}, where(path, hit.note), excerpt(hit, span.start, span.end),
      hit.quote ? el("div", { class: "quote-tools" }) : null));
}

/** The marked sentence with a little around it, cut at words; the reading pane shows the rest. */
function excerpt({ text }, start, end) {
  const size = Array.from(text).length;
  const before = slice(text, Math.max(0, start - AROUND), start);
  const after = slice(text, end, Math.min(size, end + 2 * AROUND));
  const lead = start > AROUND ? before.replace(/^\S*\s+/, "") : before;
  const rest = end + 2 * AROUND < size ? after.replace(/\s+\S*$/, "") : after;
  const from = start - Array.from(lead).length;
  const omitted = () => el("span", { class: "omitted" }, "…");
  return el("p", { class: "excerpt", dir: "auto" },
    lead.length < before.length ? omitted() : null,
    ...cut(lead + slice(text, start, end) + rest, from, start, end),
    rest.length < after.length ? omitted() : null);
}

/** Where a result leads, for the reading pane and for whoever collects quotes. */
function placeOf(found, quote = found) {
  return {
    "data-report": found.report,
    "data-key": found.key,
    "data-start": quote?.start,
    "data-end": quote?.end,
    "data-citation": quote?.citation,
    "data-url": quote?.url,
  };
}
