/** How the optimizer made its step of the selected weight: asked where it keeps something to do so. */

import { computed, signal } from "@preact/signals-core";
import { makeInquiry } from "./inspection.js";

/** @typedef {import("./inspection.js").Inquiry} Inquiry */
/** @typedef {import("./inspection.js").Result} Result */
/** @typedef {import("../layout/derivation.js").AxisStep} AxisStep */
/** @typedef {ReturnType<typeof createDerivation>} Derivation */

/** A number in a hand makes a new run with every move. */
const PACE = 120;

/**
 * @param {import("./store.js").Store} store
 * @param {import("./inspection.js").Inspection} inspection
 */
export function createDerivation({ state }, { chosen }) {
  const answered = signal(/** @type {{about: Inquiry, result: Result} | null} */ (null));
  /** What the optimizer keeps from step to step. */
  const kept = computed(() => Object.keys(/** @type {any} */ (state.trace.value.next_network)?.optimizer_state?.slots ?? {}));
  const asked = computed(() => {
    const [trace, found] = [state.trace.value, chosen.value];
    if (!found || !kept.value.length || state.pending.value || !trace.updates[found.entry.node]) return null;
    const { spec, parameters, trainable, optimizer_state, step } = trace.network;
    const { path, body } = makeInquiry(trace, "/networks/explain-update", { network: { spec, parameters, trainable, optimizer_state, step }, optimizer: state.optimizer.value, ...state.adjustment.value });
    return { path, body: JSON.stringify({ ...JSON.parse(body), of: found.entry }) };
  });
  const step = computed(() => {
    const now = answered.value;
    if (!now || !("answer" in now.result) || now.about.body !== asked.value?.body) return null;
    return /** @type {AxisStep & {t: number, adjusted_grad: AxisStep["grad"]}} */ ({ ...now.result.answer, name: "" });
  });
  return {
    kept,
    asked,
    step,
    pace: PACE,
    receive: (/** @type {Result} */ result, /** @type {Inquiry} */ about) => void (answered.value = { about, result }),
  };
}
