/** The left panel through time: sequence, state, the scale of its matrix, truncation. */

import { effect } from "@preact/signals-core";
import { h } from "../dom.js";
import { formatNumber } from "../../layout/number.js";
import { radiusOf, withRadius } from "../../state/lab/cells.js";
import { numberField } from "../fields.js";
import { choiceFields } from "../options.js";
import { section, sliderField } from "./slider.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */
/** @typedef {import("../../state/lab/cells.js").TimeForm} TimeForm */
/** @typedef {import("../options.js").Field} Field */

const MOST_RADIUS = 2;
const MOST_UNITS = 128;

/**
 * @param {Lab} lab
 * @param {(...fields: Field[]) => HTMLElement[]} place
 */
export function timeSections({ state, actions }, place) {
  const { limits } = state.catalog;
  const form = () => state.time.value;
  /** @typedef {"steps" | "units" | "truncate" | "batch" | "seeds" | "seed" | "variance"} Key */
  /** @param {Key} key @param {Omit<import("./slider.js").SliderOptions, "read" | "commit" | "slide" | "settle">} options */
  const slider = (key, options) =>
    sliderField({
      ...options,
      read: () => form()[key],
      commit: (value) => actions.changeTime({ [key]: value }),
      slide: (value) => actions.changeTime({ [key]: value }, key),
      settle: actions.settle,
    });
  /** @param {Key} key @param {string} label @param {string} name @param {object} bounds */
  const number = (key, label, name, bounds) => numberField({ label, name, ...bounds, read: () => form()[key], commit: (value) => actions.changeTime({ [key]: value }) });
  const steps = slider("steps", { label: "time steps", name: "Time steps", pointer: "/time_steps", integer: true, minimum: 1, maximum: limits.time_steps, from: 1, to: limits.time_steps, step: 1 });
  const units = slider("units", { label: "units of the state", name: "Units of the state", pointer: "/network/units", integer: true, minimum: 1, maximum: limits.units_per_layer, from: 1, to: MOST_UNITS, step: 1 });
  const { catalog } = state;
  const activation = choiceFields({ entries: catalog.activations, name: "Activation of the state", pointer: "/network/activation", read: () => form().activation, commit: (choice) => actions.changeTime({ activation: choice }) });
  const [rule, ...options] = choiceFields({ entries: catalog.initializers, name: "Initializer of the state", pointer: "/network/recurrent_initializer", read: () => form().initializer, commit: (choice) => actions.changeTime({ initializer: choice }) });
  const measured = () => Number(formatNumber(state.cells.value[0]?.flow.theory.recurrent_weights[0]?.spectral_radius.mean ?? 1, { digits: 4 }).replace("\u2212", "-"));
  const known = () => radiusOf(form(), catalog) ?? (Number.isFinite(measured()) ? measured() : 0);
  const radius = sliderField({
    label: "spectral radius of W",
    name: "Spectral radius",
    pointer: "/network/recurrent_initializer",
    minimum: 0,
    from: 0,
    to: MOST_RADIUS,
    step: 0.01,
    mark: 1,
    read: known,
    commit: (value) => actions.changeTime(withRadius(form(), catalog, value)),
    slide: (value) => actions.changeTime(withRadius(form(), catalog, value), "radius"),
    settle: actions.settle,
  });
  const drawn = h("p", { class: "quiet note" });
  const stopDrawn = effect(() => {
    const entry = catalog.initializers.find(({ name }) => name === form().initializer.name);
    const rule = entry?.sigma_w;
    if (!rule) drawn.textContent = `${entry?.label} sets it, as measured. Move it to choose it yourself.`;
    else if (rule.power === 1 && rule.fan_in_power === 0) drawn.textContent = "Orthogonal and scaled: it stretches by this in every direction.";
    else drawn.textContent = "Of independent entries: the more units, the closer it comes to this.";
  });
  const truncate = slider("truncate", { label: "cut off after", name: "Cut off after", pointer: "/network/truncate", integer: true, minimum: 0, maximum: limits.time_steps, from: 0, to: limits.time_steps, step: 1 });
  const note = h("p", { class: "quiet note" });
  const stop = effect(() => void (note.textContent = form().truncate > 0 ? `The state hands the gradient back over ${form().truncate} time steps at most.` : "0: the gradient goes back to the first time step."));
  const whole = { integer: true, minimum: 1 };
  return [
    h("p", { class: "quiet summary lead" }, `${state.catalog.cells.map(({ label }) => label).join(", ")}: the same sequences, the same sizes, one picture. The gradient enters at the last time step.`),
    section("Sequence and state", ...place(steps, units, ...activation)),
    section("The matrix of the state", ...place(rule, radius, { element: h("span", { hidden: true }), dispose: stopDrawn }), drawn, options.length ? h("details", { id: "recurrent-more" }, h("summary", {}, "Options of the initializer"), ...place(...options)) : ""),
    section("Truncation", ...place(truncate, { element: h("span", { hidden: true }), dispose: stop }), note),
    section(
      "Measurement",
      ...place(
        number("seeds", "seeds", "Seeds", { ...whole, maximum: limits.seeds, pointer: "/seeds" }),
        number("batch", "samples", "Batch", { ...whole, maximum: limits.batch, pointer: "/batch" }),
        number("variance", "variance of the inputs", "Variance of the inputs", { above: 0, pointer: "/inputs/variance" }),
        number("seed", "first seed", "First seed", { integer: true, minimum: 0, pointer: "/network/seed" }),
      ),
    ),
  ];
}
