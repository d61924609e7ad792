/** What the keys do. */

import { h } from "./dom.js";

/** @type {[string[], string][]} */
const KEYS = [
  [["Space"], "play and pause"],
  [["←", "→"], "a beat back or on"],
  [["Shift", "←", "→"], "a phase back or on"],
  [["Home", "End"], "the first and the last moment"],
  [["+", "−"], "faster and slower"],
  [["N"], "the next training step"],
  [["1", "2", "3"], "the views"],
  [["Tab"], "into the picture; arrow keys then walk from part to part"],
  [["+", "−", "0"], "in the picture of a graph: closer, farther, all of it"],
  [["↑", "↓"], "in the list of paths: from one to the next, which lights it; Enter keeps it lit"],
  [["Enter"], "select the part in focus; again: change its number"],
  [["Escape"], "let go"],
  [["Ctrl", "Z"], "undo; with Shift: redo"],
  [["?"], "this list"],
];

/** @type {HTMLDialogElement | null} */
let dialog = null;

/** Open the list of keys. @param {[string[], string][]} [keys] those of a room of its own */
export function showHelp(keys = KEYS) {
  dialog ??= build(keys);
  dialog.showModal();
}

/** @param {[string[], string][]} list */
function build(list) {
  const made = h(
    "dialog",
    { class: "help", "aria-labelledby": "help-title" },
    h("h2", { id: "help-title" }, "Keys"),
    h(
      "dl",
      {},
      ...list.flatMap(([keys, meaning]) => [
        h("dt", {}, ...keys.flatMap((key, i) => (i ? [" ", h("kbd", {}, key)] : [h("kbd", {}, key)]))),
        h("dd", {}, meaning),
      ]),
    ),
    h("p", { class: "quiet" }, "The same numbers by program: ", h("a", { href: "/docs" }, "the REST API"), "."),
    h("form", { method: "dialog" }, h("button", { class: "text-button" }, "Close")),
  );
  made.addEventListener("click", (event) => {
    if (event.target === made) made.close();
  });
  document.body.append(made);
  return made;
}
