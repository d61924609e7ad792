/** The builder of recurrent networks: the cell, its output, and the sequences. */

import { isJudgedLast } from "../state/sequences.js";
import { h } from "./dom.js";
import { numberField, selectField } from "./fields.js";
import { choiceFields, nameOf } from "./options.js";
import { followSpec, more, optimizerSection, reductionField, sampleParts, section, startSection, subscript, weightsSection } from "./sections.js";

/** @typedef {import("../state/store.js").Store} Store */
/** @typedef {import("./options.js").Field} Field */

/** Fields for so many numbers of a sequence; the picture has the others. */
const MOST_ENTRIES = 64;
/** Steps that are shown without asking. */
const FIRST_STEPS = 8;

/** What the fields depend on, apart from the numbers in them. @param {Store["state"]} state */
export function recurrentStructure({ network, inputs, optimizer }) {
  const { spec } = network.value;
  const { cell, activation, output_activation: output, loss, loss_at: at, initializer, recurrent_initializer: recurrent, bias_initializer: bias } = spec;
  const names = [cell, ...[activation, output, loss, initializer, recurrent, bias ?? ""].map(nameOf), nameOf(optimizer.value)];
  return JSON.stringify([names, at, spec.inputs, spec.outputs, inputs.value.length, inputs.value[0].length]);
}

/**
 * Makers of the fields of a recurrent network, wherever its spec is kept.
 * @param {Pick<import("../state/state.js").Catalog, "cells" | "activations" | "losses" | "initializers" | "limits">} catalog
 * @param {() => any} spec
 * @param {(change: (spec: any) => any) => void} changeSpec
 */
export function cellFields(catalog, spec, changeSpec) {
  const change = (/** @type {Record<string, unknown>} */ part) => changeSpec((old) => ({ ...old, ...part }));
  /** @param {string} option @param {string} name @param {string} label @param {any[]} entries */
  const choice = (option, name, label, entries) =>
    choiceFields({ entries, name, label, pointer: `/network/spec/${option}`, read: () => spec()[option], commit: (chosen) => change({ [option]: chosen }) });
  /** @param {string} option @param {string} name @param {string} label @param {number} maximum */
  const size = (option, name, label, maximum) =>
    numberField({ label, name, integer: true, stepper: true, minimum: 1, maximum, pointer: `/network/spec/${option}`, read: () => spec()[option], commit: (value) => change({ [option]: value }) });
  const cell = () =>
    selectField({
      name: "Cell",
      pointer: "/network/spec/cell",
      entries: catalog.cells.map(({ name, label }) => ({ value: name, text: label })),
      read: () => spec().cell,
      commit: (name) => change({ cell: name }),
    });
  const judged = () =>
    selectField({
      name: "Loss at",
      label: "at",
      pointer: "/network/spec/loss_at",
      entries: [{ value: "last", text: "the last step" }, { value: "every", text: "every step" }],
      read: () => spec().loss_at ?? "last",
      commit: (value) => change({ loss_at: value }),
    });
  const bias = () =>
    selectField({
      name: "Bias: start",
      label: "bias",
      pointer: "/network/spec/bias_initializer",
      entries: [{ value: "", text: "zeros, or as its weights" }, ...catalog.initializers.map(({ name, label }) => ({ value: name, text: label }))],
      read: () => (spec().bias_initializer ? nameOf(spec().bias_initializer) : ""),
      commit: (name) => change({ bias_initializer: name ? { name } : null }),
    });
  const first = () => [...choice("initializer", "Weights: start", "weights", catalog.initializers), ...choice("recurrent_initializer", "Recurrent weights: start", "recurrent", catalog.initializers), bias()];
  return { choice, size, cell, judged, first };
}

/**
 * @param {Store} store
 * @param {import("./sections.js").Place} place
 */
export function recurrentSections(store, place) {
  const { state, actions } = store;
  const { catalog } = state;
  const spec = followSpec(state);
  const now = state.network.peek().spec;
  const steps = () => state.inputs.value[0].length;
  const { cell, size, choice, judged, first } = cellFields(catalog, spec, actions.changeSpec);
  const length = numberField({ label: "time steps", name: "Time steps", integer: true, stepper: true, minimum: 1, maximum: catalog.limits.time_steps, pointer: "/inputs", read: steps, commit: actions.setSteps });
  const truncate = numberField({
    label: "steps back",
    name: "Truncation: steps back",
    integer: true,
    stepper: true,
    minimum: 1,
    maximum: steps(),
    pointer: "/network/spec/truncate",
    read: () => Math.min(spec().truncate ?? steps(), steps()),
    commit: (value) => actions.changeSpec((old) => ({ ...old, truncate: value < steps() ? value : null })),
  });
  const several = state.inputs.peek().length > 1 || !isJudgedLast(now);
  return [
    startSection(store, place),
    section(
      "Cell",
      h("div", { class: "group" }, ...place([cell(), size("units", "Cell: units", "units", catalog.limits.units_per_layer), ...choice("activation", "Cell: activation", "", catalog.activations)])),
    ),
    section("Output", h("div", { class: "group" }, ...place([size("outputs", "Outputs", "numbers", catalog.limits.outputs), ...choice("output_activation", "Output: activation", "", catalog.activations)]))),
    section("Loss", ...place([...choice("loss", "Loss", "", catalog.losses), judged(), ...(several ? [reductionField(store, "Over batch and time", "over all")] : [])])),
    section("Sequence", ...place([length, size("inputs", "Inputs", "per step", catalog.limits.inputs)]), ...sampleParts(store, place, ...sequence())),
    section("Truncation", ...place([truncate])),
    optimizerSection(store, place),
    weightsSection(store, place, more("recurrent-start", "First weights", place(first()))),
  ];

  /** A row of fields per time step. */
  function sequence() {
    const total = steps();
    const supervised = (/** @type {number} */ t) => !isJudgedLast(now) || t === total;
    const most = Math.max(1, Math.floor(MOST_ENTRIES / (now.inputs + now.outputs)));
    const rows = Array.from({ length: Math.min(total, most) }, (_, i) => i + 1).map((t) => h("div", { class: "step" }, ...place([...entries("x", t, now.inputs), ...(supervised(t) ? entries("y", t, now.outputs) : [])])));
    const last = rows.length < total && isJudgedLast(now) ? place(entries("y", total, now.outputs)) : [];
    const rest = rows.length < total ? h("p", { class: "hint" }, `Steps ${rows.length + 1} to ${total} can be changed in the picture.`) : "";
    const shown = rows.slice(0, FIRST_STEPS);
    return [...shown, more("sequence-more", `Steps ${FIRST_STEPS + 1} to ${rows.length}`, rows.slice(FIRST_STEPS)), rest, ...last];
  }

  /** @param {"x" | "y"} letter @param {number} time @param {number} count */
  function entries(letter, time, count) {
    const [word, key] = letter === "x" ? ["Input", "inputs"] : ["Target", "targets"];
    const own = () => state[/** @type {"inputs" | "targets"} */ (key)].value[state.sample.value] ?? [];
    const alone = letter === "y" && isJudgedLast(now);
    const read = (/** @type {number} */ i) => (alone ? own() : own()[time - 1])?.[i] ?? 0;
    return Array.from({ length: Math.min(count, 16) }, (_, i) => {
      const many = count > 1 ? ` ${i + 1}` : "";
      return numberField({
        label: `${letter}${subscript(time)}${count > 1 ? `,${subscript(i + 1)}` : ""}`,
        name: `${word}${many}, step ${time}`,
        pointer: [`/${key}`, state.sample.peek(), ...(alone ? [] : [time - 1]), i].join("/"),
        read: () => read(i),
        commit: (value) => actions.setValue(`time${time}.${letter}[${i}]`, value),
      });
    });
  }
}
