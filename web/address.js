// The address of the page, which decides what is shown:
// /?q=QUESTION[&after=EARLIER...][&report=ID][&section=TEXT][&open=ID/KEY[&quote=A-B][&to=KEY]]
// An empty `open` shuts the pane.

const PLACE = ["open", "quote", "to"];

/** What the address says: {question, within: {report, section, after}, place, decided}. */
export function read() {
  const now = new URLSearchParams(location.search);
  return {
    question: (now.get("q") ?? "").trim(),
    within: {
      report: now.get("report") ?? "",
      section: now.get("section") ?? "",
      // The questions before it, oldest first.
      after: now.getAll("after"),
    },
    place: placeIn(now),
    // Whether it says what the pane shows, be it nothing.
    decided: now.has("open"),
  };
}

/** A key may hold slashes, an id never does. */
function placeIn(now) {
  const open = now.get("open") ?? "";
  const slash = open.indexOf("/");
  if (slash < 1) return null;
  const quote = now.get("quote") ?? "";
  const [start, end] = /^\d+-\d+$/.test(quote) ? quote.split("-").map(Number) : [0, 0];
  const through = now.get("to") ?? "";
  return { report: open.slice(0, slash), key: open.slice(slash + 1), start, end, through };
}

/** Goes to a question within {report, section, after}. */
export function toQuestion(question, { after = [], ...within }) {
  const named = Object.entries({ q: question, ...within }).filter(([, value]) => value);
  write([...named, ...after.map((each) => ["after", each])], false);
}

/** The address of the question without the earlier ones; "" where there are none. */
export function aloneAddress() {
  const now = new URLSearchParams(location.search);
  if (!now.has("after")) return "";
  now.delete("after");
  return `/?${now}`;
}

/** Takes the earlier questions out of the address: the one that is asked stands by itself. */
export function standsAlone() {
  history.replaceState(null, "", aloneAddress() || location.href);
}

/** Opens a place beside what is asked. */
export function toPlace({ report, key, start = 0, end = 0, through = "" }) {
  const next = withoutPlace();
  next.set("open", `${report}/${key}`);
  if (end > start) next.set("quote", `${start}-${end}`);
  if (through) next.set("to", through);
  // With the pane open, another paragraph replaces the entry: one step back always closes it.
  write(next, read().place !== null);
}

/** Closes the pane; `shut` keeps it from opening by itself. */
export function toAnswer(shut) {
  const next = withoutPlace();
  if (shut) next.set("open", "");
  write(next, !read().decided);
}

function withoutPlace() {
  const now = new URLSearchParams(location.search);
  PLACE.forEach((name) => now.delete(name));
  return now;
}

function write(parameters, replace) {
  const query = new URLSearchParams(parameters).toString();
  history[replace ? "replaceState" : "pushState"](null, "", query ? `/?${query}` : "/");
  dispatchEvent(new PopStateEvent("popstate"));
}
