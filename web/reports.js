// The list of reports: what each is called, removing one and putting it back.

import { describe } from "./describe.js";
import { button, el } from "./dom.js";
import { key } from "./key.js";
import { api, finished } from "./writing.js";

const list = document.getElementById("reports");
const status = document.getElementById("status");
const removing = document.getElementById("removing");
const writable = Boolean(document.getElementById("upload"));

const about = (name, what) => [name, el("span", { class: "unseen" }, ` ${what}`)];

/** The tools of each report, for who has a key. */
function dress() {
  for (const item of list.querySelectorAll(".report")) {
    const { id, title } = item.dataset;
    item.querySelector(".tools").replaceChildren(...(writable && key() ? [
      button(about("Title and details", `of ${title}`), () => describe(id, () => described(id))
        .catch(({ message }) => item.append(el("p", { class: "fault", role: "alert" }, message)))),
      button(about("Remove", title), () => confirm(item)),
    ] : []));
  }
}

/** Brings the list in line with the server's; what was removed just now stays to be put back. */
export async function refresh() {
  const response = await fetch("/reports");
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const gone = [...list.querySelectorAll(".gone")];
  list.replaceChildren(...gone, ...page.getElementById("reports").children);
  document.getElementById("sources").replaceWith(page.getElementById("sources"));
  dress();
}

/** The reader goes on where the form was opened. */
async function described(id) {
  await refresh();
  list.querySelector(`[data-id="${CSS.escape(id)}"] button`)?.focus();
  status.textContent = "Saved";
}

function confirm(item) {
  removing.item = item;
  removing.querySelector(".what").textContent = item.dataset.title;
  removing.querySelector(".fault").hidden = true;
  removing.showModal();
}

async function remove(erase) {
  const { item } = removing;
  const { id, title } = item.dataset;
  const path = `reports/${encodeURIComponent(id)}`;
  try {
    await api(erase ? `${path}?erase=true` : path, "DELETE");
  } catch (error) {
    const fault = removing.querySelector(".fault");
    fault.textContent = error.message.replaceAll(id, title);
    fault.hidden = false;
    return;
  }
  removing.close();
  const undo = button(about("Put it back", title), () => putBack(path, id, title, note));
  const note = el("li", { class: "gone" }, `Removed: ${title}. `, erase ? null : undo);
  item.replaceWith(note);
  (erase ? document.getElementById("main") : undo).focus();
  status.textContent = `Removed: ${title}`;
}

async function putBack(path, id, title, note) {
  try {
    note.append(" Putting it back…");
    await finished(await api(`${path}/restore`, "POST"), () => {});
    note.remove();
    await refresh();
    list.querySelector(`[data-id="${CSS.escape(id)}"] a`)?.focus();
    status.textContent = `${title} is back`;
  } catch (error) {
    note.append(el("span", { class: "fault", role: "alert" }, ` Not put back. ${error.message}`));
  }
}

removing.querySelector(".close").addEventListener("click", () => removing.close());
removing.querySelectorAll("[data-erase]").forEach((each) => {
  each.addEventListener("click", () => remove(each.dataset.erase));
});
document.addEventListener("pilcrow:key", dress);
dress();
