/** Zoom and pan of the stage: wheel, pinch, drag, keys and buttons, for views that may not fit. */

import { signal } from "@preact/signals-core";
import { toScreen, WHOLE, zoomAt } from "../layout/camera.js";
import { idOf } from "./keys.js";
import { makeZoombar } from "./zoombar.js";

/** @typedef {import("./stage.js").Stage} Stage */
/** @typedef {import("../layout/camera.js").Camera} Camera */
/** @typedef {import("../layout/curve.js").Point} Point */

const STEP = 1.25;
const DRAG_FROM = 4;
/** What gets the focus comes at least so far inside, in pixels. */
const INSIDE = 56;
const GRID = 24;

/**
 * @param {Stage} stage
 * @returns {{apply(): void, camera(): Camera, reveal(point: Point): void, stop(): void}}
 */
export function mountZoom(stage) {
  const { element, svg, state, handlers } = stage;
  /** Null: the view's own camera; "all": everything; else where someone has put it, for one layout. */
  const chosen = signal(/** @type {null | "all" | {camera: Camera, key: string}} */ (null));
  const buttons = makeZoombar({ zoom: (factor) => zoom(factor), fit: () => fit() });
  element.append(buttons.element);

  /** @param {boolean} whole */
  const automatic = (whole) => {
    const [shown, playhead] = [stage.shown(), state.playhead.value];
    const now = state.reducedMotion.value ? Math.ceil(playhead) : playhead;
    return shown?.view.camera?.(shown.trace, shown.layout, now, whole) ?? WHOLE;
  };
  const camera = () => {
    const [now, shown] = [chosen.value, stage.shown()];
    if (now !== null && now !== "all" && now.key === shown?.layout.key) return now.camera;
    return automatic(now === "all");
  };
  const zooms = () => stage.shown()?.view.camera !== undefined;
  /** @param {Camera} next */
  const put = (next) => void (chosen.value = { camera: next, key: stage.shown()?.layout.key });
  /** @param {number} factor @param {Point} [at] */
  const zoom = (factor, at = { x: svg.clientWidth / 2, y: svg.clientHeight / 2 }) => put(zoomAt(camera(), factor, at));
  const fit = () => {
    const [now, all] = [camera(), automatic(true)];
    chosen.value = now.k === all.k && now.x === all.x && now.y === all.y ? null : "all";
  };

  /** Fingers and buttons that are down. @type {Map<number, Point>} */
  const down = new Map();
  let moved = false;
  /** @param {PointerEvent | WheelEvent} event @returns {Point} */
  const place = (event) => {
    const { left, top } = svg.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  /** Whether this drag changes a number instead. @param {PointerEvent} event */
  const edits = (event) => {
    const [id, shown] = [idOf(event.target), stage.shown()];
    return id !== null && id === state.selection.value && shown?.view.edits(shown.trace, id);
  };
  /** @type {[string, (event: any) => void, AddEventListenerOptions?][]} */
  const listeners = [
    [
      "wheel",
      (/** @type {WheelEvent} */ event) => {
        if (!zooms()) return;
        event.preventDefault();
        const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
        zoom(2 ** (-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), place(event));
      },
      { passive: false },
    ],
    [
      "pointerdown",
      (/** @type {PointerEvent} */ event) => {
        if (down.size === 0) moved = false;
        if (zooms() && event.button === 0 && !edits(event)) down.set(event.pointerId, place(event));
      },
    ],
    [
      "pointermove",
      (/** @type {PointerEvent} */ event) => {
        const before = down.get(event.pointerId);
        if (!before) return;
        const after = place(event);
        if (!moved && Math.hypot(after.x - before.x, after.y - before.y) < DRAG_FROM) return;
        if (!moved) handlers.onHover(null);
        moved = true;
        svg.setPointerCapture(event.pointerId);
        const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
        const now = camera();
        const shifted = { ...now, x: now.x + after.x - before.x, y: now.y + after.y - before.y };
        put(other ? pinch(now, before, after, other) : shifted);
        down.set(event.pointerId, after);
      },
    ],
    ["pointerup", (/** @type {PointerEvent} */ event) => void down.delete(event.pointerId)],
    ["pointercancel", (/** @type {PointerEvent} */ event) => void down.delete(event.pointerId)],
    [
      "click",
      (/** @type {MouseEvent} */ event) => {
        // The end of a drag selects nothing.
        if (moved) event.stopImmediatePropagation();
        moved = false;
      },
      { capture: true },
    ],
    [
      "keydown",
      (/** @type {KeyboardEvent} */ event) => {
        if (!zooms() || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "+" || event.key === "=") zoom(STEP);
        else if (event.key === "-") zoom(1 / STEP);
        else if (event.key === "0") fit();
        else return;
        event.preventDefault();
        event.stopPropagation();
      },
    ],
  ];
  for (const [type, listener, options] of listeners) svg.addEventListener(type, listener, options);

  return {
    camera,
    apply() {
      const { k, x, y } = camera();
      const { width, height } = stage.shown()?.size ?? { width: 1, height: 1 };
      svg.setAttribute("viewBox", [-x / k, -y / k, width / k, height / k].map((part) => Math.round(part * 100) / 100).join(" "));
      element.style.backgroundSize = `${GRID * k}px ${GRID * k}px`;
      element.style.backgroundPosition = `${x + (GRID / 2) * k}px ${y + (GRID / 2) * k}px`;
      svg.classList.toggle("zooms", zooms());
      const now = automatic(true);
      buttons.show({ hidden: !zooms(), whole: now.k === k && now.x === x && now.y === y });
    },
    reveal(point) {
      const [now, { width, height }] = [camera(), stage.shown()?.size ?? { width: 0, height: 0 }];
      const { x, y } = toScreen(now, point);
      const dx = Math.max(INSIDE - x, 0) + Math.min(width - INSIDE - x, 0);
      const dy = Math.max(INSIDE - y, 0) + Math.min(height - INSIDE - y, 0);
      if (zooms() && (dx || dy)) put({ ...now, x: now.x + dx, y: now.y + dy });
    },
    stop() {
      for (const [type, listener, options] of listeners) svg.removeEventListener(type, listener, options);
      buttons.element.remove();
    },
  };
}

/**
 * One of two fingers moves: the picture keeps under both what it had there.
 * @param {Camera} camera
 * @param {Point} before
 * @param {Point} after
 * @param {Point} other
 */
function pinch(camera, before, after, other) {
  const apart = (/** @type {Point} */ point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
  return zoomAt(camera, apart(after) / apart(before), other);
}
