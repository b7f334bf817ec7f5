// Elements and the report's text. Data only ever becomes text nodes and attributes, never markup.

const ITEM = /^\s*[-•*–] /;

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== "") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** A button that does `press`; its name is a text, or several nodes. */
export function button(name, press, attributes = {}) {
  const made = el("button", { type: "button", class: "quiet", ...attributes }, ...[name].flat());
  made.addEventListener("click", press);
  return made;
}

/** The slice start..end, counted in Unicode code points as the server counts. */
export function slice(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

/** A piece that begins at offset `at` of its text, with what lies in start..end marked. */
export function cut(piece, at, start, end) {
  const size = Array.from(piece).length;
  const from = Math.min(Math.max(start - at, 0), size);
  const to = Math.min(Math.max(end - at, from), size);
  if (from === to) return [piece];
  return [slice(piece, 0, from), el("mark", {}, slice(piece, from, to)), slice(piece, to)];
}

/**
 * A paragraph line by line as printed; lines with tabs become a table. Newlines and tabs stay in
 * the tree, where they do not show, so the element's textContent is the paragraph's text.
 */
export function prose(text, start = 0, end = 0) {
  const root = el("div", { class: "prose" });
  let rows = null;
  let at = 0;
  text.split("\n").forEach((line, index) => {
    if (index) (rows ?? root).append("\n");
    if (line.includes("\t")) {
      if (!rows) {
        rows = el("tbody");
        root.append(el("table", { tabindex: "0" }, rows));
      }
      rows.append(tableRow(line, at, start, end));
    } else {
      rows = null;
      const kind = ITEM.test(line) ? "item" : line.trim() ? "" : "gap";
      root.append(el("p", { class: kind, dir: "auto" }, ...cut(line, at, start, end)));
    }
    at += Array.from(line).length + 1;
  });
  return root;
}

function tableRow(line, at, start, end) {
  const row = el("tr");
  line.split("\t").forEach((cell, index) => {
    if (index) row.append("\t");
    row.append(el("td", { dir: "auto" }, ...cut(cell, at, start, end)));
    at += Array.from(cell).length + 1;
  });
  return row;
}

/**
 * Wraps slices of an element's text in what `make` gives for each span {start, end}, counted in
 * code points; the text stays as it is.
 */
export function wrapped(element, spans, make) {
  if (!spans.length) return element;
  let at = 0;
  eachText(element, (node) => {
    const points = Array.from(node.data);
    const here = spans.filter((span) => span.start >= at && span.end <= at + points.length);
    const pieces = [];
    let from = 0;
    for (const span of here) {
      pieces.push(points.slice(from, span.start - at).join(""));
      pieces.push(make(span, points.slice(span.start - at, span.end - at).join("")));
      from = span.end - at;
    }
    at += points.length;
    if (here.length) node.replaceWith(...pieces, points.slice(from).join(""));
  });
  return element;
}

/** Calls `change` on each text node; the list is made first, so it may replace the node. */
export function eachText(element, change) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  nodes.forEach(change);
}

/** Gives the reader a file. */
export function give(blob, name) {
  const url = URL.createObjectURL(blob);
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** How a passage is cited: by its number, or by its heading where it has none. */
export function label(number, section, key) {
  return number ? `para ${number}` : (section.at(-1) ?? key);
}

/** The printed number in the margin, linked to the passage's own page. */
export function numberLink(number, section, key, url) {
  if (!number) return el("a", { class: "number heading", href: url }, label(number, section, key));
  return el("a", { class: "number", href: url }, el("span", {}, "para"), ` ${number}`);
}

export function where(section, note) {
  const grade = note ? el("span", { class: "note" }, note) : null;
  return el("p", { class: "where" }, section.join(" › "), grade && " ", grade);
}
