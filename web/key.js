// The key that lets the reader change reports: from the link the server printed, or as typed.

const STORED = "pilcrow-api-key";
let now = null;

/** The key, "" without one; it lasts as long as the tab. */
export function key() {
  try {
    return now ?? sessionStorage.getItem(STORED) ?? "";
  } catch {
    return now ?? "";
  }
}

export function keep(value) {
  now = value;
  try {
    if (value) sessionStorage.setItem(STORED, value);
    else sessionStorage.removeItem(STORED);
  } catch { /* It is known to this page alone. */ }
  document.dispatchEvent(new CustomEvent("pilcrow:key"));
}

// In the fragment, which is sent to nobody; it leaves the address bar before it can be shared.
const given = /^#key=([\w-]+)$/.exec(location.hash);
if (given) {
  keep(given[1]);
  history.replaceState(null, "", location.pathname + location.search);
}
