/** The lab's left panel: the classics, the network, its first weights, how it is measured. */

import { computed, effect } from "@preact/signals-core";
import { formatNumber } from "../../layout/number.js";
import { sigmaOf, withSigma } from "../../state/lab/form.js";
import { h } from "../dom.js";
import { checkField, numberField, selectField } from "../fields.js";
import { choiceFields } from "../options.js";
import { showProblem } from "../problem.js";
import { section, sliderField, symbol } from "./slider.js";
import { sweepSections } from "./sweepbuilder.js";
import { timeSections } from "./timebuilder.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */
/** @typedef {import("../../state/lab/form.js").Form} Form */
/** @typedef {import("../options.js").Field} Field */

const MOST_WIDTH = 256;
const MOST_SIGMA = 4;
const MOST_SIGMA_B = 2;
const makers = { layers: sections, time: timeSections, sweep: sweepSections };
/** Distributions of the inputs, as the API names them. */
const DISTRIBUTIONS = ["normal", "uniform"];

/**
 * @param {HTMLElement} element
 * @param {Lab} lab
 */
export function mountLabBuilder(element, lab) {
  const { state } = lab;
  const alert = h("div", { class: "problem", role: "alert", hidden: true });
  const body = h("div", {});
  element.append(alert, makeClassics(lab), body);
  const structure = computed(() => JSON.stringify([state.mode.value, state.form.value.activation.name, state.form.value.initializer.name, state.time.value.activation.name, state.time.value.initializer.name, state.clip.value.by, state.sweep.value.x.name, state.sweep.value.y.name, state.base.value.activation.name, state.base.value.initializer.name]));
  /** @type {(() => void)[]} */
  let disposers = [];
  effect(() => {
    void structure.value;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const kept = focused && body.contains(focused) ? focused.getAttribute("aria-label") : null;
    for (const dispose of disposers) dispose();
    disposers = [];
    const place = (/** @type {Field[]} */ ...fields) => {
      disposers.push(...fields.map(({ dispose }) => dispose));
      return fields.map(({ element: field }) => field);
    };
    body.replaceChildren(...makers[state.mode.value](lab, place));
    if (kept) /** @type {HTMLElement | null} */ (body.querySelector(`[aria-label="${CSS.escape(kept)}"]`))?.focus();
  });
  effect(() => showProblem(body, alert, state.problem.value));
}

/** @param {Lab} lab */
function makeClassics({ state, actions }) {
  const buttons = state.catalog.classics.map(({ name, title }) => h("button", { type: "button", class: "classic", "data-name": name, onclick: () => actions.chooseClassic(name) }, title));
  const summary = h("p", { class: "quiet summary" });
  effect(() => {
    const now = state.classic.value;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.name === now));
    summary.textContent = state.catalog.classics.find(({ name }) => name === now)?.summary ?? "Your own. Choose one of these to start anew from it.";
  });
  const element = h("section", {}, h("h2", {}, "Classics"), h("div", { class: "classics", role: "group", "aria-label": "Classics" }, ...buttons), summary);
  effect(() => void (element.hidden = state.mode.value !== "layers"));
  return element;
}

/**
 * @param {Lab} lab
 * @param {(...fields: Field[]) => HTMLElement[]} place
 */
function sections({ state, actions }, place) {
  const { catalog } = state;
  const { limits } = catalog;
  const form = () => state.form.value;
  const layers = "/network/layers";

  /** @param {"depth" | "width" | "sigma_b"} key @param {Omit<import("./slider.js").SliderOptions, "read" | "commit" | "slide" | "settle">} options */
  const slider = (key, options) =>
    sliderField({
      ...options,
      read: () => form()[key],
      commit: (value) => actions.change({ [key]: value }),
      slide: (value) => actions.change({ [key]: value }, key),
      settle: actions.settle,
    });
  const depth = slider("depth", { label: "depth", name: "Depth", pointer: layers, integer: true, minimum: 1, maximum: limits.layers, from: 1, to: limits.layers, step: 1 });
  const width = sliderField({
    label: "width",
    name: "Width",
    pointer: `${layers}/0/units`,
    integer: true,
    minimum: 1,
    maximum: limits.units_per_layer,
    from: 1,
    to: MOST_WIDTH,
    step: 1,
    read: () => form().width,
    commit: (value) => actions.change({ width: value }),
    slide: (value) => actions.change({ width: value }, "width"),
    settle: actions.settle,
  });
  const activation = choiceFields({ entries: catalog.activations, name: "Activation", pointer: `${layers}/0/activation`, read: () => form().activation, commit: (choice) => actions.change({ activation: choice }) });
  const residual = checkField({ label: "residual connections", name: "Residual connections", pointer: `${layers}/0/residual`, read: () => form().residual, commit: (use) => actions.change({ residual: use }) });
  const norm = checkField({ label: "layer normalization", name: "Layer normalization", pointer: `${layers}/0/layer_norm`, read: () => form().layer_norm, commit: (use) => actions.change({ layer_norm: use }) });

  const initializer = choiceFields({ entries: catalog.initializers, name: "Initializer", pointer: `${layers}/0/initializer`, read: () => form().initializer, commit: (choice) => actions.change({ initializer: choice }) });
  const known = () => sigmaOf(form(), catalog) ?? Number(formatNumber(state.answer.value?.theory.sigma_w ?? 1, { digits: 4 })) ;
  const sigma = sliderField({
    label: symbol("\u03c3", "w"),
    name: "Sigma w",
    pointer: `${layers}/0/initializer`,
    minimum: 0,
    from: 0,
    to: MOST_SIGMA,
    step: 0.01,
    mark: 1,
    read: () => (Number.isFinite(known()) ? known() : 0),
    commit: (value) => actions.change(withSigma(form(), catalog, value)),
    slide: (value) => actions.change(withSigma(form(), catalog, value), "sigma_w"),
    settle: actions.settle,
  });
  const sigmaNote = h("p", { class: "quiet note" });
  const stopNote = effect(() => {
    const entry = catalog.initializers.find(({ name }) => name === form().initializer.name);
    sigmaNote.textContent = sigmaOf(form(), catalog) === null ? `${entry?.label} sets it. Move it to choose it yourself.` : "";
    sigmaNote.hidden = sigmaNote.textContent === "";
  });
  const bias = slider("sigma_b", { label: symbol("\u03c3", "b"), name: "Sigma b", pointer: "/network/bias_initializer", minimum: 0, from: 0, to: MOST_SIGMA_B, step: 0.01 });

  /** @param {"batch" | "seeds" | "seed" | "variance"} key @param {string} label @param {string} name @param {object} bounds */
  const number = (key, label, name, bounds) =>
    numberField({ label, name, ...bounds, read: () => form()[key], commit: (value) => actions.change({ [key]: value }) });
  const whole = { integer: true, minimum: 1 };
  const batch = number("batch", "samples", "Batch", { ...whole, maximum: limits.batch, pointer: "/batch" });
  const seeds = number("seeds", "seeds", "Seeds", { ...whole, maximum: limits.seeds, pointer: "/seeds" });
  const seed = number("seed", "first seed", "First seed", { integer: true, minimum: 0, pointer: "/network/seed" });
  const distribution = selectField({ name: "Distribution of the inputs", label: "inputs", pointer: "/inputs/distribution", entries: DISTRIBUTIONS.map((value) => ({ value, text: value })), read: () => form().distribution, commit: (value) => actions.change({ distribution: value }) });
  const variance = number("variance", "their variance", "Variance of the inputs", { above: 0, pointer: "/inputs/variance" });

  const [rule, ...options] = initializer;
  const more = options.length ? h("details", { id: "initializer-more" }, h("summary", {}, "Options of the initializer"), ...place(...options)) : "";
  return [
    section("Layers, all alike", ...place(depth, width, ...activation, norm, residual)),
    section("First weights", ...place(rule, sigma), sigmaNote, ...place(bias, { element: h("span", { hidden: true }), dispose: stopNote }), more),
    section("Clipping", ...place(...clipFields({ state, actions }))),
    section("Measurement", ...place(seeds, batch, distribution, variance, seed)),
  ];
}

/** @param {Pick<Lab, "state" | "actions">} lab */
function clipFields({ state, actions }) {
  const by = selectField({
    name: "Clip the gradients",
    entries: [{ value: "none", text: "not clipped" }, { value: "norm", text: "by the norm of all" }, { value: "value", text: "by the value of each" }],
    read: () => state.clip.value.by,
    commit: (value) => {
      actions.changeClip({ by: /** @type {"none" | "norm" | "value"} */ (value) });
      if (value !== "none") actions.setView("update");
    },
  });
  if (state.clip.peek().by === "none") return [by];
  const at = sliderField({
    label: "at most",
    name: "Clipping threshold",
    above: 0,
    from: -4,
    to: 4,
    step: 0.05,
    read: () => state.clip.value.at,
    commit: (value) => actions.changeClip({ at: value }),
    slide: (value) => actions.changeClip({ at: value }, "clip"),
    settle: actions.settle,
    logarithmic: true,
  });
  return [by, at];
}
