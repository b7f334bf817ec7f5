// The page of the report's file that a passage is printed on, with its words marked.

import { el } from "./dom.js";

const { pictured = "" } = document.getElementById("reader")?.dataset ?? {};
const reports = new Set(pictured.split(" "));

/** A button that shows the page under the passage, or hides it; null where there is no page. */
export function pageButton(passage, { start, end }) {
  if (!passage.page || !reports.has(passage.report)) return null;
  const button = el("button", {
    type: "button", class: "quiet page-button", "aria-expanded": "false", "aria-keyshortcuts": "v",
  }, "Printed page");
  button.addEventListener("click", () => {
    const article = button.closest(".passage");
    const shown = article.querySelector(".facsimile");
    shown?.remove();
    button.setAttribute("aria-expanded", String(!shown));
    if (!shown) article.append(figure(passage, start, end));
  });
  return button;
}

function figure({ report, url, hash, page, page_label: printed }, start, end) {
  const words = end > start ? `?quote=${start}-${end}&v=${hash}` : "";
  const address = `${url.split("?")[0]}.png${words}`;
  const busy = el("p", { class: "busy" }, "Drawing the page…");
  const picture = el("img", { alt: "The printed page, with the words marked", src: address });
  const file = `/reports/${encodeURIComponent(report)}/original`;
  picture.addEventListener("load", () => busy.remove());
  picture.addEventListener("error", () => {
    picture.remove();
    busy.textContent = "The page cannot be drawn just now. The file can be downloaded.";
  });
  return el("figure", { class: "facsimile" },
    busy,
    el("a", { href: address, target: "_blank" }, picture),
    el("figcaption", {}, `The paragraph begins on page ${printed ?? page}. `,
      el("a", { href: file, target: "_self" }, "Download the original file")));
}
