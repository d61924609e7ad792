/** What a gradient flow shows, in plain words that follow from its numbers. */

import { formatNumber, toNumber } from "../number.js";

/** @typedef {import("./flow.js").Flow} Flow */
/** @typedef {import("./flow.js").FlowLayer} FlowLayer */

/** Within this of 1 in either direction, a layer is said to hand the gradient on. */
const LEVEL = 0.03;
/** Shares of slopes that are worth a word. */
const MANY = 0.1;

/**
 * By how much the gradient is multiplied from each layer to the one before, in geometric mean, and
 * what is left of it in the end.
 * @param {Flow} flow
 * @returns {{factor: number, left: number}} NaN where there is only one layer
 */
export function measureRatio({ layers }) {
  const [first, last] = [layers[0], layers[layers.length - 1]].map(({ grad_z_rms }) => toNumber(grad_z_rms.mean));
  // Where nothing enters, nothing is left.
  const left = first === 0 ? 0 : first / last;
  return { left, factor: left ** (1 / (layers.length - 1)) };
}

/**
 * What theory expects in the place of that factor.
 * @param {Flow} flow
 */
export function predictRatio({ layers }) {
  const [first, last] = [layers[0], layers[layers.length - 1]].map(({ predicted_grad_z_rms }) => toNumber(predicted_grad_z_rms));
  return (first / last) ** (1 / (layers.length - 1));
}

/**
 * One sentence: what is seen, and why.
 * @param {Flow} flow
 * @param {{residual: boolean, layer_norm: boolean}} form
 * @returns {string}
 */
export function tellFlow(flow, form) {
  const { layers } = flow;
  const broken = layers.findIndex(({ grad_z_rms: { mean }, z_variance }) => !Number.isFinite(toNumber(mean)) || !Number.isFinite(toNumber(z_variance.mean)));
  if (broken >= 0) return `In layer ${broken + 1} the numbers leave the range that floats have: nothing can be learned from here on. Smaller weights keep them in range.`;
  if (layers.length < 2) return "With a single layer there is nothing that multiplies the gradient. Make it deeper.";
  const { factor, left } = measureRatio(flow);
  const why = tellReason(flow, form);
  if (!(left > 0)) return `The gradient ends on its way${why}: nothing reaches layer 1.`;
  const times = formatNumber(factor, { digits: factor < 0.9 ? 2 : 3 });
  const passed = `after ${layers.length} layers ${tellLeft(left)}`;
  if (Math.abs(factor - 1) <= LEVEL) return `Each layer hands the gradient on nearly as it is, times ${times}${why}: ${passed}.`;
  return `Each layer multiplies the gradient by ${times}${why}: ${passed}.`;
}

/** @param {number} left */
export function tellLeft(left) {
  if (left >= 10) return `it is ${formatNumber(Number(left.toPrecision(2)), { digits: 2 })} times as large`;
  if (left > 1.5) return `it is ${formatNumber(left, { digits: 2 })} times as large`;
  if (left >= 0.01) return `${formatNumber(left * 100, { digits: 2 })}\u00a0% of it is left`;
  return `${formatNumber(left, { digits: 2 })} of it is left`;
}

/**
 * What the slopes and what the weights do to the gradient at a layer, both as measured: their
 * product is the whole way's factor.
 * @param {Flow} flow
 */
export function splitFactor({ layers }) {
  const inner = layers.slice(0, -1);
  const root = (/** @type {number[]} */ factors) => Math.exp(factors.reduce((sum, factor) => sum + Math.log(factor), 0) / factors.length);
  const size = (/** @type {import("./flow.js").Summary} */ { mean }) => toNumber(mean);
  return {
    slopes: root(inner.map(({ grad_z_rms, grad_a_rms }) => size(grad_z_rms) / size(grad_a_rms))),
    weights: root(inner.map(({ grad_a_rms }, i) => size(grad_a_rms) / size(layers[i + 1].grad_z_rms))),
  };
}

/**
 * Why, as far as the numbers tell.
 * @param {Flow} flow
 * @param {{residual: boolean, layer_norm: boolean}} form
 */
function tellReason(flow, { residual, layer_norm }) {
  const share = tellShare(flow.layers[Math.floor(flow.layers.length / 2)]);
  const { slopes, weights } = splitFactor(flow);
  if (!Number.isFinite(slopes) || !Number.isFinite(weights)) return share && ` where slopes are lost${share}`;
  const [slope, gain] = [slopes, weights].map((value) => formatNumber(value, { digits: 2 }));
  const norm = layer_norm ? ", each divided by the spread of its sums," : "";
  if (residual) return `, since each hands it past its slopes of ${slope}${share} as well`;
  return `, slopes of ${slope}${share}${norm} times weights of ${gain}`;
}

/**
 * How many of a layer's slopes are lost, where it is worth a word.
 * @param {FlowLayer} layer
 */
export function tellShare(layer) {
  const [saturated, dead] = [layer.saturated, layer.dead].map((part) => toNumber(part?.mean));
  return dead > MANY ? ` (${percent(dead)} are 0)` : saturated > MANY ? ` (${percent(saturated)} are nearly 0)` : "";
}

/** @param {number} share */
function percent(share) {
  return `${formatNumber(share * 100, { digits: 2 })}\u00a0%`;
}

/**
 * What happens while the pass is at a layer.
 * @param {Flow} flow
 * @param {number} index of the layer
 */
export function tellStep({ layers }, index) {
  const layer = layers[index];
  const now = formatNumber(layer.grad_z_rms.mean);
  if (index === layers.length - 1) return `A random gradient of size 1 enters at the output; behind the slopes of layer ${index + 1} it is ${now}.`;
  const factor = Math.sqrt(toNumber(layer.measured_factor));
  const theory = Math.sqrt(toNumber(layer.predicted_factor ?? NaN));
  const expected = Number.isFinite(theory) ? ` (theory: ${formatNumber(theory)})` : "";
  return `From layer ${index + 2} to layer ${index + 1} the gradient is multiplied by ${formatNumber(factor)}${expected}: ${now}.`;
}
