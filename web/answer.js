// An answer as elements: first what the report says, then where else it speaks of the matter.

import { quoteButton, styleChooser } from "./cite.js";
import { cut, el, label, numberLink, prose, slice, underlined, where } from "./dom.js";

const AROUND = 180;
const AT_FIRST = 10;

export function answerView(answer) {
  const found = answer.status === "answered";
  return [
    ...(found ? answeredView(answer) : notFoundView(answer)),
    ...hitsView(answer.hits, found ? "Ranked paragraphs" : "The nearest paragraphs, which do not answer it",
      found ? "hits" : "hits nearest"),
  ];
}

/** One sentence for a reader who hears the page. */
export function spoken(answer) {
  if (answer.status !== "answered") return `${refusal(answer)}. The nearest paragraphs follow.`;
  const [first] = answer.quotes;
  const place = first.paragraph ? `paragraph ${first.paragraph}` : first.section.at(-1);
  return `Answered from ${place}: ${first.text} Confidence ${percent(answer.confidence)}.`;
}

/** The places of an answer to be read one after the other, best first, each passage once. */
export function placesOf(answer) {
  const hits = answer.hits.slice(0, AT_FIRST).map((hit) => hit.quote ?? { ...hit, start: 0, end: 0 });
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

function refusal(answer) {
  const several = new Set(answer.hits.map((hit) => hit.report)).size > 1;
  return several ? "The reports do not answer this" : "The report does not answer this";
}

function answeredView(answer) {
  const hits = new Map(answer.hits.map((hit) => [nameOf(hit), hit]));
  return [
    el("h2", {}, "The report says"),
    confidenceView(answer.confidence),
    el("ol", { class: "quotes" }, ...answer.quotes.map((quote) => quoteView(quote, hits.get(nameOf(quote))))),
    el("p", { class: "tools" }, "Copy citations as ", styleChooser()),
  ];
}

function notFoundView(answer) {
  const numbers = answer.hits.slice(0, 3).map((hit) => label(hit.paragraph, hit.section, hit.key));
  const nearest = numbers.length ? `; the nearest paragraphs are ${listed(numbers)}.` : ".";
  return [el("div", { class: "not-found" },
    el("h2", {}, refusal(answer)),
    el("p", {}, `${refusal(answer)}${nearest}`),
    answer.hits.length
      ? el("p", { class: "why" }, `The nearest sentence was judged ${percent(answer.confidence)} likely to answer; `,
        "too little to quote it as an answer. Other words, or another section, may find more.")
      : null)];
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

function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
}

function quoteView(quote, hit) {
  return el("li", { class: "result", ...placeOf(quote) },
    numberLink(quote.paragraph, quote.section, quote.key, quote.url),
    el("div", {},
      el("blockquote", { cite: quote.url }, prose(quote.text)),
      where(quote.section, hit?.note),
      whyView(hit, quote.text),
      el("div", { class: "cite" }, el("span", {}, quote.citation), " ", quoteButton(quote),
        el("div", { class: "quote-tools" }))));
}

function hitsView(hits, title, kind) {
  if (!hits.length) return [];
  const list = el("ol", { class: kind }, ...hits.slice(0, AT_FIRST).map(hitView));
  const rest = hits.slice(AT_FIRST);
  if (!rest.length) return [el("h2", {}, title), list];
  const more = el("button", { type: "button", class: "quiet more" }, "Show more paragraphs");
  more.addEventListener("click", () => {
    const shown = rest.splice(0, AT_FIRST).map(hitView);
    list.append(...shown);
    shown[0].querySelector("a").focus();
    if (!rest.length) more.remove();
  });
  return [el("h2", {}, title), list, more];
}

function hitView(hit) {
  const span = hit.quote ?? { start: 0, end: 0 };
  return el("li", { class: "result", ...placeOf(hit, hit.quote) },
    numberLink(hit.paragraph, hit.section, hit.key, hit.quote?.url ?? hit.url),
    el("div", {}, where(hit.section, hit.note), excerpt(hit, span.start, span.end), whyView(hit),
      hit.quote ? el("div", { class: "quote-tools" }) : null));
}

/** Why it was found: the question's words that it has, or its meaning alone. */
function whyView(hit, within = null) {
  if (!hit) return null;
  const words = within === null ? hit.terms : hit.terms.filter((word) => within.includes(word));
  if (!words.length && !hit.terms.length && !hit.quote) return null;
  const terms = words.flatMap((word, index) => [index ? " · " : " ", el("span", { class: "term" }, word)]);
  return el("p", { class: "matched" },
    ...(words.length ? ["Words in common:", ...terms] : ["Near in meaning; no word in common"]));
}

/** The marked sentence with a little around it, cut at words; the reading pane shows the rest. */
function excerpt(hit, start, end) {
  const { text, terms } = hit;
  const size = Array.from(text).length;
  const before = slice(text, Math.max(0, start - AROUND), start);
  const after = slice(text, end, Math.min(size, end + 2 * AROUND));
  const lead = start > AROUND ? before.replace(/^\S*\s+/, "") : before;
  const rest = end + 2 * AROUND < size ? after.replace(/\s+\S*$/, "") : after;
  const from = start - Array.from(lead).length;
  const omitted = () => el("span", { class: "omitted" }, "…");
  const shown = el("p", { class: "excerpt", dir: "auto" },
    lead.length < before.length ? omitted() : null,
    ...cut(lead + slice(text, start, end) + rest, from, start, end),
    rest.length < after.length ? omitted() : null);
  underlined(shown, terms);
  return shown;
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
