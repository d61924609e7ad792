/** Keys that work everywhere in the lab but in fields. */

import { isBusy } from "../keyboard.js";
import { closeSheets } from "../sheets.js";
import { SPEEDS } from "../transport.js";
import { TABS } from "./header.js";
import { showLabHelp } from "./help.js";

/** @param {import("../../state/lab/store.js").Lab} lab */
export function listenToLabKeyboard({ state, actions }) {
  const faster = (/** @type {number} */ step) => {
    const at = SPEEDS.indexOf(state.speed.peek()) + step;
    if (SPEEDS[at]) actions.setSpeed(SPEEDS[at]);
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": () => (state.mode.peek() === "sweep" ? (state.sweeping.peek() ? actions.stopSweep() : actions.startSweep()) : actions.toggle()),
    ArrowLeft: actions.stepBack,
    ArrowRight: actions.stepForward,
    Home: actions.first,
    End: actions.last,
    "+": () => faster(1),
    "-": () => faster(-1),
    "?": showLabHelp,
    Escape: () => void (closeSheets() || actions.select(null)),
    "Ctrl+z": actions.undo,
    "Ctrl+Shift+z": actions.redo,
    "Ctrl+y": actions.redo,
    ...Object.fromEntries(TABS.map(({ id }, i) => [String(i + 1), () => actions.setMode(id)])),
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || isBusy(event)) return;
    const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const act = keys[control + (event.shiftKey && control ? "Shift+" : "") + key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
