// On a paragraph's own page: its citation in the style chosen, by a click or the key c.

import { citationButton, copyHere, styleChooser } from "./cite.js";
import { isKey } from "./help.js";

const place = document.getElementById("cite");
place.lastElementChild.append(styleChooser(), citationButton(place.dataset));
place.hidden = false;

document.addEventListener("keydown", (event) => {
  if (event.key === "c" && isKey(event) && copyHere()) event.preventDefault();
});

// A long paragraph, opened at a quote, is read from the quote.
if (!location.hash) document.querySelector(".target mark")?.scrollIntoView({ block: "center" });
