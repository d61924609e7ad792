/** Points drawn on the plane, by pointer and by keys. */

import { effect } from "@preact/signals-core";
import { gatherPoints, isOwn } from "../../state/training/setup.js";
import { MOST_CLASSES, nameShape } from "../../scene/training/shapes.js";

/** @typedef {import("../../state/training/store.js").Training} Training */
/** @typedef {import("../../layout/layout.js").Box} Box */
/** @typedef {{x: [number, number], y: [number, number]}} Plane */
/** @typedef {{x: number, y: number, label: number}} Spot */

/** How far apart points are that are drawn in one stroke, in pixels. */
const APART = 14;
/** How near the pointer must be to take a point away, in pixels. */
const NEAR = 16;
/** A step of the arrow keys, as a share of the plane. */
const STEP = 1 / 48;
const KEPT = 3;

/**
 * @param {HTMLElement} element
 * @param {Training} training
 * @param {{field: () => Box | null, plane: () => Plane | null}} place
 */
export function listenToBrush(element, { state, actions }, { field, plane }) {
  const surface = document.createElement("div");
  surface.className = "brush";
  surface.tabIndex = 0;
  surface.setAttribute("role", "application");
  surface.setAttribute("aria-label", "The plane: arrow keys move, Enter puts a point, Delete takes the nearest away");
  const cross = document.createElement("i");
  surface.append(cross);
  element.append(surface);
  const at = { x: 0.5, y: 0.5 };
  /** @type {{x: number, y: number} | null} */
  let last = null;

  effect(() => {
    const box = field();
    surface.hidden = state.brush.value === null || box === null;
    if (!box) return;
    Object.assign(surface.style, { left: `${box.x - box.w / 2}px`, top: `${box.y - box.h / 2}px`, width: `${box.w}px`, height: `${box.h}px` });
    surface.dataset.brush = String(state.brush.value);
  });

  const show = () => Object.assign(cross.style, { left: `${at.x * 100}%`, top: `${at.y * 100}%` });
  show();

  /** @param {PointerEvent} event */
  const locate = (event) => {
    const { left, top, width, height } = surface.getBoundingClientRect();
    return { x: clamp((event.clientX - left) / width), y: clamp((event.clientY - top) / height) };
  };
  const toPlane = (/** @type {{x: number, y: number}} */ share) => {
    const ranges = /** @type {Plane} */ (plane());
    return { x: ranges.x[0] + share.x * (ranges.x[1] - ranges.x[0]), y: ranges.y[1] - share.y * (ranges.y[1] - ranges.y[0]) };
  };

  /** @param {{x: number, y: number}} share */
  const use = (share) => {
    const brush = state.brush.peek();
    if (brush === null || !plane()) return;
    const point = toPlane(share);
    if (brush === "erase") erase(point);
    else draw({ x: round(point.x), y: round(point.y), label: brush });
  };

  /** @param {Spot} point */
  const draw = (point) => change((points) => [...points, point], "points");
  /** @param {{x: number, y: number}} point */
  const erase = (point) => {
    const ranges = /** @type {Plane} */ (plane());
    const { width, height } = surface.getBoundingClientRect();
    const away = (/** @type {{x: number, y: number}} */ { x, y }) => Math.hypot(((x - point.x) / (ranges.x[1] - ranges.x[0])) * width, ((y - point.y) / (ranges.y[1] - ranges.y[0])) * height);
    const points = listPoints(state);
    const nearest = points.reduce((best, spot, i) => (away(spot) < away(points[best] ?? spot) ? i : best), 0);
    if (points[nearest] && away(points[nearest]) <= NEAR) change((all) => all.toSpliced(nearest, 1), "points");
  };
  /** @param {(points: Spot[]) => Spot[]} edit @param {string} gesture */
  const change = (edit, gesture) => {
    const points = edit(listPoints(state));
    actions.edit((setup) => ({ ...setup, features: setup.features, data: gatherPoints(points, listClasses(state, points)) }), gesture);
  };

  surface.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    surface.setPointerCapture(event.pointerId);
    last = locate(event);
    Object.assign(at, last);
    show();
    use(last);
  });
  surface.addEventListener("pointermove", (event) => {
    if (!surface.hasPointerCapture(event.pointerId) || !last) return;
    const next = locate(event);
    const { width, height } = surface.getBoundingClientRect();
    if (Math.hypot((next.x - last.x) * width, (next.y - last.y) * height) < APART) return;
    last = next;
    use(next);
  });
  surface.addEventListener("lostpointercapture", () => {
    last = null;
    actions.settle();
  });
  surface.addEventListener("keydown", (event) => {
    const moves = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });
    const move = moves[event.key];
    if (move) {
      const reach = STEP * (event.shiftKey ? 4 : 1);
      Object.assign(at, { x: clamp(at.x + move[0] * reach), y: clamp(at.y + move[1] * reach) });
      show();
    } else if (event.key === "Enter" || event.key === " ") {
      use(at);
      actions.settle();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      erase(toPlane(at));
      actions.settle();
    } else if (/^[1-8]$/.test(event.key)) actions.setBrush(Number(event.key) - 1);
    else if (event.key === "0") actions.setBrush("erase");
    else return;
    event.preventDefault();
    event.stopPropagation();
    const { x, y } = toPlane(at);
    surface.setAttribute("aria-description", `at x1 ${round(x)}, x2 ${round(y)}`);
  });
}

/** The points that are there and can be drawn on. @param {Training["state"]} state @returns {Spot[]} */
function listPoints({ samples, setup }) {
  const found = isOwn(setup.peek().data) ? setup.peek().data : samples.peek();
  const { inputs, labels } = /** @type {import("../../state/training/setup.js").Samples} */ (found ?? { inputs: [], labels: [] });
  if (labels === null || inputs[0]?.length !== 2) return [];
  return inputs.map(([x, y], i) => ({ x, y, label: labels[i] }));
}

/** As many classes as are used, at least two. @param {Training["state"]} state @param {Spot[]} points */
function listClasses({ samples }, points) {
  const known = samples.peek()?.classes ?? [];
  const count = Math.max(2, ...points.map(({ label }) => label + 1));
  return Array.from({ length: count }, (_, label) => known[label] ?? String(label));
}

/** The shapes in the order of their keys. */
export const SHAPES = Array.from({ length: MOST_CLASSES }, (_, label) => nameShape(label));

/** @param {number} share */
function clamp(share) {
  return Math.min(1, Math.max(0, share));
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(KEPT));
}
