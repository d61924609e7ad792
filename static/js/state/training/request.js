/** From a setup to requests: what to train on, how it is shown, and at which pace. */

import { chooseEncoding, encodeTargets, axesOf, headOf, isOwn, isSequences } from "./setup.js";

/** @typedef {import("./setup.js").Setup} Setup */
/** @typedef {import("./setup.js").Samples} Samples */
/** @typedef {import("./setup.js").Catalog} Catalog */
/** @typedef {{x: [number, number], y: [number, number]}} Plane */
/** @typedef {{id: string, label: string, frame_every: number | null, frames_per_second: number}} Pace */

/** From a step that can be followed to as many as there is time for. @type {Pace[]} */
export const PACES = [
  { id: "1", label: "1 step/s", frame_every: 1, frames_per_second: 1 },
  { id: "3", label: "3 steps/s", frame_every: 1, frames_per_second: 3 },
  { id: "10", label: "10 steps/s", frame_every: 1, frames_per_second: 10 },
  { id: "30", label: "30 steps/s", frame_every: 1, frames_per_second: 30 },
  { id: "100", label: "100 steps/s", frame_every: 4, frames_per_second: 25 },
  { id: "1000", label: "1,000 steps/s", frame_every: 40, frames_per_second: 25 },
  { id: "most", label: "unlimited", frame_every: null, frames_per_second: 30 },
];

const USUAL = 6;
/** Bytes of base64 per float32, of a parameter and of an output as JSON. */
const BYTES = { map: 16 / 3, parameter: 23, output: 25 };
/** Of at most so many sequences the outputs are shown. */
const SEQUENCES = 4;
/** What a frame holds besides maps and parameters. */
const REST = 6000;
const LARGEST = { size: 60, units: 24 };
const SMALLEST = { size: 24, units: 6 };

/**
 * The part of the plane that is shown: the usual one where the samples keep to it.
 * @param {Samples} samples
 * @returns {Plane | null} null where there is no plane; with one input y is the range of targets
 */
export function findPlane(samples) {
  const axes = axesOf(samples);
  if (axes === null) return null;
  const x = samples.inputs.map((row) => row[0]);
  if (axes === 2) {
    const reach = Math.max(...samples.inputs.flat().map(Math.abs), 0);
    if (reach <= USUAL && (reach > USUAL / 12 || ("own" in samples && samples.own === "points"))) return { x: [-USUAL, USUAL], y: [-USUAL, USUAL] };
    const y = samples.inputs.map((row) => row[1]);
    return { x: widen(x), y: widen(y) };
  }
  const within = x.every((value) => Math.abs(value) <= USUAL) && x.some((value) => Math.abs(value) > USUAL / 12);
  return { x: within ? [-USUAL, USUAL] : widen(x), y: widen(samples.targets.flat(), 0.25) };
}

/** @param {number[]} values @param {number} [pad] @returns {[number, number]} */
function widen(values, pad = 0.1) {
  if (values.length === 0) return [-USUAL, USUAL];
  const low = values.reduce((a, b) => Math.min(a, b));
  const high = values.reduce((a, b) => Math.max(a, b));
  const room = (high - low) * pad || Math.abs(high) || 1;
  return [low - room, high + room];
}

/**
 * How fine the maps can be so that a frame holds them beside the network.
 * @param {any} spec
 * @param {number} axes
 * @param {number} copies of the parameters in a document, with what the optimizer keeps
 * @param {number} most bytes of a frame
 * @returns {{size: number, units: boolean, units_size: number}}
 */
export function fitMaps(spec, axes, copies, most) {
  const hidden = spec.layers.slice(0, -1).reduce((/** @type {number} */ sum, /** @type {any} */ layer) => sum + layer.units, 0);
  const outputs = spec.layers.at(-1).units;
  if (axes === 1) return { size: 121, units: hidden > 0 && hidden <= 200, units_size: 41 };
  const numbers = (most - REST - Math.min(most / 2, countParameters(spec) * copies * BYTES.parameter)) / BYTES.map;
  const size = clampSide(Math.sqrt((numbers * (hidden ? 0.4 : 1)) / outputs), SMALLEST.size, LARGEST.size);
  const side = Math.floor(Math.sqrt((numbers - outputs * size * size) / Math.max(1, hidden)));
  return { size, units: hidden > 0 && side >= SMALLEST.units, units_size: clampSide(side, SMALLEST.units, LARGEST.units) };
}

/** @param {any} spec */
export function countParameters({ inputs, layers }) {
  const widths = [inputs, ...layers.map((/** @type {any} */ layer) => layer.units)];
  return widths.slice(1).reduce((sum, width, i) => sum + width * (widths[i] + 1), 0);
}

/** @param {number} side @param {number} least @param {number} most */
function clampSide(side, least, most) {
  return Math.max(least, Math.min(most, Math.floor(side)));
}

/**
 * The samples as a request takes them.
 * @param {Setup} setup
 * @param {Samples} samples
 * @param {Catalog} catalog
 */
export function writeData({ data, features, spec }, samples, catalog) {
  const encoding = chooseEncoding(spec, samples, catalog);
  const made = features === null ? {} : { features };
  if (isOwn(data)) return { inputs: data.inputs, targets: encodeTargets(samples, encoding), ...made };
  return { ...data, encoding, ...made };
}

/**
 * Of how many sequences a frame can tell what the network says.
 * @param {any} spec
 * @param {Samples} samples
 * @param {number} most bytes of a frame
 */
export function fitSequences(spec, samples, most) {
  if (!isSequences(samples)) return 0;
  const numbers = headOf(spec).units * samples.inputs[0].length;
  return Math.max(0, Math.min(SEQUENCES, samples.inputs.length, Math.floor(most / (BYTES.output * numbers))));
}

/** What is done to gradients before the optimizer sees them. @param {Setup} setup */
export function writeAdjustment({ clip, l1, l2 }) {
  return { clip: clip.norm === null && clip.value === null ? null : clip, l1, l2 };
}

/**
 * A request to train.
 * @param {{setup: Setup, samples: Samples, document: any, catalog: Catalog}} now
 * @param {{steps: number, pace: Pick<Pace, "frame_every" | "frames_per_second">}} how
 */
export function writeRequest({ setup, samples, document, catalog }, { steps, pace }) {
  const { spec, optimizer, batch_size, shuffle_seed, validation_fraction, schedule, stop } = setup;
  const plane = findPlane(samples);
  const copies = 1 + Object.keys(document?.optimizer_state?.slots ?? { m: 0, v: 0 }).length;
  const maps = plane && fitMaps(spec, samples.columns.length, copies, catalog.limits.frame_bytes);
  return {
    network: document ?? spec,
    data: writeData(setup, samples, catalog),
    optimizer,
    batch_size,
    shuffle_seed,
    validation_fraction,
    schedule,
    ...writeAdjustment(setup),
    stop: stop.loss === null && stop.patience === null ? null : stop,
    steps: Math.min(steps, catalog.limits.training_steps),
    frame_every: pace.frame_every,
    frames_per_second: pace.frames_per_second,
    grid: plane && { x: plane.x, y: samples.columns.length === 2 ? plane.y : [-1, 1], ...maps, encoding: "float32" },
    sequences: fitSequences(spec, samples, catalog.limits.frame_bytes),
  };
}
