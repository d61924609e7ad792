/** The pointer on the stage: hover, select, click again to edit, drag up and down to change. */

import { pointAt } from "../layout/curve.js";
import { toNumber } from "../layout/number.js";
import { edit } from "./edit.js";
import { idOf } from "./keys.js";
import { readEditable } from "./walk.js";

/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("../layout/layout.js").Layout} Layout */

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
  /** @type {{id: string, y: number, value: number, step: number, moved: boolean} | null} */
  let drag = null;
  let dragged = false;

  /** @param {PointerEvent | MouseEvent} event */
  const find = (event) => {
    const id = idOf(event.target);
    const layout = stage.layout();
    const finger = event instanceof PointerEvent && event.pointerType === "touch";
    return id ?? (finger && layout ? findNear(layout, event.offsetX, event.offsetY) : null);
  };
  /** @type {[string, (event: any) => void][]} */
  const listeners = [
    ["pointerover", (/** @type {PointerEvent} */ event) => event.pointerType !== "touch" && !drag && handlers.onHover(idOf(event.target))],
    ["pointerleave", () => handlers.onHover(null)],
    [
      "pointerdown",
      (/** @type {PointerEvent} */ event) => {
        const [id, trace] = [find(event), state.trace.value];
        dragged = false;
        if (event.button !== 0 || !trace || id === null || id !== state.selection.value) return;
        const value = readEditable(trace, id);
        if (value === null) return;
        const number = toNumber(value);
        if (!Number.isFinite(number)) return;
        drag = { id, y: event.clientY, value: number, step: Math.max(1, Math.abs(number)) / DRAG_RANGE, moved: false };
        svg.setPointerCapture(event.pointerId);
      },
    ],
    [
      "pointermove",
      (/** @type {PointerEvent} */ event) => {
        if (!drag) return;
        const distance = drag.y - event.clientY;
        drag.moved ||= Math.abs(distance) >= DRAG_FROM;
        if (drag.moved) handlers.onEdit(drag.id, round(drag.value + distance * drag.step));
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
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 * @returns {string | null}
 */
export function findNear(layout, x, y) {
  const centers = [
    ...[...layout.units.values(), ...layout.targets, ...layout.biases].map((place) => ({ id: place.id, x: place.x, y: place.y })),
    ...layout.edges.flatMap(({ id, curve }) => [0.25, 0.4, 0.5, 0.6, 0.75].map((t) => ({ id, ...pointAt(curve, t) }))),
  ];
  let [best, distance] = [/** @type {string | null} */ (null), FINGER];
  for (const center of centers) {
    const away = Math.hypot(center.x - x, center.y - y);
    if (away < distance) [best, distance] = [center.id, away];
  }
  return best;
}

/** @param {number} value */
function round(value) {
  return Number(value.toPrecision(4));
}
