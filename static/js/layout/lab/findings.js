/** What a picture of the lab shows: a verdict, and one plain paragraph per finding. */

import { formatNumber, toNumber } from "../number.js";
import { measureRatio, predictRatio, splitFactor, tellShare } from "./words.js";

/** @typedef {import("./flow.js").Flow} Flow */
/** @typedef {import("../../scene/lab/time.js").CellFlow} CellFlow */
/** @typedef {"vanishes" | "fades" | "holds" | "grows" | "explodes" | "breaks"} Verdict */
/** @typedef {{title: string, text: string}} Finding */

/** Up to such a factor over the whole way a gradient holds, and past the second it is out of hand. */
export const LITTLE = 10;
const MUCH = 100;
/** Within so much of 1, a factor is as predicted. */
const CLOSE = 0.03;
/** A singular value so far below the largest is what rounding left of 0. */
const ROUNDING = 1e-12;

/**
 * What becomes of the gradient over the whole way.
 * @param {number} left its size at the first place over that at the last
 * @returns {Verdict}
 */
export function judge(left) {
  if (!Number.isFinite(left)) return "breaks";
  if (left < 1 / MUCH) return "vanishes";
  if (left < 1 / LITTLE) return "fades";
  if (left <= LITTLE) return "holds";
  return left <= MUCH ? "grows" : "explodes";
}

/** @param {Verdict} verdict */
export function nameVerdict(verdict) {
  return `${verdict[0].toUpperCase()}${verdict.slice(1)}`;
}

/**
 * @param {Flow} flow of at least two layers
 * @param {{residual: boolean}} form
 * @returns {Finding[]}
 */
export function listFindings(flow, form) {
  const { factor, left } = measureRatio(flow);
  if (!Number.isFinite(left)) return [];
  return [tellGradient(flow, factor), ...tellCause(flow, form), ...tellForward(flow), ...tellStretch(flow)];
}

/** @param {Flow} flow @param {number} factor @returns {Finding} */
function tellGradient(flow, factor) {
  const predicted = predictRatio(flow);
  const measured = `From layer to layer the gradient is multiplied by ${formatNumber(factor)} on its way back`;
  if (!Number.isFinite(predicted)) return { title: "Backward", text: `${measured}. Theory has no number for it: ${flow.theory.unknown ?? "it knows no such network"}.` };
  const off = factor / predicted - 1;
  const close = Math.abs(off) <= CLOSE;
  const compared = close ? `as theory predicts (${formatNumber(predicted)})` : `theory predicts ${formatNumber(predicted)}, for layers so wide that chance evens out`;
  return { title: "Backward", text: `${measured}${close ? ", " : "; "}${compared}.` };
}

/** @param {Flow} flow @param {{residual: boolean}} form @returns {Finding[]} */
function tellCause(flow, { residual }) {
  const { slopes, weights } = splitFactor(flow);
  if (!Number.isFinite(slopes) || !Number.isFinite(weights)) return [];
  const share = tellShare(flow.layers[Math.floor(flow.layers.length / 2)]);
  if (residual) return [{ title: "Cause", text: `The slopes of ${formatNumber(slopes, { digits: 2 })}${share} take away from what goes through a layer, but what its residual connection carries past it stays whole.` }];
  return [{ title: "Cause", text: `Two things multiply: the slopes of the activation, ${formatNumber(slopes, { digits: 2 })}${share}, and the weights, ${formatNumber(weights, { digits: 2 })}. Where their product is 1, the gradient holds.` }];
}

/** @param {Flow} flow @returns {Finding[]} */
function tellForward({ layers, theory }) {
  const [first, last] = [layers[0], layers[layers.length - 1]].map(({ z_variance }) => toNumber(z_variance.mean));
  if (!Number.isFinite(first) || !Number.isFinite(last)) return [];
  const [from, to] = [first, last].map((value) => formatNumber(value, { digits: 2 }));
  const way = from === to ? `stays at ${to}` : `goes from ${from} in layer 1 to ${to} in layer ${layers.length}`;
  const settles = theory.q_star === null ? "" : `; theory has it settle at ${formatNumber(theory.q_star, { digits: 2 })}`;
  return [{ title: "Forward", text: `On the way there the variance of z ${way}${settles}. It decides which slopes the activation has.` }];
}

/** @param {Flow} flow @returns {Finding[]} */
function tellStretch({ layers }) {
  const values = layers[Math.floor(layers.length / 2)].singular_values;
  if (!values) return [];
  const numbers = [toNumber(values.largest.mean), toNumber(values.smallest.mean), Math.sqrt(toNumber(values.mean_square.mean))];
  if (!numbers.every(Number.isFinite)) return [];
  const [largest, smallest, mean] = numbers.map((value) => formatNumber(value, { digits: 2 }));
  if (largest === smallest) return [{ title: "Stretch", text: `A layer stretches every direction by the same ${largest}: nothing is bent out of shape.` }];
  return [{ title: "Stretch", text: `A layer in the middle stretches one direction by ${largest} and ${numbers[1] < numbers[0] * ROUNDING ? "loses another altogether" : `another by ${smallest}`}; over all directions it is ${mean} in root mean square.` }];
}

/**
 * @param {readonly CellFlow[]} cells of at least two time steps
 * @param {{truncate: number}} form
 * @returns {Finding[]}
 */
export function listTimeFindings(cells, { truncate }) {
  const steps = cells[0].flow.layers.length;
  if (truncate > 0 && truncate < steps) return [{ title: "Truncation", text: `The gradient goes back over ${truncate} time ${truncate === 1 ? "step" : "steps"} and no further. That is cheaper and cannot explode for long, and whatever lies further back is not learned from.` }];
  return cells.map((cell) => ({ title: cell.label, text: tellCell(cell, steps) }));
}

/** @param {CellFlow} cell @param {number} steps */
function tellCell({ flow }, steps) {
  const { factor, left } = measureRatio(flow);
  const verdict = nameVerdict(judge(left));
  if (!Number.isFinite(left)) return `${verdict}: its numbers leave the range that floats have.`;
  if (!(left > 0)) return `${verdict}: nothing reaches time step 1.`;
  const predicted = predictRatio(flow);
  const theory = Number.isFinite(predicted) ? `, by theory ${formatNumber(predicted)}` : "";
  return `${verdict}: ${formatNumber(factor)} from step to step${theory}; \u00d7\u202f${formatNumber(left, { digits: 2 })} from time step ${steps} back to 1.`;
}
