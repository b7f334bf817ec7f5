// What a report is called, and what else a citation needs: read, changed, kept.

import { api } from "./writing.js";

const dialog = document.getElementById("describe");
const form = dialog.querySelector("form");
const fault = dialog.querySelector(".fault");
let shown = null;

const fields = () => [...form.elements].filter((field) => field.name);
const textOf = (value) => (Array.isArray(value) ? value.join("\n") : value ?? "");

/** Opens the form of a report; `done` is called when something was changed. */
export async function describe(id, done) {
  const report = await api(`reports/${encodeURIComponent(id)}`);
  shown = { report, done };
  fault.hidden = true;
  for (const field of fields()) {
    field.value = textOf(report[field.name]);
    field.parentElement.querySelector("small").textContent = origin(report, field.name);
  }
  dialog.showModal();
}

/** Where a field's value was read, so that one knows what to look at twice. */
function origin({ known = [], missing }, name) {
  if (missing.includes(name)) return "not known";
  const found = known.find((each) => each.field === name);
  if (!found) return "";
  return found.sure ? `from: ${found.source}` : `from: ${found.source}; please check`;
}

function changes() {
  const found = {};
  for (const field of fields()) {
    const before = shown.report[field.name];
    if (field.value.trim() === textOf(before)) continue;
    const lines = field.value.split("\n").map((line) => line.trim()).filter(Boolean);
    found[field.name] = Array.isArray(before) ? lines : field.value.trim();
  }
  return found;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const said = changes();
    const path = `reports/${encodeURIComponent(shown.report.id)}`;
    if (Object.keys(said).length) await api(path, "PATCH", said);
    dialog.close();
    await shown.done();
  } catch (error) {
    fault.textContent = error.message;
    fault.hidden = false;
  }
});
dialog.querySelector(".close").addEventListener("click", () => dialog.close());
