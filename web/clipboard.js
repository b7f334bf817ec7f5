// What is copied: rich text for a word processor, plain text for the rest; or a field to copy from.

import { el } from "./dom.js";

/** A clip {text, nodes} as the two kinds that a clipboard holds. */
function kinds({ text, nodes }) {
  const html = el("div", {}, ...nodes.map((node) => node.cloneNode?.(true) ?? node));
  return { "text/plain": text, "text/html": html.innerHTML };
}

/** Safari takes what is still on its way only as a promise given within the click. */
async function put(clip) {
  const kind = (name) => clip.then((ready) => new Blob([kinds(ready)[name]], { type: name }));
  if (window.ClipboardItem) {
    const item = { "text/plain": kind("text/plain"), "text/html": kind("text/html") };
    await navigator.clipboard.write([new ClipboardItem(item)]);
  } else {
    await navigator.clipboard.writeText((await clip).text);
  }
}

/**
 * A button that copies what `make` promises, a clip or a text; `about` is heard, not seen. Where
 * the browser has no clipboard (plain http) or refuses, a field to copy from is put below.
 */
export function copyButton(name, make, about = "") {
  const unseen = () => el("span", { class: "unseen" }, ` ${about}`);
  const button = el("button", { type: "button", class: "quiet copy" }, name, unseen());
  button.addEventListener("click", async () => {
    const clip = Promise.resolve(make())
      .then((made) => (typeof made === "string" ? { text: made, nodes: [made] } : made));
    let said = "Copied";
    try {
      if (navigator.clipboard) await put(clip);
      else said = fieldAfter(button, (await clip).text);
    } catch {
      // Either there was nothing to copy, which says why, or the clipboard is shut.
      said = await clip.then(({ text }) => fieldAfter(button, text), (error) => error.message);
    }
    button.textContent = said;
    const status = document.getElementById("status");
    if (status) status.textContent = said;
    setTimeout(() => button.replaceChildren(name, unseen()), 2000);
  });
  return button;
}

function fieldAfter(button, text) {
  const field = el("textarea", {
    class: "copy-field", readonly: "readonly", rows: 3, "aria-label": "Copy from here",
  });
  field.value = text;
  const place = button.closest(".cite, .tools, .chosen, dd") ?? button;
  place.parentElement.querySelector(".copy-field")?.remove();
  place.after(field);
  field.focus();
  field.select();
  return "Copy it from the field";
}
