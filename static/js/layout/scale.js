/** Magnitude on a logarithmic scale: 0.001 and less is smallest, 10 and more is largest. */

import { toNumber } from "./number.js";

const DECADES = 4;
const SMALLEST = -3;

/** What the legend shows. */
export const LEGEND_VALUES = [-1, -0.1, 0.1, 1];

/**
 * Where the magnitude of `value` lies on the scale, from 0 to 1.
 * @param {number | string | null | undefined} value
 * @returns {number}
 */
export function magnitude(value) {
  const size = Math.abs(toNumber(value));
  if (size === 0) return 0;
  if (!Number.isFinite(size)) return 1;
  return Math.min(1, Math.max(0, (Math.log10(size) - SMALLEST) / DECADES));
}

/**
 * The width of a line that stands for `value`, in pixels.
 * @param {number | string | null | undefined} value
 * @param {number} [scale]
 */
export function lineWidth(value, scale = 1) {
  return (1 + 6 * magnitude(value)) * scale;
}

/**
 * The radius of a bead that carries `value`; nothing is carried by 0.
 * @param {number | string | null | undefined} value
 * @param {number} [scale]
 */
export function beadRadius(value, scale = 1) {
  return toNumber(value) === 0 ? 0 : (3 + 6 * magnitude(value)) * scale;
}

/**
 * The token of a value's sign; 0 and NaN have none.
 * @param {number | string | null | undefined} value
 */
export function signToken(value) {
  const number = toNumber(value);
  return number > 0 ? "positive" : number < 0 ? "negative" : "ink-3";
}
