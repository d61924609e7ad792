/** What is trained, on what, and how. Made from the catalog. */

import { computed, effect } from "@preact/signals-core";
import { isRecurrent } from "../../state/sequences.js";
import { axesOf, isOwn, openSetup } from "../../state/training/setup.js";
import { h, icon } from "../dom.js";
import { checkField, numberField, selectField } from "../fields.js";
import { optimizerFields } from "../optimizer.js";
import { choiceFields, nameOf, optionFields } from "../options.js";
import { showProblem } from "../problem.js";
import { more, section } from "../sections.js";
import { makeOwnData } from "./data.js";
import { optionalField } from "./optional.js";
import { makeRaceOpener } from "./race.js";
import { recurrentSections, recurrentShape } from "./recurrent.js";

/** @typedef {import("../../state/training/store.js").Training} Training */
/** @typedef {import("../options.js").Field} Field */

/**
 * @param {HTMLElement} element
 * @param {Training} training
 */
export function mountTrainingBuilder(element, training) {
  const { state } = training;
  const alert = h("div", { class: "problem", role: "alert", hidden: true });
  const body = h("div", {});
  element.append(alert, body);
  // Fields follow their numbers by themselves; only another structure builds them anew.
  const structure = computed(() => {
    const { spec, data, features, optimizer, schedule, batch_size, clip, stop } = state.setup.value;
    const layers = isRecurrent(spec) ? recurrentShape(spec) : spec.layers.map((/** @type {any} */ layer) => [nameOf(layer.activation), nameOf(layer.initializer ?? ""), layer.use_bias]);
    const held = [batch_size, clip.norm, clip.value, stop.loss, stop.patience].map((value) => value === null);
    return JSON.stringify([layers, spec.inputs, nameOf(spec.loss), isOwn(data) ? data.own : data.dataset, features, nameOf(optimizer), schedule && nameOf(schedule), held, state.samples.value?.columns, state.samples.value?.classes.length]);
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
    body.replaceChildren(...sections(training, place));
    for (const id of open) body.querySelector(`#${CSS.escape(id)}`)?.setAttribute("open", "");
    if (focused) /** @type {HTMLElement | null} */ (body.querySelector(`[aria-label="${CSS.escape(focused)}"]`))?.focus();
  });
  effect(() => showProblem(body, alert, state.problem.value));
}

/**
 * @param {Training} training
 * @param {(fields: Field[]) => HTMLElement[]} place
 */
function sections(training, place) {
  const { state, actions } = training;
  const { catalog, setup } = state;
  const now = setup.peek();
  const recurrent = isRecurrent(now.spec);
  // Fields outlive the kind of network that they are for by a moment.
  const spec = () => (isRecurrent(setup.value.spec) === recurrent ? setup.value.spec : now.spec);
  const changeSpec = (/** @type {Record<string, unknown>} */ part) => actions.changeSpec((old) => ({ ...old, ...part }));
  const start = selectField({
    name: "Start from",
    entries: [{ value: "", text: "Your own" }, ...catalog.setups.map(({ name, title }) => ({ value: name, text: title }))],
    read: () => catalog.setups.find((entry) => JSON.stringify(openSetup(entry)) === JSON.stringify(setup.value))?.name ?? "",
    commit: (name) => (name ? actions.open(name) : undefined),
  });
  return [
    section("Start from", ...place([start])),
    section("Data", ...data()),
    ...(featureList().length ? [section("Inputs", h("div", { class: "features", role: "group", "aria-label": "Inputs made of the data" }, ...featureList()))] : []),
    ...(recurrent
      ? recurrentSections(training, place, spec)
      : [
          section("Network", ...now.spec.layers.map((/** @type {any} */ _, /** @type {number} */ at) => layer(at)), addLayer()),
          section("Loss", ...place(choiceFields({ entries: catalog.losses, name: "Loss", pointer: "/network/spec/loss", read: () => spec().loss, commit: (choice) => changeSpec({ loss: choice }) }))),
        ]),
    section("Optimizer", ...optimizer()),
    section("Batches", ...batches()),
    section("Gradient", ...gradient()),
    section("Stop when", ...stops()),
    section("Weights", ...weights()),
  ];

  function data() {
    const own = isOwn(now.data);
    const entries = catalog.datasets.map(({ name, label, sequence }) => ({ value: name, text: sequence ? `${label} (sequences)` : label }));
    const choice = selectField({
      name: "Dataset",
      pointer: "/data/dataset",
      entries: own ? [{ value: "", text: now.data.own === "points" ? "Points you drew" : "Your table" }, ...entries] : entries,
      read: () => (isOwn(setup.value.data) ? "" : setup.value.data.dataset),
      commit: (name) => {
        const known = catalog.setups.find((entry) => entry.data.dataset === name);
        if (!name) return;
        // Sequences are learned by another kind of network, in other steps.
        if (known && isRecurrent(known.network) !== recurrent) return actions.open(known.name);
        actions.change({ data: known?.data ?? { dataset: name, seed: 0 } });
      },
    });
    const entry = isOwn(now.data) ? undefined : catalog.datasets.find(({ name }) => name === /** @type {any} */ (now.data).dataset);
    const put = (/** @type {any} */ { name: _, ...options }) => actions.change({ data: options });
    const options = entry ? optionFields({ schema: entry.schema, name: "Data", pointer: "/data", read: () => setup.value.data, commit: put }) : [];
    const seed = numberField({ label: "seed", name: "Data: seed", integer: true, minimum: 0, pointer: "/data/seed", read: () => Number(/** @type {any} */ (setup.value.data).seed ?? 0), commit: (value) => actions.change({ data: { ...setup.peek().data, seed: value } }) });
    return [...place([choice, ...options, ...(own ? [] : [seed])]), ...makeOwnData(training)];
  }

  function featureList() {
    const samples = state.samples.peek();
    if (!samples || axesOf(samples) === null) return [];
    const offered = catalog.features.filter(({ needs }) => needs <= samples.columns.length);
    const plain = offered.slice(0, samples.columns.length).map(({ name }) => name);
    const chosen = () => setup.value.features ?? plain;
    return offered.map(({ name, label }) => {
      const button = h("button", { type: "button", class: "feature", "aria-label": `Input ${label}`, "aria-pressed": String(chosen().includes(name)), onclick: () => toggle(name) }, label);
      return button;
    });
    /** @param {string} name */
    function toggle(name) {
      const old = setup.peek().features ?? plain;
      const next = offered.map((one) => one.name).filter((one) => (one === name ? !old.includes(one) : old.includes(one)));
      if (next.length === 0) return;
      const same = next.length === plain.length && next.every((one, i) => one === plain[i]);
      actions.edit((before) => ({ ...before, features: same ? null : next, spec: { ...before.spec, inputs: next.length } }));
    }
  }

  /** @param {number} at */
  function layer(at) {
    const read = () => spec().layers[at] ?? now.spec.layers[at];
    const put = (/** @type {Record<string, unknown>} */ part) => changeSpec({ layers: spec().layers.map((/** @type {any} */ old, /** @type {number} */ i) => (i === at ? { ...old, ...part } : old)) });
    const title = `Layer ${at + 1}`;
    const pointer = `/network/spec/layers/${at}`;
    const last = at === now.spec.layers.length - 1;
    const remove = !last && h("button", { type: "button", class: "bump", "aria-label": `Remove layer ${at + 1}`, onclick: () => changeSpec({ layers: spec().layers.toSpliced(at, 1) }) }, icon("M6 6l12 12M18 6 6 18"));
    const units = numberField({ label: "units", name: `${title}: units`, integer: true, stepper: true, minimum: 1, maximum: catalog.limits.units_per_layer, pointer: `${pointer}/units`, read: () => read().units, commit: (value) => put({ units: value }) });
    const activation = choiceFields({ entries: catalog.activations, name: `${title}: activation`, pointer: `${pointer}/activation`, read: () => read().activation, commit: (choice) => put({ activation: choice }) });
    const dropout = "dropout" in read() && !last ? [numberField({ label: "dropout", name: `${title}: dropout`, minimum: 0, below: 1, pointer: `${pointer}/dropout`, read: () => read().dropout ?? 0, commit: (value) => put({ dropout: value }) })] : [];
    const bias = checkField({ label: "bias", name: `${title}: bias`, pointer: `${pointer}/use_bias`, read: () => read().use_bias !== false, commit: (use) => put(use ? { use_bias: true } : { use_bias: false, shared_bias: false }) });
    const initializer = choiceFields({ entries: catalog.initializers, name: `${title}: initializer`, label: "start", pointer: `${pointer}/initializer`, read: () => read().initializer, commit: (choice) => put({ initializer: choice }) });
    const norm = checkField({ label: "normalize z over the units", name: `${title}: layer normalization`, pointer: `${pointer}/layer_norm`, read: () => read().layer_norm === true, commit: (use) => put({ layer_norm: use }) });
    const residual = checkField({ label: "add the layer’s input", name: `${title}: residual connection`, pointer: `${pointer}/residual`, read: () => read().residual === true, commit: (use) => put({ residual: use }) });
    return h(
      "div",
      { class: "group" },
      h("h3", {}, title, h("span", { class: "aside" }, last ? "output" : "", remove)),
      ...place([...(last ? [] : [units]), ...activation, ...dropout]),
      more(`layer-${at}-more`, "Bias, first weights, and more", place([bias, ...initializer, norm, residual])),
    );
  }

  function addLayer() {
    const add = () => {
      const { layers } = spec();
      const model = layers.at(-2) ?? { ...layers[0], units: 4, activation: catalog.setups[0].network.layers[0].activation };
      changeSpec({ layers: layers.toSpliced(layers.length - 1, 0, { ...model }) });
    };
    return h("button", { type: "button", class: "add", onclick: add }, icon("M12 6v12M6 12h12"), "Add a hidden layer");
  }

  function optimizer() {
    const facade = /** @type {any} */ ({ catalog, optimizer: computed(() => setup.value.optimizer) });
    const fields = optimizerFields(facade, /** @type {any} */ ({ changeOptimizer: (/** @type {any} */ choice) => actions.change({ optimizer: choice }) }));
    const constant = catalog.schedules[0];
    const schedule = choiceFields({ entries: catalog.schedules, name: "Schedule", label: "rate", pointer: "/schedule", read: () => setup.value.schedule ?? { name: constant.name }, commit: (choice) => actions.change({ schedule: choice.name === constant.name ? null : choice }) });
    return [...place([...fields.first, ...schedule]), more("optimizer-more", "More options", place(fields.more)), ...(recurrent ? [] : [makeRaceOpener(training)])];
  }

  function batches() {
    const batch = optionalField({ label: "samples per batch", name: "Samples per batch", check: "in batches", integer: true, minimum: 1, start: 30, pointer: "/batch_size", read: () => setup.value.batch_size, commit: (value) => actions.change({ batch_size: value }) });
    const shuffle = optionalField({ label: "seed", name: "Shuffle: seed", check: "shuffled every epoch", integer: true, minimum: 0, start: 0, pointer: "/shuffle_seed", read: () => setup.value.shuffle_seed, commit: (value) => actions.change({ shuffle_seed: value }) });
    const held = numberField({ label: "kept for validation", name: "Share kept for validation", minimum: 0, below: 1, pointer: "/validation_fraction", read: () => setup.value.validation_fraction, commit: (value) => actions.change({ validation_fraction: value }) });
    return place([batch, shuffle, held]);
  }

  function gradient() {
    const clip = (/** @type {"norm" | "value"} */ what, /** @type {string} */ check) =>
      optionalField({ label: "at most", name: `Clip by ${what}: at most`, check, above: 0, start: 1, pointer: `/clip/${what}`, read: () => setup.value.clip[what], commit: (value) => actions.change({ clip: { ...setup.peek().clip, [what]: value } }) });
    const penalty = (/** @type {"l1" | "l2"} */ what) => numberField({ label: what.toUpperCase(), name: `Penalty ${what.toUpperCase()}`, minimum: 0, pointer: `/${what}`, read: () => setup.value[what], commit: (value) => actions.change({ [what]: value }) });
    return place([clip("norm", "clip the norm of all"), clip("value", "clip each number"), penalty("l1"), penalty("l2")]);
  }

  function stops() {
    const stop = (/** @type {"loss" | "patience"} */ what, /** @type {object} */ options) =>
      optionalField({ pointer: `/stop/${what}`, read: () => setup.value.stop[what], commit: (/** @type {number | null} */ value) => actions.change({ stop: { ...setup.peek().stop, [what]: value } }), .../** @type {any} */ (options) });
    return place([
      stop("loss", { label: "loss", name: "Stop at a loss of", check: "the loss is low enough", start: 0.01 }),
      stop("patience", { label: "epochs", name: "Stop after epochs without progress", check: "nothing gets better", integer: true, minimum: 1, start: 50 }),
    ]);
  }

  function weights() {
    const seed = numberField({ label: "seed", name: "Weights: seed", integer: true, minimum: 0, pointer: "/network/spec/seed", read: () => spec().seed ?? 0, commit: (value) => changeSpec({ seed: value }) });
    return [...place([seed]), h("button", { type: "button", class: "add", onclick: () => changeSpec({ seed: (spec().seed ?? 0) + 1 }) }, "Draw new weights")];
  }
}
