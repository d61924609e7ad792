/** Clipping of gradients, worked out from the sizes that were measured. */

import { toNumber } from "../number.js";

/** @typedef {{by: "none" | "norm" | "value", at: number}} Clip */
/** @typedef {{before: number[], after: number[], norm: number, norm_after: number}} Clipped */

/**
 * The root mean square of the gradient of every layer's weights, before and after clipping.
 *
 * By norm: all gradients are scaled together so that the norm of all of them is at most `at`
 * (Pascanu, Mikolov and Bengio 2013); exact. By value: each entry is cut at plus and minus `at`;
 * since only the size of a layer's entries is known, they are taken to be normally distributed.
 * @param {readonly {grad_weight_rms: {mean: import("../trace.js").Num}}[]} layers
 * @param {number} entries weights in each layer
 * @param {Clip} clip
 * @returns {Clipped}
 */
export function clipGradients(layers, entries, { by, at }) {
  const before = layers.map(({ grad_weight_rms: { mean } }) => toNumber(mean));
  const norm = normOf(before, entries);
  const scale = by === "norm" && norm > at ? at / norm : 1;
  const after = before.map((rms) => (by === "value" ? cutNormal(rms, at) : rms === Infinity ? rms : rms * scale));
  return { before, after, norm, norm_after: normOf(after, entries) };
}

/** @param {readonly number[]} sizes root mean squares @param {number} entries */
function normOf(sizes, entries) {
  const largest = Math.max(...sizes);
  if (!(largest > 0) || !Number.isFinite(largest)) return largest;
  return largest * Math.sqrt(entries * sizes.reduce((sum, size) => sum + (size / largest) ** 2, 0));
}

/**
 * The root mean square of a normal variable of mean 0 that is cut at plus and minus `at`:
 * sigma^2 (P - 2 t phi(t)) + at^2 (1 - P), where t = at / sigma and P = erf(t / sqrt 2).
 * @param {number} sigma
 * @param {number} at
 */
export function cutNormal(sigma, at) {
  if (!(sigma > 0)) return sigma;
  const t = at / sigma;
  if (t > 8) return sigma;
  // Where nearly all entries are cut, the difference below has no digits left.
  if (t < 1e-3) return at;
  const inside = erf(t / Math.SQRT2);
  const density = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  return Math.sqrt(sigma * sigma * (inside - 2 * t * density) + at * at * (1 - inside));
}

/** The error function by its series, Abramowitz and Stegun 7.1.6. @param {number} x at most 6 */
function erf(x) {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200 && term > sum * 1e-17; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return Math.min(1, (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum);
}
