// On every page: the list of keys, and the two keys that mean the same everywhere.

const sheet = document.getElementById("help");
const opener = document.getElementById("keys");

/** True for keys that belong to the page: not those of a shortcut of the browser's, nor of typing. */
export function isKey(event) {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  return !typing && !event.ctrlKey && !event.metaKey && !event.altKey && !sheet.open;
}

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
