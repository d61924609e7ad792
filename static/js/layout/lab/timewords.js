/** What the gradient does through time, in words that follow from the numbers. */

import { formatNumber, toNumber } from "../number.js";
import { LITTLE } from "./findings.js";
import { measureRatio } from "./words.js";

/** @typedef {import("../../scene/lab/time.js").CellFlow} CellFlow */

/** @param {readonly string[]} parts */
function join(parts) {
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]}`;
}

/**
 * One sentence: what each kind of cell leaves of the gradient, and what W_hh has to do with it.
 * @param {readonly CellFlow[]} cells
 * @param {{truncate: number}} form
 */
export function tellTime(cells, { truncate }) {
  const steps = cells[0].flow.layers.length;
  if (steps < 2) return "With a single time step nothing travels through time. Make the sequence longer.";
  if (truncate > 0 && truncate < steps) return `The state hands no gradient back past ${truncate} time ${truncate === 1 ? "step" : "steps"}: what lies further in the past is not learned from.`;
  const kept = cells.map(({ name, flow }) => `${name.toUpperCase()} ${formatNumber(measureRatio(flow).left, { digits: 2 })}`);
  const bound = cells.find(({ flow }) => flow.theory.factor_bound !== null);
  const limit = bound ? Math.sqrt(toNumber(bound.flow.theory.factor_bound)) : NaN;
  const why = !Number.isFinite(limit)
    ? ""
    : limit < 1 - 1e-9
      ? ` No step back of ${bound?.name.toUpperCase()} can hand on more than ${formatNumber(limit)}.`
      : limit > 1 + 1e-9
        ? ` A step back of ${bound?.name.toUpperCase()} may hand on up to ${formatNumber(limit)}: it may explode${bound && measureRatio(bound.flow).left > LITTLE ? ", and it does" : "; here it does not"}.`
        : "";
  const radius = cells[0].flow.theory.recurrent_weights[0]?.spectral_radius.mean;
  const with_radius = radius === undefined ? "" : `With a spectral radius of ${formatNumber(radius)}, `;
  return `${with_radius}${steps} steps back there is left of the gradient: ${join(kept)}.${why}`;
}

/**
 * @param {readonly CellFlow[]} cells
 * @param {number} index of the time step
 */
export function tellTimeStep(cells, index) {
  const sizes = cells.map(({ name, flow }) => `${name.toUpperCase()} ${formatNumber(flow.layers[index].grad_z_rms.mean)}`);
  return `At time step ${index + 1} the gradient is ${join(sizes)}.`;
}
