// On every page: the list of keys, and the two keys that mean the same everywhere.

import { store, stored } from "./stored.js";

const STORED = "pilcrow-keys";
const sheet = document.getElementById("help");
const opener = document.getElementById("keys");
const choice = document.getElementById("keys-on");

/** True for keys that belong to the page: not a browser's shortcut, nor typing; if switched on. */
export function isKey(event) {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  const chord = event.ctrlKey || event.metaKey || event.altKey;
  return choice.checked && !typing && !chord && !sheet.open;
}

choice.checked = stored(STORED) !== "off";
choice.addEventListener("change", () => store(STORED, choice.checked ? "on" : "off"));
opener.hidden = false;
opener.addEventListener("click", () => sheet.showModal());
// A click beside the sheet closes it.
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close();
});

document.addEventListener("keydown", (event) => {
  if (!isKey(event)) return;
  if (event.key === "?") {
    event.preventDefault();
    sheet.showModal();
  } else if (event.key === "/") {
    event.preventDefault();
    const box = document.getElementById("question");
    box?.focus();
    box?.select();
  }
});
