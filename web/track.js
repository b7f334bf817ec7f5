// One report as a row of bars. The row is a slider: arrow keys move over it, Enter goes there.

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HIGH = 40;
const LEVELS = 5;
const WORDS = ["far from the question", "far from the question", "some way off", "near", "close", "closest"];

/** A row for a report; `go` receives the bar chosen. Returns {element, mark(index)}. */
export function track(report, bars, go) {
  const size = bars.length;
  const sections = sectionsOf(report);
  const slider = el("div", {
    class: "track", role: "slider", tabindex: "0", "aria-label": `${report.short_title || report.title}: paragraphs`,
    "aria-valuemin": "1", "aria-valuemax": size, "aria-keyshortcuts": "m",
  }, picture(bars, sections));
  const pointer = el("span", { class: "pointer", hidden: "hidden" });
  const reading = el("span", { class: "reading-at", hidden: "hidden" });
  const tip = el("span", { class: "tip", hidden: "hidden" });
  slider.append(reading, pointer, tip);
  let at = Math.max(0, bars.findIndex((bar) => bar.quoted));

  const sectionAt = (index) => sections.findLast((each) => each.from <= index);
  const nameOf = (bar) => (bar.number ? `para ${bar.number}` : "unnumbered");
  const nearOf = (bar) => (bar.quoted ? "quoted" : WORDS[level(bar)]);

  function point(index, shown) {
    at = Math.min(Math.max(index, 0), size - 1);
    const bar = bars[at];
    slider.setAttribute("aria-valuenow", at + 1);
    slider.setAttribute("aria-valuetext", [nameOf(bar), sectionAt(at)?.heading, nearOf(bar)].filter(Boolean).join(", "));
    pointer.style.left = `${(100 * at) / size}%`;
    pointer.style.width = `${100 / size}%`;
    pointer.hidden = !shown;
    tip.replaceChildren(el("strong", {}, nameOf(bar)), ` ${sectionAt(at)?.heading ?? ""} · ${nearOf(bar)}`);
    tip.hidden = !shown;
    const room = slider.clientWidth - tip.offsetWidth;
    tip.style.left = `${Math.max(0, Math.min(room, (slider.clientWidth * at) / size - tip.offsetWidth / 2))}px`;
  }

  const indexAt = (event) => {
    const { left, width } = slider.getBoundingClientRect();
    return Math.floor(((event.clientX - left) / width) * size);
  };
  slider.addEventListener("pointermove", (event) => point(indexAt(event), true));
  slider.addEventListener("pointerleave", () => point(at, document.activeElement === slider));
  slider.addEventListener("focus", () => point(at, slider.matches(":focus-visible")));
  slider.addEventListener("blur", () => point(at, false));
  slider.addEventListener("click", (event) => {
    point(indexAt(event), true);
    go(bars[at]);
  });
  slider.addEventListener("keydown", (event) => {
    const next = sections.find((each) => each.from > at)?.from ?? size - 1;
    const previous = sections.findLast((each) => each.from < at)?.from ?? 0;
    const to = {
      ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1,
      PageDown: next, PageUp: previous, Home: 0, End: size - 1,
    }[event.key];
    if (to !== undefined) point(to, true);
    else if (event.key === "Enter" || event.key === " ") go(bars[at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  point(at, false);

  const labels = el("div", { class: "labels", "aria-hidden": "true" }, ...sections.map((each) => {
    const wide = (each.until - each.from) / size > 0.05;
    const name = el("span", { title: each.heading }, wide ? each.heading : "");
    name.style.left = `${(100 * each.from) / size}%`;
    name.style.width = `${(100 * (each.until - each.from)) / size}%`;
    name.addEventListener("click", () => go(bars[each.from]));
    return name;
  }));
  return {
    element: el("div", { class: "strip" }, flags(bars), slider, labels),
    mark(index) {
      reading.hidden = index < 0;
      reading.style.left = `${(100 * index) / size}%`;
      reading.style.width = `${100 / size}%`;
    },
  };
}

function level(bar) {
  return bar.near === undefined ? 0 : Math.max(1, Math.ceil(bar.near * LEVELS));
}

function picture(bars, sections) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${bars.length} ${HIGH}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(...sections.filter((_, index) => index % 2).map((each) => (
    rectangle("band", each.from, 0, each.until - each.from, HIGH))));
  // Few bars have a gap between them; many would vanish in it.
  const gap = bars.length > 300 ? 0 : 0.18;
  const inOrder = [...bars.keys()].sort((a, b) => (bars[a].near ?? 0) - (bars[b].near ?? 0));
  svg.append(...inOrder.map((index) => {
    const high = 3 + (HIGH - 3) * (bars[index].near ?? 0);
    const kind = bars[index].quoted ? "bar quoted" : `bar l${level(bars[index])}`;
    return rectangle(kind, index + gap / 2, HIGH - high, 1 - gap, high);
  }));
  return svg;
}

function rectangle(kind, x, y, width, height) {
  const made = document.createElementNS(SVG, "rect");
  for (const [name, value] of Object.entries({ class: kind, x, y, width, height })) made.setAttribute(name, value);
  return made;
}

/** The numbers of the quoted paragraphs above their bars, as many as stand clear of each other. */
function flags(bars) {
  const row = el("div", { class: "flags", "aria-hidden": "true" });
  let last = -Infinity;
  bars.forEach((bar, index) => {
    const left = (100 * (index + 0.5)) / bars.length;
    if (!bar.quoted || !bar.number || left - last < 4) return;
    last = left;
    const flag = el("span", {}, bar.number);
    flag.style.left = `${left}%`;
    row.append(flag);
  });
  return row;
}

/** The sections to label: of the outermost level that divides the report at all. */
function sectionsOf({ order, outline }) {
  const place = new Map(order.map((each, index) => [each.key, index]));
  const of = (depth) => outline.filter((entry) => entry.level === depth);
  const chosen = [1, 2, 3].map(of).find((entries) => entries.length > 2) ?? of(1);
  return chosen.map((entry, index) => ({
    heading: entry.heading,
    from: place.get(entry.key),
    until: place.get(chosen[index + 1]?.key) ?? order.length,
  }));
}
