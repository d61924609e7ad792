/** The lab's inspector: one layer's numbers beside what theory says of it, and where theory leads. */

import { effect } from "@preact/signals-core";
import { formatNumber, toNumber } from "../../layout/number.js";
import { judge, listFindings } from "../../layout/lab/findings.js";
import { measureRatio, predictRatio } from "../../layout/lab/words.js";
import { h } from "../dom.js";
import { card, facts, focus, known, share, spread, table, tellFindings, THEORY, UNKNOWN, verdict } from "./facts.js";
import { symbol } from "./slider.js";
import { tellPoint } from "./sweepinspector.js";
import { tellCells, tellTimeStep } from "./timeinspector.js";
import { listRules, writeNumber } from "./theory.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */
/** @typedef {import("../../layout/lab/flow.js").Flow} Flow */
/** @typedef {import("../../layout/trace.js").Num} Num */

const PHASES = { ordered: "ordered: the gradient vanishes", critical: "critical: the edge of chaos", chaotic: "chaotic: the gradient explodes" };

/**
 * @param {HTMLElement} element
 * @param {Lab} lab
 */
export function mountLabInspector(element, { state, actions }) {
  const body = h("div", { class: "derivation" });
  element.append(body);
  effect(() => {
    const through = state.mode.value === "time";
    const [flow, cells] = [state.answer.value, state.cells.value];
    if (state.mode.value === "sweep") return body.replaceChildren(...tellPoint({ state, actions }, state.selected.value ?? state.hover.value));
    if (through ? !cells.length : !flow) return body.replaceChildren();
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const kept = focused && body.contains(focused) ? focused.getAttribute("aria-label") : null;
    const index = state.selected.value ?? state.hover.value;
    const walk = (/** @type {number} */ step, /** @type {string} */ label, /** @type {string} */ text) => {
      const to = (index ?? 0) + step;
      return h("button", { type: "button", class: "text-button step", "aria-label": label, disabled: index === null || to < 0 || to >= state.count.value, onclick: () => actions.select(to) }, text);
    };
    const initializer = state.catalog.initializers.find(({ name }) => name === state.answered.value.initializer.name);
    const head = (/** @type {string} */ what) => h("div", { class: "walk" }, h("h2", {}, `${what} ${(index ?? 0) + 1} of ${state.count.value}`), walk(-1, `The ${what.toLowerCase()} before`, "\u2190"), walk(1, `The ${what.toLowerCase()} after`, "\u2192"));
    if (through) body.replaceChildren(...(index === null ? tellCells(cells, state.answeredTime.value) : [head("Time step"), ...tellTimeStep(cells, index)]));
    else if (flow) body.replaceChildren(...(index === null ? tellWhole(flow, state.answered.value) : [head("Layer"), ...tellLayer(flow, index)]), ...tellFixedPoint(flow), ...tellWeights(flow, index, initializer));
    if (kept) /** @type {HTMLElement | null} */ (body.querySelector(`[aria-label="${CSS.escape(kept)}"]`))?.focus();
  });
}

/** @param {Flow} flow @param {{residual: boolean}} form */
function tellWhole(flow, form) {
  const { factor, left } = measureRatio(flow);
  const predicted = predictRatio(flow);
  const steps = flow.layers.length - 1;
  if (steps < 1) return [h("h2", {}, "All layers"), h("p", { class: "quiet" }, "A single layer multiplies nothing. Make it deeper.")];
  return [
    h("h2", {}, "All layers"),
    verdict(judge(left), formatNumber(left), `the gradient of z, from layer ${steps + 1} back to layer 1`),
    table(["factor", "measured", THEORY], [
      ["per layer", formatNumber(factor, { digits: 4 }), known(predicted, 4)],
      ["all the way", formatNumber(left), known(predicted ** steps)],
    ]),
    ...tellFindings(listFindings(flow, form)),
    card([
      { latex: "\\frac{\\lVert \\partial L / \\partial z^{(l)} \\rVert}{\\lVert \\partial L / \\partial z^{(l+1)} \\rVert} \\approx \\sqrt{\\chi_l}" },
    ]),
    h("p", { class: "quiet hint" }, "Select a layer to see its numbers and where theory has them from."),
  ];
}

/** @param {Flow} flow @param {number} index */
function tellLayer(flow, index) {
  const layer = flow.layers[index];
  const rules = listRules(flow, index);
  const root = (/** @type {Num | null} */ value) => (value === null ? null : Math.sqrt(toNumber(value)));
  const values = layer.singular_values;
  return [
    focus(`\\left\\lVert \\tfrac{\\partial L}{\\partial z^{(${index + 1})}} \\right\\rVert =`, formatNumber(layer.grad_z_rms.mean), `\u00b1 ${formatNumber(layer.grad_z_rms.std, { digits: 2 })}, root mean square`),
    rules.length ? card(rules.flatMap(({ symbols, numbers }) => [{ latex: symbols }, { latex: numbers, numbers: true }])) : "",
    table(["", "measured", THEORY], [
      ["gradient of z", formatNumber(layer.grad_z_rms.mean), known(layer.predicted_grad_z_rms)],
      ["factor", known(root(layer.measured_factor)), known(root(layer.predicted_factor))],
      ["variance of z", formatNumber(layer.z_variance.mean), known(layer.predicted_z_variance)],
    ]),
    facts([
      ["gradient of the weights", spread(layer.grad_weight_rms)],
      ["gradient of a", spread(layer.grad_a_rms)],
      ["mean of z", spread(layer.z_mean)],
      ["mean of a", spread(layer.a_mean)],
      ["variance of a", spread(layer.a_variance)],
      ["saturated", layer.saturated ? share(layer.saturated) : "mixes units"],
      ["dead", layer.dead ? share(layer.dead) : "mixes units"],
      ...(values
        ? /** @type {[string, string][]} */ ([
            ["singular values, largest", formatNumber(values.largest.mean)],
            ["root mean square", formatNumber(Math.sqrt(toNumber(values.mean_square.mean)))],
            ["smallest", formatNumber(values.smallest.mean)],
          ])
        : []),
    ]),
  ];
}

/** @param {Flow} flow */
function tellFixedPoint({ theory }) {
  if (theory.chi_1 === null) return [h("h2", {}, "Where theory leads"), h("p", { class: "quiet" }, `No fixed point: ${theory.unknown ?? "unknown"}.`)];
  return [
    h("h2", {}, "Where theory leads"),
    card([
      { latex: "\\chi_1 = \\sigma_w^2 \\, \\mathbb{E}\\,\\varphi'\\!\\left(\\sqrt{q^*}\\, \\xi\\right)^2, \\quad \\xi \\sim \\mathcal{N}(0, 1)" },
      { latex: `q^* = ${writeNumber(theory.q_star)}, \\quad \\chi_1 = ${writeNumber(theory.chi_1)}`, numbers: true },
    ]),
    facts([
      [symbol("\u03c3", "w"), known(theory.sigma_w)],
      [symbol("\u03c3", "b"), known(theory.sigma_b)],
      ["phase", theory.phase ? PHASES[theory.phase] : UNKNOWN],
      ["depth scale", theory.depth_scale === null ? UNKNOWN : `${formatNumber(theory.depth_scale)} layers`],
    ]),
  ];
}

/** @param {Flow} flow @param {number | null} index @param {import("../../state/state.js").CatalogEntry | undefined} initializer */
function tellWeights({ theory }, index, initializer) {
  const rules = theory.weights[index ?? Math.floor(theory.weights.length / 2)];
  if (!rules || !initializer) return [];
  return [
    h("h2", {}, "The variance of the weights"),
    card([{ latex: initializer.latex }, { latex: `\\operatorname{Var} w = ${writeNumber(rules.variance)}`, numbers: true }]),
    facts([
      ["Glorot, 2 / (n in + n out)", formatNumber(rules.glorot)],
      ["He, 2 / n in", formatNumber(rules.he)],
    ]),
  ];
}
