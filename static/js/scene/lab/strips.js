/** Under the bars: the singular values of each layer as a band, and what values and slopes do. */

import { fitDecades, listPowers, share } from "../../layout/lab/decades.js";
import { toNumber } from "../../layout/number.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/lab/flow.js").Flow} Flow */
/** @typedef {import("../../layout/lab/frame.js").Frame} Frame */

const TEXT = 12;
/** What a strip is called where there is room, and where there is little. */
const NAMES = /** @type {const} */ ({
  z_variance: ["variance z", "Var z"],
  a_variance: ["variance a", "Var a"],
  saturated: ["saturated", "satur."],
  dead: ["dead", "dead"],
});
const ROOMY = 90;

/** @typedef {keyof typeof NAMES} StripName */

/**
 * Largest, root mean square and smallest singular value of da by da of the layer below.
 * @param {Frame} frame
 * @param {Flow} flow
 * @param {number[]} grown
 * @returns {Mark[]}
 */
export function drawSpectrum(frame, { layers }, grown) {
  const row = frame.spectrum;
  if (!row) return [];
  const points = layers.map(({ singular_values: values }) => (values ? [toNumber(values.largest.mean), Math.sqrt(toNumber(values.mean_square.mean)), toNumber(values.smallest.mean)] : [NaN, NaN, NaN]));
  // Smallest ones that are nearly 0 would leave the others no room.
  const high = fitDecades(points.flatMap(([largest, mean]) => [largest, mean]), 1);
  const decades = { low: Math.max(fitDecades(points.flat(), 1).low, high.low - 3), high: high.high };
  const y = (/** @type {number} */ value) => row.bottom - (share(value, decades) || 0) * (row.bottom - row.top);
  const step = frame.step / 2;
  const known = points.flatMap((values, i) => (grown[i] > 0 && Number.isFinite(values[1]) ? [{ x: frame.x(i), values }] : []));
  const ends = known.flatMap(({ x, values }, at) => {
    // The band ends where its first and last layer do.
    const edges = [...(at === 0 ? [x - step * 0.66] : []), x, ...(at === known.length - 1 ? [x + step * 0.66] : [])];
    return edges.map((edge) => ({ x: edge, values }));
  });
  const line = (/** @type {number} */ which, /** @type {typeof ends} */ list) => list.map(({ x, values }) => `${write(x)} ${write(y(values[which]))}`).join("L");
  const one = y(1);
  const powers = listPowers(decades, 3);
  const narrow = frame.left < ROOMY;
  return [
    ...powers.map((power) => /** @type {Mark} */ ({ key: `spectrum:power:${power}`, shape: "text", x: frame.left - 10, y: y(10 ** power) + 4, text: power === 0 ? "1" : "10", ...(power === 0 ? {} : { raised: String(power).replace("-", "\u2212") }), size: TEXT - 1, anchor: "end", fill: "ink-2" })),
    { key: "spectrum:one", shape: "path", d: `M${frame.left} ${write(one)}H${frame.right}`, stroke: "ink-3", strokeWidth: 1, dash: "2 4", fill: "none" },
    ...(ends.length ? [
      /** @type {Mark} */ ({ key: "spectrum:band", shape: "path", d: `M${line(0, ends)}L${line(2, ends.toReversed())}Z`, fill: "backward", opacity: 0.16 }),
      /** @type {Mark} */ ({ key: "spectrum:largest", shape: "path", d: `M${line(0, ends)}`, stroke: "backward", strokeWidth: 1.25, fill: "none", opacity: 0.8 }),
      /** @type {Mark} */ ({ key: "spectrum:mean", shape: "path", d: `M${line(1, ends)}`, stroke: "backward", strokeWidth: 2.25, fill: "none" }),
    ] : []),
    { key: "spectrum:name", shape: "text", x: frame.left, y: row.top - 5, text: narrow ? "singular values of a layer" : "singular values of each layer: smallest to largest, root mean square", size: TEXT, fill: "ink-2", halo: "paper" },
  ];
}

/**
 * @param {Frame} frame
 * @param {Flow} flow
 * @param {number[]} grown
 * @returns {Mark[]}
 */
export function drawStrips(frame, { layers }, grown) {
  return frame.strips.flatMap(({ name, top, bottom }) => {
    const kind = /** @type {StripName} */ (name);
    const values = layers.map((layer) => (layer[kind] === null ? NaN : toNumber(layer[kind].mean)));
    const logarithmic = kind === "z_variance" || kind === "a_variance";
    const decades = fitDecades(values, 1);
    const at = (/** @type {number} */ value) => (logarithmic ? Math.max(0.04, share(value, decades)) : value);
    const fill = logarithmic ? "forward" : kind === "saturated" ? "update" : "negative";
    const bars = values.flatMap((value, i) => {
      if (grown[i] === 0 || Number.isNaN(value)) return [];
      const height = at(value) * (bottom - top) * grown[i];
      return height > 0 ? [/** @type {Mark} */ ({ key: `${name}:${i}`, shape: "rect", x: frame.x(i) - frame.bar / 2, y: bottom - height, width: frame.bar, height, rx: 1, fill })] : [];
    });
    return [
      /** @type {Mark} */ ({ key: `${name}:ground`, shape: "rect", x: frame.left, y: top, width: frame.right - frame.left, height: bottom - top, rx: 3, fill: "sink", opacity: 0.75 }),
      ...bars,
      /** @type {Mark} */ ({ key: `${name}:name`, shape: "text", x: frame.left - 10, y: (top + bottom) / 2 + 4, text: NAMES[kind][frame.left < ROOMY ? 1 : 0], size: TEXT, anchor: "end", fill: "ink-2" }),
    ];
  });
}

/** @param {number} value */
function write(value) {
  return Math.round(value * 100) / 100;
}
