// One report as a row of bars. The row is a slider: arrow keys move over it, Enter goes there.

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const HIGH = 40;
const LEVELS = 5;
const FAR = "far from the question";
const WORDS = [FAR, FAR, "some way off", "near", "close", "closest"];

/** A row for a report; `go` receives the bar chosen. Returns {element, mark(index)}. */
export function track(report, bars, go) {
  const size = bars.length;
  const sections = sectionsOf(report);
  const slider = el("div", {
    class: "track",
    role: "slider",
    tabindex: "0",
    "aria-label": `${report.short_title || report.title}: paragraphs`,
    "aria-valuemin": "1",
    "aria-valuemax": size,
    "aria-keyshortcuts": "m",
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
    const said = [nameOf(bar), sectionAt(at)?.heading, nearOf(bar)].filter(Boolean);
    slider.setAttribute("aria-valuetext", said.join(", "));
    pointer.style.left = `${(100 * at) / size}%`;
    pointer.style.width = `${100 / size}%`;
    pointer.hidden = !shown;
    const about = ` ${sectionAt(at)?.heading ?? ""} · ${nearOf(bar)}`;
    tip.replaceChildren(el("strong", {}, nameOf(bar)), about);
    tip.hidden = !shown;
    const room = slider.clientWidth - tip.offsetWidth;
    const middle = (slider.clientWidth * at) / size - tip.offsetWidth / 2;
    tip.style.left = `${Math.max(0, Math.min(room, middle))}px`;
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

  const labels = labelsView(sections, size, (section) => go(bars[section.from]));
  return {
    element: el("div", { class: "strip" }, flags(bars), slider, labels),
    mark(index) {
      reading.hidden = index < 0;
      reading.style.left = `${(100 * index) / size}%`;
      reading.style.width = `${100 / size}%`;
    },
  };
}

/** The names of sections under the bars: of the longest, as many as stand there whole. */
function labelsView(sections, size, go) {
  const names = sections.map((section) => {
    const name = el("span", {}, section.heading);
    name.style.left = `${(100 * section.from) / size}%`;
    name.addEventListener("click", () => go(section));
    return name;
  });
  const long = (index) => sections[index].until - sections[index].from;
  const byLength = [...names.keys()].sort((a, b) => long(b) - long(a));
  const row = el("div", { class: "labels", "aria-hidden": "true" }, ...names);
  new ResizeObserver(() => {
    const taken = [];
    for (const index of byLength) {
      const left = (row.clientWidth * sections[index].from) / size;
      const right = left + names[index].offsetWidth;
      const free = right <= row.clientWidth && taken.every(([a, b]) => right <= a || left >= b);
      names[index].style.visibility = free ? "" : "hidden";
      if (free) taken.push([left, right]);
    }
  }).observe(row);
  return row;
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
  for (const [name, value] of Object.entries({ class: kind, x, y, width, height })) {
    made.setAttribute(name, value);
  }
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
