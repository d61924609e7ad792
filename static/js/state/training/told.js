/** Sequences beside what the network says of them. */

import { isJudgedLast } from "../sequences.js";

/** @typedef {import("./setup.js").Samples} Samples */
/** @typedef {import("../../api/schema.js").components["schemas"]["SequencesAnswer"]} Said */

/**
 * @param {any} samples sequences
 * @param {Said} said
 * @param {any} spec
 * @returns {{row: number, heldOut: boolean, inputs: number[][], targets: (number[] | null)[], labels: number[] | null,
 *   said: (number[] | null)[] | null}[]}
 */
export function tellSequences({ inputs, targets, labels }, { rows, held_out: heldOut, times, outputs }, spec) {
  return rows.flatMap((row, i) => {
    // The sequences may be others already than those that the frame is of.
    const steps = inputs[row]?.length;
    if (!steps || times[times.length - 1] !== steps) return [];
    /** @type {(number[] | null)[]} */
    const spoken = Array(steps).fill(null);
    times.forEach((time, k) => (spoken[time - 1] = outputs[i]?.[k]?.map(Number) ?? null));
    const judged = (/** @type {number} */ t) => !isJudgedLast(spec) || t === steps - 1;
    return [{ row, heldOut, inputs: inputs[row], targets: targets[row].map((/** @type {number[]} */ target, /** @type {number} */ t) => (judged(t) ? target : null)), labels: labels?.[row] ?? null, said: spoken }];
  });
}
