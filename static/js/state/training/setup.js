/** What a training is made of, and its pure edits. */

import { isRecurrent } from "../sequences.js";

/** @typedef {import("../state.js").Choice} Choice */
/** @typedef {import("../state.js").CatalogEntry} CatalogEntry */
/** @typedef {{dataset: string, seed: number, [option: string]: any}} DrawnData */
/**
 * Samples as they are shown: before features are made of them. Labels are numbers of classes; where
 * there are none, targets are what is to be fitted.
 * @typedef {{inputs: number[][], labels: number[] | null, targets: number[][], classes: string[],
 *   columns: string[], outputs: string[]}} Samples
 */
/** @typedef {Samples & {own: "points" | "table"}} OwnData */
/**
 * @typedef {object} Setup
 * @property {DrawnData | OwnData} data
 * @property {string[] | null} features what the inputs are made of; null: the columns as they are
 * @property {any} spec
 * @property {Choice} optimizer
 * @property {number | null} batch_size null: all samples
 * @property {number | null} shuffle_seed null: in the order given
 * @property {number} validation_fraction
 * @property {Choice | null} schedule
 * @property {{norm: number | null, value: number | null}} clip
 * @property {number} l1
 * @property {number} l2
 * @property {{loss: number | null, patience: number | null}} stop
 */
/**
 * @typedef {{name: string, title: string, summary: string, task: Task, network: any, data: DrawnData,
 *   optimizer: Choice, batch_size: number | null, validation_fraction: number}} SetupEntry
 */
/** @typedef {"binary" | "classes" | "numbers"} Task */
/** @typedef {"numbers" | "zero_one" | "signs" | "one_hot"} Encoding */
/** @typedef {{name: string, label: string, needs: number}} Feature */
/**
 * @typedef {Omit<import("../state.js").Catalog, "losses" | "activations"> & {setups: SetupEntry[], features: Feature[],
 *   datasets: (CatalogEntry & {task: string, sequence: boolean})[], schedules: CatalogEntry[],
 *   activations: (CatalogEntry & {signed: boolean})[],
 *   losses: (CatalogEntry & {targets: string, boundary: number | null})[]}} Catalog
 */

/** @param {SetupEntry} entry @returns {Setup} */
export function openSetup({ data, network, optimizer, batch_size, validation_fraction }) {
  return {
    data,
    features: null,
    spec: network,
    optimizer,
    batch_size,
    shuffle_seed: 0,
    validation_fraction,
    schedule: null,
    clip: { norm: null, value: null },
    l1: 0,
    l2: 0,
    stop: { loss: null, patience: null },
  };
}

/** @param {Setup["data"]} data @returns {data is OwnData} */
export function isOwn(data) {
  return "own" in data;
}

/** Whether what is learned, or what learns, is another: the network then starts anew. @param {Setup} one @param {Setup} other */
export function isOther(one, other) {
  return one.data !== other.data || one.features !== other.features || one.spec !== other.spec;
}

/** Whether samples are sequences: of each, rows of numbers by time step. @param {Pick<Samples, "inputs">} samples */
export function isSequences({ inputs }) {
  return Array.isArray(inputs[0]?.[0]);
}

/** @param {Samples} samples @returns {Task} */
export function taskOf({ classes }) {
  return classes.length === 0 ? "numbers" : classes.length === 2 ? "binary" : "classes";
}

/** How many inputs the data has before features: 1 or 2 can be drawn. @param {Samples} samples */
export function axesOf(samples) {
  return !isSequences(samples) && samples.columns.length <= 2 ? samples.columns.length : null;
}

/**
 * The setup with a network of the kind that the samples ask for, and with as many inputs and
 * outputs. The output layer and the loss become others only where they do not suit, or where the
 * samples before were of another kind.
 * @param {Setup} setup
 * @param {Samples} samples
 * @param {Samples | null} before
 * @param {Catalog} catalog
 * @returns {Setup}
 */
export function fitSetup(setup, samples, before, catalog) {
  const features = fitFeatures(setup.features, samples, catalog);
  const task = taskOf(samples);
  const inputs = features?.length ?? samples.columns.length;
  const fits = isRecurrent(setup.spec) === isSequences(samples);
  const model = findModel(setup, samples, catalog);
  const known = fits ? setup.spec : (model ?? setup.spec);
  const other = before !== null && taskOf(before) !== task;
  const own = headOf(known);
  const { activation, loss } = model && (other || !suits(known, task, catalog)) ? headOf(model) : own;
  const kept = task === "binary" && own.units === 2 && targetsOf(loss, catalog) === "distribution";
  const units = task === "classes" ? samples.classes.length : kept ? 2 : task === "binary" ? 1 : samples.outputs.length;
  const spec = withHead({ ...known, inputs }, { units, activation, loss });
  const same = JSON.stringify(spec) === JSON.stringify(setup.spec);
  return same && features === setup.features ? setup : { ...setup, features, spec: same ? setup.spec : spec };
}

/** A network of the catalog for samples of this kind, if possible that of the dataset. @param {Setup} setup @param {Samples} samples @param {Catalog} catalog */
function findModel({ data }, samples, catalog) {
  const alike = catalog.setups.filter(({ network, task }) => isRecurrent(network) === isSequences(samples) && task === taskOf(samples));
  return (alike.find(({ name }) => !isOwn(data) && name === data.dataset) ?? alike[0])?.network;
}

/**
 * What the outputs are made by.
 * @param {any} spec
 * @returns {{units: number, activation: any, loss: any}}
 */
export function headOf(spec) {
  const last = isRecurrent(spec) ? { units: spec.outputs, activation: spec.output_activation } : spec.layers.at(-1);
  return { units: last.units, activation: last.activation, loss: spec.loss };
}

/** @param {any} spec @param {ReturnType<typeof headOf>} head */
function withHead(spec, { units, activation, loss }) {
  if (isRecurrent(spec)) return { ...spec, outputs: units, output_activation: activation, loss };
  return { ...spec, layers: [...spec.layers.slice(0, -1), { ...spec.layers.at(-1), units, activation }], loss };
}

/** @param {string[] | null} features @param {Samples} samples @param {Catalog} catalog */
function fitFeatures(features, samples, catalog) {
  if (features === null || axesOf(samples) === null) return null;
  const kept = features.filter((name) => (catalog.features.find((one) => one.name === name)?.needs ?? 9) <= samples.columns.length);
  return kept.length === features.length ? features : kept.length ? kept : null;
}

/** @param {any} loss @param {Catalog} catalog */
function targetsOf(loss, catalog) {
  const name = typeof loss === "string" ? loss : loss.name;
  return catalog.losses.find((entry) => entry.name === name)?.targets ?? "any";
}

/** @param {any} spec @param {Task} task @param {Catalog} catalog */
function suits(spec, task, catalog) {
  const kind = targetsOf(spec.loss, catalog);
  return { binary: true, classes: kind === "distribution" || kind === "any", numbers: kind === "any" }[task];
}

/**
 * How classes become targets: as the loss wants them, else as the output can reach them.
 * @param {any} spec
 * @param {Samples} samples
 * @param {Catalog} catalog
 * @returns {Encoding}
 */
export function chooseEncoding(spec, samples, catalog) {
  if (samples.classes.length === 0) return "numbers";
  const { units, activation } = headOf(spec);
  if (units > 1 || samples.classes.length > 2) return "one_hot";
  const wanted = targetsOf(spec.loss, catalog);
  if (wanted !== "any") return wanted === "signs" ? "signs" : "zero_one";
  const name = typeof activation === "string" ? activation : activation.name;
  return catalog.activations.find((entry) => entry.name === name)?.signed ? "signs" : "zero_one";
}

/**
 * Rows of targets in an encoding, of sequences a row for every time step.
 * @param {Samples} samples
 * @param {Encoding} encoding
 * @returns {any[][]}
 */
export function encodeTargets({ labels, targets, classes }, encoding) {
  if (encoding === "numbers" || labels === null) return targets;
  const write = (/** @type {number} */ label) => (encoding === "one_hot" ? classes.map((_, k) => Number(k === label)) : [encoding === "signs" ? 2 * label - 1 : label]);
  return labels.map((/** @type {any} */ label) => (Array.isArray(label) ? label.map(write) : write(label)));
}

/**
 * Own data by hand: points of the plane in classes.
 * @param {{x: number, y: number, label: number}[]} points
 * @param {string[]} classes
 * @returns {OwnData}
 */
export function gatherPoints(points, classes) {
  return {
    own: "points",
    inputs: points.map(({ x, y }) => [x, y]),
    labels: points.map(({ label }) => label),
    targets: points.map(({ label }) => [label]),
    classes,
    columns: ["x1", "x2"],
    outputs: ["class"],
  };
}
