/** The upright axis of a picture of the lab: over powers of ten, or over the numbers themselves. */

import { listTicks } from "../axes.js";
import { formatNumber, toNumber } from "../number.js";
import { fitDecades, listPowers, share } from "./decades.js";

/** @typedef {import("../trace.js").Num} Num */
/** @typedef {{logarithmic: boolean, low: number, high: number}} Axis of a logarithmic one, powers of ten */
/** @typedef {{at: number, text: string, raised?: string}} Tick */

/** Powers of ten that are written out. */
const [LEAST_PLAIN, MOST_PLAIN] = [-2, 3];
/** So many powers of ten have lines between them. */
const MOST_FINE = 3;
/** Past this a linear axis would have no room for anything else. */
const FAR = 1e6;

/**
 * An axis that holds the values; a linear one also 0 and `most`.
 * @param {readonly (Num | null)[]} values
 * @param {{logarithmic: boolean, most?: number}} quantity
 * @returns {Axis}
 */
export function fitAxis(values, { logarithmic, most = 0 }) {
  if (logarithmic) return { logarithmic, ...fitDecades(values) };
  const known = values.map(toNumber).filter((value) => Math.abs(value) < FAR);
  const [low, high] = [Math.min(0, ...known), Math.max(most, 0, ...known)];
  if (low === high) return { logarithmic, low: 0, high: 1 };
  return { logarithmic, low: low * 1.05, high: high > most ? high * 1.05 : high };
}

/**
 * Where a value lies from 0 (at the lower end) to 1; NaN where it has no place.
 * @param {Num | null} value
 * @param {Axis} axis
 */
export function place(value, axis) {
  if (axis.logarithmic) return share(value, axis);
  const number = toNumber(value);
  return Number.isNaN(number) ? NaN : Math.min(1, Math.max(0, (number - axis.low) / (axis.high - axis.low)));
}

/**
 * What is written at the axis, at most so much.
 * @param {Axis} axis
 * @param {number} most
 * @returns {Tick[]}
 */
export function listAxisTicks(axis, most) {
  if (!axis.logarithmic) return listTicks(axis.low, axis.high, most).map((at) => ({ at, text: formatNumber(at) }));
  return listPowers(axis, most).map((power) => ({ at: 10 ** power, ...writePower(power) }));
}

/** Twice to nine times each power of ten, where there is room for them. @param {Axis} axis @returns {number[]} */
export function listBetween({ logarithmic, low, high }) {
  if (!logarithmic || high - low > MOST_FINE) return [];
  return Array.from({ length: high - low }, (_, i) => low + i).flatMap((power) => [2, 3, 4, 5, 6, 7, 8, 9].map((digit) => digit * 10 ** power));
}

/** A power of ten, written out where it is short. @param {number} power @returns {{text: string, raised?: string}} */
export function writePower(power) {
  if (power < LEAST_PLAIN || power > MOST_PLAIN || !Number.isInteger(power)) return { text: "10", raised: String(power).replace("-", "\u2212") };
  return { text: power < 0 ? (10 ** power).toFixed(-power) : String(10 ** power) };
}
