/** Logarithmic axes: from one power of ten to another. */

import { toNumber } from "../number.js";

/** Below this an axis would have to go on for ever; what is smaller lies on the ground. */
const MOST_DECADES = 60;

/** @typedef {import("../trace.js").Num} Num */
/** @typedef {{low: number, high: number}} Decades powers of ten */

/**
 * The powers of ten that hold all values which have a logarithm.
 * @param {readonly (Num | null)[]} values
 * @param {number} [least] how many decades there are at least
 * @returns {Decades}
 */
export function fitDecades(values, least = 2) {
  const logs = values.map((value) => Math.log10(toNumber(value))).filter(Number.isFinite);
  if (logs.length === 0) return { low: -1, high: 1 };
  const high = Math.ceil(Math.max(...logs) + 0.02);
  const low = Math.max(Math.floor(Math.min(...logs) - 0.3), high - MOST_DECADES);
  return { low: Math.min(low, high - least), high };
}

/**
 * Where a value lies from 0 (at or under the lowest power) to 1; NaN where it has no place.
 * @param {Num | null} value
 * @param {Decades} decades
 */
export function share(value, { low, high }) {
  const number = toNumber(value);
  if (Number.isNaN(number)) return NaN;
  return Math.min(1, Math.max(0, (Math.log10(Math.max(number, 0)) - low) / (high - low)));
}

/**
 * Powers to write at an axis, at most so many.
 * @param {Decades} decades
 * @param {number} most
 * @returns {number[]}
 */
export function listPowers({ low, high }, most) {
  const step = [1, 2, 5, 10, 20, 50].find((size) => (high - low) / size <= Math.max(1, most - 1)) ?? 100;
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, i) => first + i * step);
}
