/** What is raced, where and how: the part of the room that is undone and linked. */

import { fillRanges } from "../../layout/race/frame.js";
import { LANES } from "../../scene/race/lanes.js";

/** @typedef {import("../../layout/race/frame.js").Ranges} Ranges */
/** @typedef {import("../../layout/race/frame.js").Box} Box */
/** @typedef {import("../../layout/race/frame.js").Pair} Pair */
/** @typedef {import("../../layout/race/runs.js").Racer} Racer */
/** @typedef {{node: string, index: number[]}} Entry */
/**
 * A network of one's own with its data as a request takes them: brought from another room.
 * @typedef {{network: import("../state.js").NetworkDocument, data: any}} Own
 */
/** @typedef {{preset: string, axes: [Entry, Entry]} | (Own & {axes: [Entry, Entry]})} SliceSurface */
/** @typedef {{function: string} | {expression: string} | SliceSurface} Surface */
/** @typedef {{surface: Surface, start: Pair, steps: number, batch: number | null, racers: Racer[], scale: "log" | "linear"}} Setup */
/** @typedef {import("../state.js").Catalog & {surfaces: import("../../api/schema.js").components["schemas"]["SurfaceEntry"][]}} RaceCatalog */

/** Around what is not a published function so much is seen. */
const REACH = 3;
const STEPS = 200;
/** A formula to begin with, which is none of the published ones. */
const FORMULA = "(x**2 + y - 11)**2 + (x + y**2 - 7)**2";
/** Where a race on a formula starts. */
const START = /** @type {Pair} */ ([0.5, -0.5]);

/** @param {RaceCatalog} catalog @param {string} name @returns {Setup} */
export function setUpFunction(catalog, name) {
  const entry = catalog.surfaces.find((surface) => surface.name === name) ?? catalog.surfaces[0];
  const racers = entry.optimizers.slice(0, LANES).map((choice, lane) => ({ lane, choice: /** @type {import("../../layout/race/runs.js").Choice} */ (choice) }));
  return { surface: { function: entry.name }, start: /** @type {Pair} */ ([...entry.start]), steps: STEPS, batch: null, racers, scale: "log" };
}

/** @param {Setup} setup @returns {Setup} */
export function setUpFormula(setup) {
  return { ...setup, surface: { expression: FORMULA }, start: START };
}

/** Networks of which a slice can be seen. @param {RaceCatalog} catalog */
export function listSliced({ presets }) {
  return presets.filter(({ network, targets }) => network.spec.kind === "dense" && targets && listEntries(network).length > 1);
}

/** @param {Setup} setup @param {RaceCatalog} catalog @param {string} name @returns {Setup} */
export function setUpSlice(setup, catalog, name) {
  const preset = listSliced(catalog).find((entry) => entry.name === name) ?? listSliced(catalog)[0];
  const [first, second] = listEntries(preset.network);
  return { ...setup, surface: { preset: preset.name, axes: [first, second] }, start: centerOf(preset.network, [first, second]), batch: null };
}

/**
 * A race down a slice of a network's own loss.
 * @param {Own & {batch: number | null, choice: import("../state.js").Choice, selection: string | null}} from `choice` is the
 *   optimizer that trains it, which is raced first; `selection` a weight to move along the width
 * @param {RaceCatalog} catalog
 * @returns {Setup}
 */
export function setUpOwn({ network: { spec, parameters, trainable }, data, batch, choice, selection }, catalog) {
  const network = { spec, parameters, ...(trainable && { trainable }) };
  const entries = listEntries(network);
  const first = entries.find((entry) => writeEntry(entry) === selection) ?? entries[0];
  const axes = /** @type {[Entry, Entry]} */ ([first, entries.find((entry) => entry !== first) ?? first]);
  const usual = setUpFunction(catalog, "");
  const others = usual.racers.map((racer) => racer.choice).filter(({ name }) => name !== choice.name);
  const racers = [/** @type {import("../../layout/race/runs.js").Choice} */ (choice), ...others].slice(0, LANES).map((one, lane) => ({ lane, choice: one }));
  return { ...usual, surface: { network, data, axes }, start: centerOf(network, axes), batch, racers };
}

/** @param {Surface} surface @returns {surface is SliceSurface} */
export function isSlice(surface) {
  return "axes" in surface;
}

/** The network of a slice, and its data as a request takes them. @param {SliceSurface} surface @param {RaceCatalog} catalog @returns {Own | null} */
export function findOwn(surface, catalog) {
  if ("network" in surface) return { network: surface.network, data: surface.data };
  const preset = listSliced(catalog).find(({ name }) => name === surface.preset);
  return preset ? { network: preset.network, data: { inputs: preset.inputs, targets: preset.targets } } : null;
}

/** @param {Setup} setup @param {RaceCatalog} catalog @param {0 | 1} axis @param {Entry} entry @returns {Setup} */
export function withAxis(setup, catalog, axis, entry) {
  const { surface } = setup;
  if (!isSlice(surface)) return setup;
  const { axes } = surface;
  // The other takes what this one leaves: two axes of the same weight are no plane.
  const next = /** @type {[Entry, Entry]} */ (axes.map((old, i) => (i === axis ? entry : writeEntry(old) === writeEntry(entry) ? axes[axis] : old)));
  const own = findOwn(surface, catalog);
  return { ...setup, surface: { ...surface, axes: next }, start: own ? centerOf(own.network, next) : setup.start };
}

/** The weights and biases of a network that learn. @param {import("../state.js").NetworkDocument} network @returns {Entry[]} */
export function listEntries({ parameters, trainable }) {
  return Object.entries(parameters ?? {}).filter(([node]) => trainable?.[node] !== false).flatMap(([node, value]) => walk(value).map((index) => ({ node, index })));
}

/** @param {any} value @param {number[]} [index] @returns {number[][]} */
function walk(value, index = []) {
  return Array.isArray(value) ? value.flatMap((part, i) => walk(part, [...index, i])) : [index];
}

/** @param {Entry} entry */
export function writeEntry({ node, index }) {
  return node + index.map((i) => `[${i}]`).join("");
}

/** @param {import("../state.js").NetworkDocument} network @param {Entry[]} axes @returns {Pair} */
function centerOf({ parameters }, axes) {
  const [x, y] = axes.map(({ node, index }) => Number(index.reduce((/** @type {any} */ rest, i) => rest[i], parameters?.[node])));
  return [x, y];
}

/** What must be seen. @param {Setup} setup @param {RaceCatalog} catalog @returns {Ranges} */
export function rangesOf({ surface }, catalog) {
  if ("function" in surface) {
    const entry = catalog.surfaces.find(({ name }) => name === surface.function);
    if (entry) return { x: /** @type {Pair} */ (entry.x), y: /** @type {Pair} */ (entry.y) };
  }
  const own = isSlice(surface) ? findOwn(surface, catalog) : null;
  const [x, y] = own && isSlice(surface) ? centerOf(own.network, surface.axes) : [0, 0];
  const reach = "expression" in surface ? 2 * REACH : REACH;
  return { x: [x - reach, x + reach], y: [y - reach, y + reach] };
}

/** @param {Surface} surface @param {RaceCatalog} catalog */
function wireSurface(surface, catalog) {
  if (!isSlice(surface)) return surface;
  const own = findOwn(surface, catalog);
  const { spec, parameters, trainable } = /** @type {import("../state.js").NetworkDocument} */ (own?.network);
  return { network: { spec, parameters, ...(trainable && { trainable }) }, data: own?.data, axes: surface.axes };
}

/** @param {Setup} setup @param {RaceCatalog} catalog @param {Box} box */
export function askSurface(setup, catalog, box) {
  const ranges = fillRanges(rangesOf(setup, catalog), box);
  return { path: "/experiments/loss-surface", ranges, body: JSON.stringify({ surface: wireSurface(setup.surface, catalog), ...ranges }) };
}

/** @param {Setup} setup @param {RaceCatalog} catalog */
export function askRace(setup, catalog) {
  const { surface, start, steps, batch, racers } = setup;
  const body = { surface: wireSurface(surface, catalog), optimizers: racers.map(({ choice }) => choice), start, steps, ...(batch !== null && isSlice(surface) && { batch_size: batch }) };
  return { path: "/experiments/optimizer-race", racers, steps, body: JSON.stringify(body) };
}

/**
 * One racer's step, told: the same race with it alone.
 * @param {Setup} setup @param {RaceCatalog} catalog @param {Racer} racer @param {number} step
 */
export function askStep(setup, catalog, racer, step) {
  const alone = askRace({ ...setup, racers: [racer], steps: step }, catalog);
  return { path: alone.path, lane: racer.lane, step, body: JSON.stringify({ ...JSON.parse(alone.body), explain: { racer: 0, step } }) };
}

/** The first color and shape that no racer has. @param {readonly Racer[]} racers */
export function findLane(racers) {
  return Array.from({ length: LANES }, (_, lane) => lane).find((lane) => racers.every((racer) => racer.lane !== lane)) ?? null;
}
