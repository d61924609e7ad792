/** Parts of the builder that every kind of network has. */

import { h } from "./dom.js";
import { numberField, selectField } from "./fields.js";
import { optimizerFields } from "./optimizer.js";

/** @typedef {import("../state/store.js").Store} Store */
/** @typedef {import("./options.js").Field} Field */
/** @typedef {(fields: Field[]) => HTMLElement[]} Place mounts fields and keeps them until they are rebuilt */

/** @param {string} title @param {...(Node | string)} children */
export function section(title, ...children) {
  return h("section", {}, h("h2", {}, title), ...children);
}

/** @param {string} id @param {string} title @param {HTMLElement[]} fields */
export function more(id, title, fields) {
  return fields.length ? h("details", { id }, h("summary", {}, title), ...fields) : "";
}

/** @param {number} n */
export function subscript(n) {
  return String(n).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)]);
}

/**
 * The spec as it changes, while it is of the kind that it is now: fields outlive it by a moment.
 * @param {Store["state"]} state
 * @returns {() => any}
 */
export function followSpec({ network }) {
  const now = network.peek().spec;
  return () => (network.value.spec.kind === now.kind ? network.value.spec : now);
}

/** The presets. @param {Store} store @param {Place} place */
export function startSection({ state, actions }, place) {
  const preset = selectField({
    name: "Start from",
    entries: [{ value: "", text: "Your own" }, ...state.catalog.presets.map(({ name, title }) => ({ value: name, text: title }))],
    read: () => state.preset.value ?? "",
    commit: (name) => (name ? actions.choosePreset(name) : undefined),
  });
  return section("Start from", ...place([preset]));
}

/** How the samples' losses become one. @param {Store} store @param {string} name @param {string} label @returns {Field} */
export function reductionField({ state, actions }, name, label) {
  return selectField({
    name,
    label,
    entries: [{ value: "mean", text: "mean" }, { value: "sum", text: "sum" }],
    read: () => state.network.value.spec.reduction ?? "mean",
    commit: (value) => actions.changeSpec((old) => ({ ...old, reduction: value })),
  });
}

/** @param {Store} store @param {Place} place */
export function optimizerSection({ state, actions }, place) {
  const { first, more: rest } = optimizerFields(state, actions);
  return section("Optimizer", ...place(first), more("optimizer-more", "More options", place(rest)));
}

/** @param {Store} store @param {Place} place @param {...(Node | string)} rest */
export function weightsSection({ state, actions }, place, ...rest) {
  const seed = () => state.network.value.spec.seed ?? 0;
  const field = numberField({ label: "seed", name: "Seed", integer: true, minimum: 0, pointer: "/network/spec/seed", read: seed, commit: actions.reinitialize });
  const again = h("button", { type: "button", class: "add", onclick: () => actions.reinitialize(seed() + 1) }, "Draw new weights");
  return section("Weights", ...place([field]), again, ...rest);
}

/**
 * Which sample is shown, and buttons for more and fewer, around the fields of that sample.
 * @param {Store} store @param {Place} place @param {...(Node | string)} fields
 */
export function sampleParts({ state, actions }, place, ...fields) {
  const total = state.inputs.peek().length;
  const chooser = selectField({
    name: "Sample",
    entries: Array.from({ length: total }, (_, i) => ({ value: String(i), text: `Sample ${i + 1} of ${total}` })),
    read: () => String(state.sample.value),
    commit: (value) => actions.setSample(Number(value)),
  });
  const buttons = h(
    "div",
    { class: "pair" },
    h("button", { type: "button", class: "add", onclick: actions.addSample }, "Add a sample"),
    total > 1 && h("button", { type: "button", class: "add", onclick: () => actions.removeSample(state.sample.peek()) }, "Remove it"),
  );
  return [...(total > 1 ? place([chooser]) : []), ...fields, buttons];
}
