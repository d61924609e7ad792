/** The pointer on the stage: hover, select, click again to edit, drag up and down to change. */

import { toNumber } from "../layout/number.js";
import { edit } from "./edit.js";
import { idOf } from "./keys.js";

/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("../layout/curve.js").Point} Point */

/** Half of the smallest target for a finger, in pixels. */
const FINGER = 22;
const DRAG_FROM = 4;
const DRAG_RANGE = 100;

/**
 * @param {Stage} stage
 * @returns {() => void}
 */
export function listenToPointer(stage) {
  const { svg, state, handlers } = stage;
  /** @type {{id: string, entry: string, y: number, value: number, step: number, moved: boolean} | null} */
  let drag = null;
  let dragged = false;

  /** @param {PointerEvent | MouseEvent} event */
  const find = (event) => {
    const id = idOf(event.target);
    const [shown, finger] = [stage.shown(), event instanceof PointerEvent && event.pointerType === "touch"];
    if (id !== null || !shown || !finger) return id;
    const { left, top } = svg.getBoundingClientRect();
    const spots = shown.view.spots(shown.layout).map((/** @type {Point & {id: string}} */ spot) => ({ ...spot, ...stage.toScreen(spot) }));
    return findNear(spots, event.clientX - left, event.clientY - top);
  };
  /** @type {[string, (event: any) => void][]} */
  const listeners = [
    ["pointerover", (/** @type {PointerEvent} */ event) => event.pointerType !== "touch" && !drag && handlers.onHover(idOf(event.target))],
    ["pointerleave", () => handlers.onHover(null)],
    [
      "pointerdown",
      (/** @type {PointerEvent} */ event) => {
        const [id, shown] = [find(event), stage.shown()];
        dragged = false;
        if (event.button !== 0 || !shown || id === null || id !== state.selection.value) return;
        const entry = shown.view.edits(shown.trace, id);
        if (!entry) return;
        const number = toNumber(entry.value);
        if (!Number.isFinite(number)) return;
        drag = { id, entry: entry.id, y: event.clientY, value: number, step: Math.max(1, Math.abs(number)) / DRAG_RANGE, moved: false };
        svg.setPointerCapture(event.pointerId);
      },
    ],
    [
      "pointermove",
      (/** @type {PointerEvent} */ event) => {
        if (!drag) return;
        const distance = drag.y - event.clientY;
        drag.moved ||= Math.abs(distance) >= DRAG_FROM;
        if (drag.moved) handlers.onEdit(drag.entry, round(drag.value + distance * drag.step));
      },
    ],
    [
      "pointerup",
      () => {
        dragged = drag?.moved ?? false;
        const still = drag && !drag.moved ? drag.id : null;
        drag = null;
        if (still !== null) edit(stage, still);
        dragged ||= still !== null;
      },
    ],
    ["pointercancel", () => (drag = null)],
    [
      "click",
      (/** @type {MouseEvent} */ event) => {
        if (!dragged) handlers.onSelect(find(event));
        dragged = false;
      },
    ],
  ];
  for (const [type, listener] of listeners) svg.addEventListener(type, listener);
  return () => {
    for (const [type, listener] of listeners) svg.removeEventListener(type, listener);
  };
}

/**
 * What a finger at this point most likely means.
 * @param {readonly (Point & {id: string})[]} spots
 * @param {number} x
 * @param {number} y
 * @returns {string | null}
 */
export function findNear(spots, x, y) {
  let [best, distance] = [/** @type {string | null} */ (null), FINGER];
  for (const spot of spots) {
    const away = Math.hypot(spot.x - x, spot.y - y);
    if (away < distance) [best, distance] = [spot.id, away];
  }
  return best;
}

/** @param {number} value */
function round(value) {
  return Number(value.toPrecision(4));
}
