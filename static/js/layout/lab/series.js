/** The numbers of one quantity, layer by layer, and an axis that holds all of them. */

import { fitAxis } from "./axis.js";
import { clipGradients } from "./clip.js";
import { toNumber } from "../number.js";
import { QUANTITIES } from "./quantities.js";

/** @typedef {import("./axis.js").Axis} Axis */
/** @typedef {import("./flow.js").Flow} Flow */
/** @typedef {import("./flow.js").FlowLayer} FlowLayer */
/** @typedef {import("./quantities.js").Quantity} Quantity */
/** @typedef {import("./quantities.js").Reading} Reading */
/** @typedef {import("./quantities.js").Shown} Shown */
/**
 * @typedef {object} Series
 * @property {Reading[]} readings
 * @property {number[]} predicted not a number where theory has none
 * @property {number[] | null} clipped
 * @property {number[] | null} before the same before the last change
 * @property {Axis} axis
 */

/** A spread that goes down farther than this would leave the rest no room. */
const FARTHEST = 1e-3;

/**
 * @param {Flow} flow
 * @param {{shown: Shown, clip: import("./clip.js").Clip, entries: number, before?: Flow | null}} looking
 * @returns {Series}
 */
export function readSeries({ layers }, { shown, clip, entries, before = null }) {
  const quantity = QUANTITIES[shown];
  const readings = layers.map(quantity.read);
  const predicted = listPredicted(layers, quantity);
  const clipped = shown === "update" && clip.by !== "none" ? clipGradients(layers, entries, clip).after : null;
  const past = before?.layers.length === layers.length ? before.layers.map((layer) => quantity.read(layer).mean) : null;
  return { readings, predicted, clipped, before: past, axis: fitAxis([...listReach(readings, quantity), ...predicted, ...(clipped ?? []), ...(past ?? [])], quantity) };
}

/** @param {readonly FlowLayer[]} layers @param {Quantity} quantity */
export function listPredicted(layers, quantity) {
  return layers.map((layer) => toNumber(quantity.theory(layer)));
}

/**
 * What an axis has to hold of readings and how far they spread.
 * @param {readonly Reading[]} readings
 * @param {Quantity} quantity
 */
export function listReach(readings, { logarithmic, spread }) {
  const ends = readings.flatMap(({ mean, high }) => [mean, high]);
  if (!logarithmic) return [...ends, ...readings.map(({ low }) => low)];
  if (spread === "spread") return ends;
  const least = Math.max(...readings.map(({ mean }) => mean).filter(Number.isFinite)) * FARTHEST;
  return [...ends, ...readings.map(({ low }) => (Number.isFinite(low) ? Math.max(low, least) : low))];
}
