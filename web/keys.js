// What the keys do on the page that asks; help.html lists them.

import { copyHere } from "./cite.js";
import { isKey } from "./help.js";
import { focusMap } from "./map.js";

/** `actions`: close(), move(by) through the list, step(by) through the hits. */
export function keys({ close, move, step }) {
  const plain = {
    j: () => move(1),
    k: () => move(-1),
    n: () => step(1),
    p: () => step(-1),
    c: copyHere,
    g: focusGo,
    m: focusMap,
    o: () => press(".contents-button"),
    v: () => press(".page-button"),
  };

  function escape() {
    if (press(".contents-button[aria-expanded=true]")) {
      document.querySelector(".contents-button").focus();
      return true;
    }
    if (!document.body.classList.contains("reading")) return false;
    close();
    return true;
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (!document.querySelector("dialog[open]") && escape()) event.preventDefault();
      return;
    }
    const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const inBox = event.target.id === "question" && arrow === 1;
    const free = isKey(event) && !event.target.closest?.("#reader, summary, button");
    if (arrow && !event.shiftKey && (inBox || free) && move(arrow)) event.preventDefault();
    else if (isKey(event) && !event.shiftKey && plain[event.key]?.()) event.preventDefault();
  });
}

function focusGo() {
  const box = document.getElementById("to");
  if (!box || box.form.hidden) return false;
  box.focus();
  return true;
}

function press(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
}
