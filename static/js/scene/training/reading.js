/** What a number on the plane means: a side, a class, or a height. */

import { formatNumber } from "../../layout/number.js";
import { chooseEncoding } from "../../state/training/setup.js";

/** @typedef {import("../../state/training/setup.js").Samples} Samples */
/** @typedef {import("../../state/training/setup.js").Catalog} Catalog */
/** @typedef {import("../../state/training/maps.js").Map2} Map2 */
/**
 * `share` maps an output to -1 (first class, or lowest) to 1.
 * @typedef {{kind: "sides" | "classes" | "numbers", share: (value: number) => number}} Reading
 */

/**
 * @param {any} spec
 * @param {Samples} samples
 * @param {Catalog} catalog
 * @returns {Reading}
 */
export function readOutputs(spec, samples, catalog) {
  const encoding = chooseEncoding(spec, samples, catalog);
  if (encoding === "one_hot") return { kind: "classes", share: (value) => value };
  if (encoding === "numbers") {
    const [low, high] = rangeOf(samples.targets.flat(Infinity));
    return { kind: "numbers", share: (value) => (2 * (value - low)) / (high - low || 1) - 1 };
  }
  const name = typeof spec.loss === "string" ? spec.loss : spec.loss.name;
  const boundary = catalog.losses.find((loss) => loss.name === name)?.boundary ?? null;
  const [low, high] = encoding === "signs" ? [-1, 1] : [0, 1];
  // A logit: twice its sigmoid less one.
  if (boundary !== null && encoding === "zero_one") return { kind: "sides", share: (value) => Math.tanh((value - boundary) / 2) };
  return { kind: "sides", share: (value) => (2 * (value - low)) / (high - low) - 1 };
}

/**
 * How the outputs of a recurrent network are read and drawn.
 * @param {any} spec
 * @param {Samples} samples
 * @param {Catalog} catalog
 * @returns {import("./said.js").How}
 */
export function readSequences(spec, samples, catalog) {
  const reading = readOutputs(spec, samples, catalog);
  const name = typeof spec.loss === "string" ? spec.loss : spec.loss.name;
  const shares = catalog.losses.find((loss) => loss.name === name)?.targets === "distribution";
  const ends = reading.kind === "numbers" ? rangeOf(samples.targets.flat(Infinity)).map((value) => formatNumber(value)) : samples.classes;
  return { ...reading, classes: samples.classes, shares, low: ends[0], high: ends[1] };
}

/** @param {any[]} values @returns {[number, number]} */
function rangeOf(values) {
  return [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
}

/**
 * What a hidden unit says, from -1 to 1 of the most it says anywhere on the map.
 * @param {Map2} map
 * @returns {(value: number) => number}
 */
export function readUnit({ values }) {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  // What hardly says anything should look like it.
  const scale = Math.max(most, 0.25);
  return (value) => value / scale;
}
