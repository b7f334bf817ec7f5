// Files dropped anywhere on a page, so that a near miss does not open them in the browser.

/** Gives the files to `take`; `over` is told when some are held over the page, and when no more. */
export function takesFiles(take, over = () => {}) {
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    over(true);
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) over(false); });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    over(false);
    take(event.dataTransfer.files);
  });
}
