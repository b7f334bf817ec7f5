// The contents of the report being read, with paragraph numbers, and a box that goes to a number.

import { passages } from "./api.js";
import { el } from "./dom.js";
import { reportName } from "./filters.js";
import { noteOf } from "./sheet.js";

/** Sends `go` to the place {report, key, through} that a form's box names, else says why not. */
export function jumps(form, reportNow, go) {
  const box = form.elements.to;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const report = reportNow();
    try {
      const found = await passages(report, box.value.trim());
      const through = found.length > 1 ? found.at(-1).key : "";
      const { start = 0, end = 0 } = found[0].item ?? {};
      box.value = "";
      go({ report, key: found[0].key, start, end, through });
    } catch (error) {
      box.setCustomValidity(error.message.replaceAll(report, reportName(report)));
      box.reportValidity();
    }
  });
  box.addEventListener("input", () => box.setCustomValidity(""));
}

/** A button that shows or hides the contents at the top of the pane. */
export function contentsButton(pane, open, go) {
  const button = el("button", {
    type: "button",
    class: "quiet contents-button",
    "aria-expanded": "false",
    "aria-keyshortcuts": "o",
  }, "Contents");
  button.addEventListener("click", () => {
    const shown = pane.querySelector(".contents");
    shown?.remove();
    button.setAttribute("aria-expanded", String(!shown));
    if (shown) return;
    const made = contents(open, (place) => {
      made.remove();
      button.setAttribute("aria-expanded", "false");
      go(place);
    });
    pane.querySelector(".bar").append(made);
    made.querySelector("input").focus({ preventScroll: true });
    made.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  });
  return button;
}

function contents({ report, told }, go) {
  const form = el("form", { class: "go" },
    el("label", { for: "pane-to" }, "Go to para"),
    el("input", {
      id: "pane-to", name: "to", required: "required", autocomplete: "off",
      placeholder: "29 or 30-35",
    }));
  const find = el("form", { class: "go", action: `/reports/${encodeURIComponent(report.id)}` },
    el("label", { for: "pane-find" }, "Find a phrase"),
    el("input", { id: "pane-find", name: "find", required: "required", autocomplete: "off" }));
  jumps(form, () => report.id, go);
  const here = entryAt(report, told ? Number(told.dataset.index) : 0);
  return el("nav", { class: "contents", "aria-label": "Contents of the report" }, form, find,
    el("ol", {}, ...report.outline.map((entry) => line(report, entry, entry === here, go))));
}

function line(report, entry, here, go) {
  const href = `/reports/${encodeURIComponent(report.id)}#p-${encodeURIComponent(entry.key)}`;
  const link = el("a", { href, "aria-current": here ? "location" : null }, entry.heading);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go({ report: report.id, key: entry.key });
  });
  const numbers = entry.first === entry.last ? entry.first : `${entry.first}–${entry.last}`;
  return el("li", { class: `level-${Math.min(entry.level, 4)}` },
    el("span", {}, link, ...noteOf(entry.note)),
    entry.first ? el("span", { class: "run" }, numbers) : null);
}

/** The last heading at or before a passage. */
function entryAt(report, index) {
  const place = new Map(report.order.map((each, at) => [each.key, at]));
  return report.outline.findLast((entry) => place.get(entry.key) <= index);
}
