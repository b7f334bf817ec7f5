// What this browser keeps for a page; where it keeps nothing, it is known as long as the page is.

const here = new Map();

/** The text kept under a name; null for none. */
export function stored(name) {
  try {
    return here.get(name) ?? localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text under a name; false where it lasts only as long as the page. */
export function store(name, text) {
  try {
    localStorage.setItem(name, text);
    return here.delete(name) || true;
  } catch {
    here.set(name, text);
    return false;
  }
}
