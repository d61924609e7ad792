/** Keys that work everywhere but in fields. */

import { showHelp } from "./help.js";
import { closeSheets } from "./sheets.js";
import { listTabs } from "./tabs.js";
import { goOn, SPEEDS } from "./transport.js";

/** @typedef {import("../state/store.js").Store} Store */

/**
 * @param {Store} store
 * @param {{on?: () => boolean, next?: () => void, leave?: () => void}} [page] of a room that is not always there
 */
export function listenToKeyboard(store, { on = () => true, next = () => goOn(store), leave = () => {} } = {}) {
  const { state, actions } = store;
  const faster = (/** @type {number} */ step) => {
    const at = SPEEDS.indexOf(state.speed.peek()) + step;
    if (SPEEDS[at]) actions.setSpeed(SPEEDS[at]);
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": actions.toggle,
    ArrowLeft: actions.stepBack,
    ArrowRight: actions.stepForward,
    "Shift+ArrowLeft": actions.previousPhase,
    "Shift+ArrowRight": actions.nextPhase,
    Home: actions.first,
    End: actions.last,
    "+": () => faster(1),
    "-": () => faster(-1),
    n: next,
    "?": () => showHelp(),
    Escape: () => {
      if (closeSheets()) return;
      if (state.selection.peek() === null) leave();
      actions.select(null);
    },
    "Ctrl+z": actions.undo,
    "Ctrl+Shift+z": actions.redo,
    "Ctrl+y": actions.redo,
  };
  const openTab = (/** @type {string} */ key) => {
    const tab = /^\d$/.test(key) ? listTabs(state.network.peek().spec)[Number(key) - 1] : undefined;
    return tab && (() => actions.setView(tab.id));
  };
  document.addEventListener("keydown", (event) => {
    if (!on() || event.defaultPrevented || event.altKey || isBusy(event)) return;
    const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const shift = event.shiftKey && (control || key.startsWith("Arrow")) ? "Shift+" : "";
    const act = keys[control + shift + key] ?? openTab(control + key);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/**
 * Whether the key belongs to where it was pressed.
 * @param {KeyboardEvent} event
 */
export function isBusy(event) {
  const target = /** @type {HTMLElement} */ (event.target);
  if (document.querySelector("dialog[open]")) return true;
  if (target.closest("input, textarea, select, [contenteditable]")) return event.key !== "Escape";
  return event.key === " " && target.closest("button, a, summary, [role=button]") !== null;
}
