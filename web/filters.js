// The report and section that a question is kept to, and the box that goes to a number.

import { report as reportOf } from "./api.js";
import { el } from "./dom.js";

const form = document.getElementById("ask");
const { report, section } = form.elements;
const shelf = report ? [...report.options].map((option) => option.value).filter(Boolean) : [];
let listed = report?.value ?? "";

export function filters() {
  return { report: report?.value ?? "", section: section.value };
}

/** What a report is called here. */
export function reportName(id) {
  const { report: only, name } = document.getElementById("go").dataset;
  const found = [...(report?.options ?? [])].find((option) => option.value === id);
  return found?.text ?? (id === only ? name : id);
}

/** Shows the filters of an address; sections are those of its report. */
export async function setFilters(wanted) {
  if (report) report.value = wanted.report;
  if (report && listed !== report.value) await listSections();
  section.value = wanted.section;
  // A section that the list has not is shown as it stands in the address.
  if (section.value !== wanted.section) {
    section.append(el("option", { value: wanted.section }, wanted.section));
    section.value = wanted.section;
    section.closest("label").hidden = false;
  }
}

/** `change` is called when the reader has chosen another report or section. */
export function watchFilters(change) {
  report?.addEventListener("change", async () => {
    section.value = "";
    change();
    if (listed !== report.value) await listSections();
  });
  section.addEventListener("change", change);
}

async function listSections() {
  const id = report.value;
  listed = id;
  const none = { outline: [] };
  const { outline } = shelf.includes(id) ? await reportOf(id).catch(() => none) : none;
  if (report.value !== id) return;
  const path = [];
  const options = outline.map((entry) => {
    path.splice(entry.level - 1, Infinity, entry.heading);
    const run = entry.first === entry.last ? entry.first : `${entry.first}–${entry.last}`;
    const indent = "\u00a0\u00a0".repeat(entry.level - 1);
    const name = `${indent}${entry.heading}${entry.first ? ` (${run})` : ""}`;
    return el("option", { value: path.join(" > ") }, name);
  });
  section.replaceChildren(el("option", {}, "All sections"), ...options);
  section.options[0].value = "";
  section.closest("label").hidden = !options.length;
}
