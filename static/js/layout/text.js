/** How much room text takes. */

import { formatNumber } from "./number.js";

/**
 * A generous estimate of the width of `text` in the page's typeface.
 * @param {string} text
 * @param {number} size
 */
export function textWidth(text, size) {
  return [...text].length * size * 0.58;
}

/**
 * The first of `candidates` that fits into `width`, or the last.
 * @param {readonly string[]} candidates
 * @param {number} width
 * @param {number} size
 */
export function fitText(candidates, width, size) {
  return candidates.find((text) => textWidth(text, size) <= width) ?? candidates[candidates.length - 1];
}

/**
 * `value` with as many of 3 significant digits as fit into `width`, at least one.
 * @param {import("./trace.js").Num} value
 * @param {number} width
 * @param {number} size
 * @param {boolean} [sign]
 */
export function fitNumber(value, width, size, sign = false) {
  return fitText([3, 2, 1].map((digits) => formatNumber(value, { digits, sign })), width, size);
}

/**
 * A size of type, scaled with the stage, never too small to read.
 * @param {number} size
 * @param {number} scale
 */
export function typeSize(size, scale) {
  return Math.max(11, Math.round(size * scale * 2) / 2);
}
