// Dragging the items of a list by their handles, with a mouse, a pen or a finger.

const EDGE = 60;

/** Calls `done` when an item of the list was dropped at another place; Escape puts it back. */
export function dragging(list, item, handle, done) {
  let held = null;
  let before = [];

  function end(moved) {
    if (!held) return;
    held.classList.remove("held");
    held = null;
    if (moved) done();
    else list.replaceChildren(...before);
  }

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(handle);
    if (!grip || event.button) return;
    event.preventDefault();
    held = grip.closest(item);
    before = [...list.children];
    held.classList.add("held");
    grip.setPointerCapture(event.pointerId);
  });

  list.addEventListener("pointermove", (event) => {
    if (!held) return;
    // The held item stays in the tree, else the pointer would be let go: its neighbours move.
    const { previousElementSibling: above, nextElementSibling: below } = held;
    if (above && event.clientY < middle(above)) held.after(above);
    else if (below && event.clientY > middle(below)) held.before(below);
    if (event.clientY < EDGE) scrollBy(0, -12);
    else if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
  });

  list.addEventListener("pointerup", () => end(true));
  list.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && held) end(false);
  });
}

function middle(element) {
  const { top, height } = element.getBoundingClientRect();
  return top + height / 2;
}
