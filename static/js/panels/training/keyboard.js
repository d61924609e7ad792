/** Keys of the training room while it is not walking through a step. */

import { PACES } from "../../state/training/request.js";
import { showHelp } from "../help.js";
import { isBusy } from "../keyboard.js";
import { closeSheets } from "../sheets.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

/** What they do, for the list of keys. @type {[string[], string][]} */
export const TRAINING_KEYS = [
  [["Space"], "train and pause"],
  [["→", "N"], "one step"],
  [["Home"], "start again"],
  [["W"], "walk through this step; Escape comes back"],
  [["+", "−"], "faster and slower"],
  [["L"], "loss on a log scale"],
  [["1", "…", "8"], "while drawing: the class; 0 takes points away"],
  [["Tab"], "into the picture; arrow keys then walk from part to part"],
  [["Ctrl", "Z"], "undo; with Shift: redo"],
  [["?"], "this list"],
];

/** @param {Training} training */
export function listenToTrainingKeys({ state, actions }) {
  const faster = (/** @type {number} */ step) => {
    const at = PACES.findIndex(({ id }) => id === state.pace.peek()) + step;
    if (PACES[at]) actions.setPace(PACES[at].id);
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": actions.toggle,
    ArrowRight: actions.step,
    n: actions.step,
    Home: actions.restart,
    w: actions.walk,
    "+": () => faster(1),
    "-": () => faster(-1),
    l: actions.toggleLogarithmic,
    "?": () => showHelp(TRAINING_KEYS),
    "Ctrl+z": actions.undo,
    "Ctrl+Shift+z": actions.redo,
    "Ctrl+y": actions.redo,
    Escape: () => {
      if (closeSheets()) return;
      if (state.brush.peek() !== null) actions.setBrush(null);
      else actions.select(null);
    },
  };
  document.addEventListener("keydown", (event) => {
    if (state.mode.peek() === "walk" || event.defaultPrevented || event.altKey || isBusy(event)) return;
    const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const brush = state.brush.peek() !== null && !control && /^[0-8]$/.test(key);
    const act = brush ? () => actions.setBrush(key === "0" ? "erase" : Number(key) - 1) : keys[control + (event.shiftKey && control ? "Shift+" : "") + key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
