// On a paragraph's own page: its citation in the style chosen, by a click or the key c.

import { citationButton, copyHere, styleChooser } from "./cite.js";

const place = document.getElementById("cite");
const button = citationButton(place.dataset);
if (button) {
  place.lastElementChild.append(styleChooser(), button);
  place.hidden = false;
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea");
  if (event.key !== "c" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (copyHere()) event.preventDefault();
});
