/** What of a layer or time step the lab can show, and on which kind of axis. */

import { toNumber } from "../number.js";

/** @typedef {import("./flow.js").FlowLayer} FlowLayer */
/** @typedef {import("./flow.js").Summary} Summary */
/** @typedef {import("../trace.js").Num} Num */
/** @typedef {{mean: number, low: number, high: number}} Reading `low` and `high` are how far it spreads */
/** @typedef {"z" | "weights" | "update" | "factor" | "stretch" | "z_variance" | "a_variance" | "z_mean" | "a_mean" | "saturated" | "dead"} Shown */
/**
 * @typedef {object} Quantity
 * @property {string} text
 * @property {string} time what it is called through time
 * @property {boolean} logarithmic
 * @property {(layer: FlowLayer) => Reading} read `NONE` where there is nothing
 * @property {(layer: FlowLayer) => Num | null} theory
 * @property {string} spread what the ends of its spread are
 * @property {"backward" | "forward"} phase which pass makes it
 * @property {number} [most] where its axis ends at least
 */

/** Where there is nothing to read. @type {Reading} */
export const NONE = { mean: NaN, low: NaN, high: NaN };
const unknown = () => null;
/** @param {Num | null} value */
const root = (value) => (value === null ? null : Math.sqrt(toNumber(value)));

/** @param {(layer: FlowLayer) => Summary | null} pick @returns {(layer: FlowLayer) => Reading} */
function summarize(pick) {
  return (layer) => {
    const found = pick(layer);
    if (!found) return NONE;
    const [mean, std] = [toNumber(found.mean), toNumber(found.std)];
    return { mean, low: mean - std, high: mean + std };
  };
}

/** @type {Pick<Quantity, "logarithmic" | "theory" | "spread" | "phase">} */
const GRADIENT = { logarithmic: true, theory: unknown, spread: "spread", phase: "backward" };
/** @type {Pick<Quantity, "logarithmic" | "theory" | "spread" | "phase">} */
const VALUE = { ...GRADIENT, logarithmic: false, phase: "forward" };

/** @type {Record<Shown, Quantity>} */
export const QUANTITIES = {
  z: { ...GRADIENT, text: "gradient of z", time: "gradient of z", read: summarize(({ grad_z_rms }) => grad_z_rms), theory: ({ predicted_grad_z_rms }) => predicted_grad_z_rms },
  weights: { ...GRADIENT, text: "gradient of the weights", time: "share of the gradient of W", read: summarize(({ grad_weight_rms }) => grad_weight_rms) },
  update: { ...GRADIENT, text: "weights, clipped", time: "", read: summarize(({ grad_weight_rms }) => grad_weight_rms) },
  factor: {
    ...GRADIENT,
    logarithmic: false,
    most: 1.2,
    text: "factor from layer to layer",
    time: "factor from step to step",
    read: ({ measured_factor }) => {
      const mean = root(measured_factor);
      return mean === null ? NONE : { mean, low: mean, high: mean };
    },
    theory: ({ predicted_factor }) => root(predicted_factor),
  },
  stretch: {
    ...GRADIENT,
    text: "singular values",
    time: "singular values of a step",
    spread: "smallest to largest",
    read: ({ singular_values: values }) => (values ? { mean: Math.sqrt(toNumber(values.mean_square.mean)), low: toNumber(values.smallest.mean), high: toNumber(values.largest.mean) } : NONE),
  },
  z_variance: { ...VALUE, logarithmic: true, text: "variance of z", time: "variance of z", read: summarize(({ z_variance }) => z_variance), theory: ({ predicted_z_variance }) => predicted_z_variance },
  a_variance: { ...VALUE, logarithmic: true, text: "variance of a", time: "variance of the state", read: summarize(({ a_variance }) => a_variance) },
  z_mean: { ...VALUE, text: "mean of z", time: "mean of z", read: summarize(({ z_mean }) => z_mean) },
  a_mean: { ...VALUE, text: "mean of a", time: "mean of the state", read: summarize(({ a_mean }) => a_mean) },
  saturated: { ...VALUE, most: 1, text: "saturated units", time: "saturated gates and units", read: summarize(({ saturated }) => saturated) },
  dead: { ...VALUE, most: 1, text: "dead units", time: "dead gates and units", read: summarize(({ dead }) => dead) },
};

/** @param {string} name @returns {name is Shown} */
export function isShown(name) {
  return Object.hasOwn(QUANTITIES, name);
}
