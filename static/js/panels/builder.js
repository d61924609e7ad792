/** The builder: what network, on what sample, learning how. Made from the catalog. */

import { computed, effect, untracked } from "@preact/signals-core";
import { isRecurrent } from "../state/sequences.js";
import { h, icon } from "./dom.js";
import { checkField, numberField } from "./fields.js";
import { choiceFields, nameOf } from "./options.js";
import { showProblem } from "./problem.js";
import { recurrentSections, recurrentStructure } from "./recurrent.js";
import { followSpec, more, optimizerSection, reductionField, sampleParts, section, startSection, subscript, weightsSection } from "./sections.js";

/** @typedef {import("../state/store.js").Store} Store */
/** @typedef {import("./options.js").Field} Field */

/**
 * @param {HTMLElement} element
 * @param {Store} store
 */
export function mountBuilder(element, store) {
  const alert = h("div", { class: "problem", role: "alert", hidden: true });
  const body = h("div", {});
  element.append(alert, body);
  const { state } = store;
  // Fields follow their numbers by themselves; only another structure builds them anew.
  const structure = computed(() => {
    const { spec } = state.network.value;
    if (isRecurrent(spec)) return recurrentStructure(state);
    const layers = spec.layers.map((/** @type {any} */ layer) => [nameOf(layer.activation), nameOf(layer.initializer ?? ""), layer.use_bias]);
    return JSON.stringify([layers, spec.inputs, spec.layers.at(-1).units, nameOf(spec.loss), nameOf(state.optimizer.value), state.inputs.value.length]);
  });
  /** @type {(() => void)[]} */
  let disposers = [];
  effect(() => {
    void structure.value;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.getAttribute("aria-label");
    const open = [...body.querySelectorAll("details[open]")].map((details) => details.id);
    for (const dispose of disposers) dispose();
    disposers = [];
    const place = (/** @type {Field[]} */ fields) => {
      disposers.push(...fields.map(({ dispose }) => dispose));
      return fields.map(({ element: field }) => field);
    };
    const parts = isRecurrent(state.network.peek().spec) ? recurrentSections : denseSections;
    body.replaceChildren(...untracked(() => parts(store, place)));
    for (const id of open) body.querySelector(`#${id}`)?.setAttribute("open", "");
    if (focused) /** @type {HTMLElement | null} */ (body.querySelector(`[aria-label="${CSS.escape(focused)}"]`))?.focus();
  });
  effect(() => showProblem(body, alert, state.problem.value));
}

/**
 * @param {Store} store
 * @param {import("./sections.js").Place} place
 */
function denseSections(store, place) {
  const { state, actions } = store;
  const { catalog } = state;
  const spec = followSpec(state);
  const now = state.network.peek().spec;
  const change = (/** @type {Record<string, unknown>} */ part) => actions.changeSpec((old) => ({ ...old, ...part }));
  const inputs = numberField({
    label: "numbers",
    name: "Inputs",
    integer: true,
    stepper: true,
    minimum: 1,
    maximum: catalog.limits.inputs,
    pointer: "/network/spec/inputs",
    read: () => spec().inputs,
    commit: (value) => change({ inputs: value }),
  });
  const layers = now.layers.map((/** @type {any} */ _, /** @type {number} */ at) => layerGroup(at));
  const addLayer = h(
    "button",
    { type: "button", class: "add", onclick: () => change({ layers: added(spec().layers) }) },
    icon("M12 6v12M6 12h12"),
    "Add a layer",
  );
  const loss = choiceFields({ entries: catalog.losses, name: "Loss", pointer: "/network/spec/loss", read: () => spec().loss, commit: (choice) => change({ loss: choice }) });
  const several = state.inputs.peek().length > 1;
  return [
    startSection(store, place),
    section(
      "Layers",
      h("div", { class: "group" }, h("h3", {}, "Input", h("span", { class: "aside" }, "x")), ...place([inputs])),
      ...layers,
      addLayer,
    ),
    section("Loss", ...place([...loss, ...(several ? [reductionField(store, "Over the batch", "over the batch")] : [])])),
    section("Sample", ...samples()),
    optimizerSection(store, place),
    weightsSection(store, place),
  ];

  /** @param {number} at */
  function layerGroup(at) {
    const layer = () => spec().layers[at] ?? now.layers[at];
    const put = (/** @type {Record<string, unknown>} */ part) =>
      change({ layers: spec().layers.map((/** @type {any} */ old, /** @type {number} */ i) => (i === at ? { ...old, ...part } : old)) });
    const title = `Layer ${at + 1}`;
    const pointer = `/network/spec/layers/${at}`;
    const remove = now.layers.length > 1 && h(
      "button",
      { type: "button", class: "bump", "aria-label": `Remove layer ${at + 1}`, onclick: () => change({ layers: spec().layers.toSpliced(at, 1) }) },
      icon("M6 6l12 12M18 6 6 18"),
    );
    const units = numberField({ label: "units", name: `${title}: units`, integer: true, stepper: true, minimum: 1, maximum: catalog.limits.units_per_layer, pointer: `${pointer}/units`, read: () => layer().units, commit: (value) => put({ units: value }) });
    const activation = choiceFields({ entries: catalog.activations, name: `${title}: activation`, pointer: `${pointer}/activation`, read: () => layer().activation, commit: (choice) => put({ activation: choice }) });
    const bias = checkField({ label: "bias", name: `${title}: bias`, pointer: `${pointer}/use_bias`, read: () => layer().use_bias !== false, commit: (use) => put(use ? { use_bias: true } : { use_bias: false, shared_bias: false }) });
    const shared = checkField({ label: "one bias for all units", name: `${title}: one bias for all units`, pointer: `${pointer}/shared_bias`, read: () => layer().shared_bias === true, commit: (share) => put({ shared_bias: share }) });
    const norm = checkField({ label: "normalize z over the units", name: `${title}: layer normalization`, pointer: `${pointer}/layer_norm`, read: () => layer().layer_norm === true, commit: (use) => put({ layer_norm: use }) });
    const residual = checkField({ label: "add the layer’s input", name: `${title}: residual connection`, pointer: `${pointer}/residual`, read: () => layer().residual === true, commit: (use) => put({ residual: use }) });
    const initializer = choiceFields({ entries: catalog.initializers, name: `${title}: initializer`, label: "start", pointer: `${pointer}/initializer`, read: () => layer().initializer, commit: (choice) => put({ initializer: choice }) });
    return h(
      "div",
      { class: "group" },
      h("h3", {}, title, h("span", { class: "aside" }, at === now.layers.length - 1 ? "output" : "", remove)),
      ...place([units, ...activation]),
      more(`layer-${at}-more`, "Bias, first weights, and more", place([bias, ...(layer().use_bias === false ? [] : [shared]), ...initializer, norm, residual])),
    );
  }

  function samples() {
    const letters = (/** @type {string} */ letter, /** @type {number} */ count) =>
      Array.from({ length: Math.min(count, 32) }, (_, i) => ({ id: `${letter}[${i}]`, label: count === 1 ? letter : `${letter}${subscript(i + 1)}`, i }));
    const row = (/** @type {"inputs" | "targets"} */ key) => state[key].value[state.sample.value] ?? [];
    const fields = [
      ...letters("x", now.inputs).map(({ id, label, i }) => numberField({ label: `input ${label}`, name: `Input ${label}`, pointer: `/inputs/${state.sample.peek()}/${i}`, read: () => row("inputs")[i] ?? 0, commit: (value) => actions.setValue(id, value) })),
      ...letters("y", now.layers.at(-1).units).map(({ id, label, i }) => numberField({ label: `target ${label}`, name: `Target ${label}`, pointer: i === 0 ? "/targets" : `/targets/${state.sample.peek()}/${i}`, read: () => row("targets")[i] ?? 0, commit: (value) => actions.setValue(id, value) })),
    ];
    return sampleParts(store, place, ...place(fields));
  }
}

/** A hidden layer like the one before, put in front of the output. @param {any[]} layers */
function added(layers) {
  const model = layers.at(-2) ?? { ...layers[0], units: 2 };
  return layers.toSpliced(layers.length - 1, 0, { ...model });
}
