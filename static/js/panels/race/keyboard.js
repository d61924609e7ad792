/** Keys that work everywhere in the race but in fields. */

import { isBusy } from "../keyboard.js";
import { closeSheets } from "../sheets.js";
import { SPEEDS } from "../transport.js";
import { TABS } from "./header.js";
import { showRaceHelp } from "./help.js";

const FAR = 10;

/** @param {import("../../state/race/store.js").Race} race */
export function listenToRaceKeyboard({ state, actions }) {
  const faster = (/** @type {number} */ step) => {
    const at = SPEEDS.indexOf(state.speed.peek()) + step;
    if (SPEEDS[at]) actions.setSpeed(SPEEDS[at]);
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": actions.toggle,
    ArrowLeft: () => actions.stepBack(),
    ArrowRight: () => actions.stepForward(),
    "Shift+ArrowLeft": () => actions.stepBack(FAR),
    "Shift+ArrowRight": () => actions.stepForward(FAR),
    Home: actions.first,
    End: actions.last,
    "+": () => faster(1),
    "-": () => faster(-1),
    "?": showRaceHelp,
    Escape: () => void (closeSheets() || actions.look(null)),
    "Ctrl+z": actions.undo,
    "Ctrl+Shift+z": actions.redo,
    "Ctrl+y": actions.redo,
    ...Object.fromEntries(TABS.map(({ id }, i) => [String(i + 1), () => actions.setView(id)])),
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || isBusy(event)) return;
    const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const shift = event.shiftKey && (control || key.startsWith("Arrow")) ? "Shift+" : "";
    const act = keys[control + shift + key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
