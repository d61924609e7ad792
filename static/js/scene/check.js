/** The error of a difference quotient against its step h, both on logarithmic axes. */

import { formatNumber, toNumber } from "../layout/number.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {{h: number, error: Num}} ErrorPoint */
/** @typedef {{left: number, top: number, right: number, bottom: number, x(h: number): number, y(error: number): number, powers: {x: number[], y: number[]}}} Frame */

const MARGIN = { left: 58, top: 26, right: 16, bottom: 40 };
const TEXT = 12;
/** Errors of exactly 0 have no place on a logarithmic axis; they stand on its foot. */
const LEAST = 1e-17;
/** An arm shorter than this has no name. */
const ARM = 40;

/**
 * @param {readonly ErrorPoint[]} curve
 * @param {{width: number, height: number}} size
 * @returns {Frame}
 */
export function frameErrors(curve, { width, height }) {
  const [left, top, right, bottom] = [MARGIN.left, MARGIN.top, width - MARGIN.right, height - MARGIN.bottom];
  const hs = curve.map(({ h }) => Math.log10(h));
  const errors = curve.map(({ error }) => toNumber(error)).filter(Number.isFinite).map(toLog);
  const ends = (/** @type {number[]} */ values) => /** @type {const} */ ([Math.floor(Math.min(...values)), Math.max(Math.floor(Math.min(...values)) + 1, Math.ceil(Math.max(...values)))]);
  const [[first, last], [low, high]] = [ends(hs), ends(errors.length ? errors : [-1, 0])];
  return {
    left,
    top,
    right,
    bottom,
    x: (h) => round(left + ((Math.log10(h) - first) / (last - first)) * (right - left)),
    y: (error) => round(bottom - ((Math.min(high, toLog(error)) - low) / (high - low)) * (bottom - top)),
    powers: { x: listPowers(first, last, (right - left) / 52), y: listPowers(low, high, (bottom - top) / 28) },
  };
}

/**
 * @param {readonly ErrorPoint[]} curve
 * @param {number} used the h of the check itself
 * @param {{width: number, height: number}} size
 * @returns {Mark[]}
 */
export function sceneErrors(curve, used, size) {
  const frame = frameErrors(curve, size);
  const { left, top, right, bottom, x, y, powers } = frame;
  const points = curve.filter(({ error }) => Number.isFinite(toNumber(error))).map(({ h, error }) => ({ h, error: toNumber(error) }));
  const best = findBest(curve);
  const grid = [...powers.x.map((power) => `M${x(10 ** power)} ${top}V${bottom}`), ...powers.y.map((power) => `M${left} ${y(10 ** power)}H${right}`)];
  /** @type {Mark[]} */
  const marks = [
    { key: "grid", shape: "path", d: grid.join(""), stroke: "rule", strokeWidth: 1, fill: "none" },
    ...powers.x.map((power) => ({ ...label(`x:${power}`, x(10 ** power), bottom + 16, "middle"), ...writePower(power) })),
    ...powers.y.map((power) => ({ ...label(`y:${power}`, left - 8, y(10 ** power) + TEXT * 0.36, "end"), ...writePower(power) })),
    { ...label("h", (left + right) / 2, bottom + 34, "middle"), text: "step h", fill: "ink-2" },
    { ...label("error", left - 50, top - 10, "start"), text: "relative error", fill: "ink-2" },
    { key: "curve", shape: "path", d: points.map(({ h, error }, i) => `${i ? "L" : "M"}${x(h)} ${y(error)}`).join(""), stroke: "ink-2", strokeWidth: 2, fill: "none" },
    ...points.map(({ h, error }) => ({ key: `point:${h}`, shape: /** @type {const} */ ("circle"), x: x(h), y: y(error), r: 2.5, fill: best && (h < best.h || !isBent(curve)) ? "backward" : "forward" })),
  ];
  if (points.length) {
    marks.push(
      { key: "used", shape: "path", d: `M${x(used)} ${top}V${bottom}`, stroke: "ink", strokeWidth: 1.25, dash: "3 4", fill: "none" },
      { ...label("used:text", Math.min(right - 34, Math.max(left + 34, x(used))), top - 10, "middle"), text: "h of the check", fill: "ink" },
    );
  }
  if (best) marks.push({ key: "best", shape: "circle", x: x(best.h), y: y(toNumber(best.error)), r: 5.5, fill: "paper", stroke: "ink", strokeWidth: 2 });
  const [finest, widest] = [choose(points, (a, b) => a.h < b.h), choose(points, (a, b) => a.h > b.h)];
  // At the tops of the arms, inside the V, where nothing else is.
  if (best && finest && finest.error > 0 && x(best.h) - x(finest.h) > ARM) marks.push({ ...label("rounding", x(finest.h) + 10, y(finest.error) + 4, "start"), text: "rounding", weight: 600, fill: "backward", halo: "paper" });
  if (best && widest && isBent(curve) && x(widest.h) - x(best.h) > ARM) marks.push({ ...label("truncation", x(widest.h) - 10, y(widest.error) + 4, "end"), text: "truncation", weight: 600, fill: "forward", halo: "paper" });
  return marks;
}

/**
 * @template P
 * @param {readonly P[]} points
 * @param {(one: P, other: P) => boolean} wins
 * @returns {P | null}
 */
function choose(points, wins) {
  return points.reduce((/** @type {P | null} */ best, one) => (best !== null && !wins(one, best) ? best : one), null);
}

/** An error as small as this says nothing but rounding. */
const ROUNDED = 1e-12;

/**
 * Whether the function bends enough that a large step shows it.
 * @param {readonly ErrorPoint[]} curve
 */
export function isBent(curve) {
  const [widest] = [...curve].sort((a, b) => b.h - a.h);
  return widest !== undefined && !(toNumber(widest.error) < ROUNDED);
}

/**
 * The step at which the quotient agrees best.
 * @template {ErrorPoint} P
 * @param {readonly P[]} curve
 * @returns {P | null}
 */
export function findBest(curve) {
  const finite = curve.filter(({ error }) => Number.isFinite(toNumber(error)));
  return choose(finite, (a, b) => toNumber(a.error) < toNumber(b.error));
}

/** @param {string} key @param {number} x @param {number} y @param {"start" | "middle" | "end"} anchor @returns {Mark} */
function label(key, x, y, anchor) {
  return { key, shape: "text", x, y, size: TEXT, anchor, fill: "ink-3" };
}

/** @param {number} power @returns {Pick<Mark, "text" | "raised">} */
function writePower(power) {
  return power === 0 ? { text: "1" } : { text: "10", raised: formatNumber(power) };
}

/** Whole powers of ten, at most so many. @param {number} first @param {number} last @param {number} most */
function listPowers(first, last, most) {
  const step = Math.max(1, Math.ceil((last - first) / Math.max(1, most)));
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => first + i * step);
}

/** @param {number} error */
function toLog(error) {
  return Math.log10(Math.max(LEAST, error));
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
