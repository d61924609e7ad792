/** The step that is walked through: the way back, and what each sample of its batch adds. */

import { computed, effect } from "@preact/signals-core";
import { formatNumber, toNumber } from "../../layout/number.js";
import { h, icon, part } from "../dom.js";

/** @typedef {import("../../state/training/store.js").Training} Training */
/** @typedef {import("../../state/store.js").Store} Store */
/** @typedef {import("../../layout/trace.js").Num} Num */

/** @param {Training} training */
export function mountWalk({ state, actions }) {
  part("tabs").prepend(h("button", { type: "button", class: "text-button leave", onclick: actions.leave }, icon("M19 12H5M11 6l-6 6 6 6"), "Back to training"));
  effect(() => {
    // What is there stays until what comes is ready.
    if (state.mode.value !== "opening") part("studio").dataset.mode = state.mode.value;
  });
}

/**
 * Each sample's own gradient of what is selected, and their mean.
 * @param {HTMLElement} element
 * @param {Store} store
 * @param {{numbers: () => number[], inspection: import("../../state/inspection.js").Inspection}} batch which samples they are
 */
export function mountBatch(element, { state, actions }, { numbers, inspection }) {
  const section = h("section", { class: "batch", "aria-label": "The batch" });
  const note = h("p", { class: "quiet dropout" }, "Dropout leaves units out of this step, others for each sample, and enlarges the rest: these are the masks that training has in it.");
  element.append(note, section);
  effect(() => {
    const layers = /** @type {any} */ (state.trace.value.network.spec).layers ?? [];
    note.hidden = !layers.some((/** @type {any} */ { dropout }) => dropout > 0);
  });
  const known = computed(() => {
    const [trace, id] = [state.trace.value, state.selection.value];
    if (trace.batch < 2) return null;
    if (!trace.units) return { trace, ...sharesOf(trace, inspection) };
    const weight = trace.weights.find((one) => one.id === id);
    const unit = trace.units.find((one) => one.bias_id === id);
    const shares = weight ? weight.contributions : (unit?.bias_contributions ?? null);
    return { trace, shares, grad: weight ? weight.grad : (unit?.grad_bias ?? null), name: weight?.label ?? (unit ? "b" : "") };
  });
  const reached = computed(() => {
    const { beats } = state.trace.value;
    const first = beats.findIndex(({ phase }) => phase === "update");
    return state.playhead.value >= (first < 0 ? beats.length : first);
  });
  effect(() => {
    const found = known.value;
    section.hidden = found === null;
    if (!found) return;
    const { trace, shares, grad } = found;
    const sum = /** @type {any} */ (trace.network.spec).reduction === "sum";
    const rows = numbers();
    const chooser = h("select", { "aria-label": "Sample", onchange: () => actions.setSample(Number(chooser.value)) }, ...trace.inputs.map((/** @type {unknown} */ _, /** @type {number} */ i) => h("option", { value: i }, `Sample ${(rows[i] ?? i) + 1}: ${i + 1} of ${trace.batch}`)));
    chooser.value = String(trace.sample);
    const step = Number(/** @type {any} */ (trace.network).step ?? 0) + 1;
    const head = [h("h2", {}, `The batch of step ${step.toLocaleString("en")}`), h("div", { class: "field" }, h("label", { class: "well select" }, chooser, icon("m7 10 5 5 5-5")))];
    if (!shares) return section.replaceChildren(...head, h("p", { class: "quiet" }, `The picture shows one sample. Select ${trace.units ? "a weight" : "a weight’s matrix"} to see what each sample of the batch wants of it.`));
    if (!reached.value) return section.replaceChildren(...head, h("p", { class: "quiet" }, "What each sample wants of this weight shows once every gradient is known."));
    // A share is a sample's own gradient over their number where the loss is their mean.
    const own = shares.map((share) => toNumber(share) * (sum ? 1 : trace.batch));
    const most = Math.max(...own.map(Math.abs), Number.MIN_VALUE);
    const list = own.map((value, i) => {
      const bar = h("i", { class: value < 0 ? "negative" : "positive" });
      bar.style.width = `${(50 * Math.abs(value)) / most || 0}%`;
      return h("li", { "aria-current": i === trace.sample ? "true" : undefined }, h("button", { type: "button", onclick: () => actions.setSample(i) }, `sample ${(rows[i] ?? i) + 1}`), h("span", { class: "bar" }, bar), h("span", { class: "number", title: String(value) }, formatNumber(value, { sign: true })));
    });
    section.replaceChildren(
      ...head,
      h("p", { class: "mean" }, `${sum ? "Their sum" : `The mean of ${trace.batch} gradients`} is what moves it: `, h("strong", { class: toNumber(grad) < 0 ? "negative" : "positive", title: String(grad) }, formatNumber(/** @type {Num} */ (grad), { digits: 5, sign: true }))),
      h("ol", { class: "samples", "aria-label": "Each sample's own gradient" }, ...list),
    );
  });
}

/**
 * What the uses of a weight at all time steps add to its gradient, by sample; nothing where it is not
 * a weight that is asked about, or where not all of it is told.
 * @param {import("../../layout/trace.js").NodesTrace} trace
 * @param {import("../../state/inspection.js").Inspection} inspection
 */
function sharesOf(trace, { chosen, explanation }) {
  const [found, told] = [chosen.value, explanation.value];
  const node = trace.nodes.find(({ id }) => id === found?.entry.node);
  if (!found || !told || node?.role !== "parameter") return { shares: null, grad: null, name: "" };
  const shares = Array(trace.batch).fill(0);
  for (const { sample, product } of told.terms) if (sample !== null) shares[sample] += toNumber(product);
  const whole = Math.abs(shares.reduce((a, b) => a + b, 0) - toNumber(found.grad)) <= 1e-9 * (1 + Math.abs(toNumber(found.grad)));
  return { shares: whole ? shares : null, grad: found.grad, name: found.name };
}
