/** Round numbers: for the ends of axes, for their ticks, and for what a hand sets. */

/** Past this the ends of an axis would be further apart than numbers reach. */
const FAR = 1e307;

/**
 * The smallest of 1, 2 and 5 times a power of ten that is not below `size`.
 * @param {number} size positive
 * @returns {number}
 */
export function roundUp(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  const first = [1, 2, 5, 10].find((digit) => digit * power >= size * (1 - 1e-12)) ?? 10;
  return Number((first * power).toPrecision(1));
}

/**
 * How far an axis around 0 should reach so that `value` is well inside.
 * @param {number} value
 * @param {number} [least]
 */
export function fitReach(value, least = 5) {
  return Math.max(least, Math.min(roundUp(Math.max(Math.abs(value), 1) * 1.1), 8 * FAR));
}

/**
 * Round numbers from `low` to `high`, at most `most` of them.
 * @param {number} low
 * @param {number} high
 * @param {number} most
 * @returns {number[]}
 */
export function listTicks(low, high, most) {
  const step = roundUp((high - low) / most);
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  // Twelve digits: three tenths should not show what binary makes of them.
  return Array.from({ length: Math.max(0, Math.min(count, most + 1)) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/**
 * `value` on the grid of what a hand can set on an axis that reaches so far.
 * @param {number} value
 * @param {number} reach
 */
export function snap(value, reach) {
  const step = stepOf(reach);
  return Number((Math.round(value / step) * step).toPrecision(12));
}

/** The step of a hand on an axis that reaches so far. @param {number} reach */
export function stepOf(reach) {
  return roundUp(reach / 200);
}

/**
 * The range that shows what the values do: all of it, unless a few of them run far away.
 * @param {readonly number[]} values
 * @param {number} own a value that must be seen
 * @returns {{low: number, high: number}}
 */
export function fitRange(values, own) {
  const sorted = [...values, own].filter((value) => Math.abs(value) < FAR).sort((a, b) => a - b);
  if (sorted.length === 0) return { low: -1, high: 1 };
  const at = (/** @type {number} */ share) => sorted[Math.round(share * (sorted.length - 1))];
  let [low, high] = [sorted[0], sorted[sorted.length - 1]];
  const middle = at(0.9) - at(0.1);
  if (high - low > 12 * middle && middle > 0) [low, high] = [Math.max(low, at(0.1) - middle), Math.min(high, at(0.9) + middle)];
  if (Math.abs(own) < FAR) [low, high] = [Math.min(low, own), Math.max(high, own)];
  const pad = (high - low) * 0.08 || Math.abs(high) / 2 || 1;
  return { low: low - pad, high: high + pad };
}
