/** Under the bars: the singular values of each layer as a band, and what values and slopes do. */

import { writePower } from "../../layout/lab/axis.js";
import { fitDecades, listPowers, share } from "../../layout/lab/decades.js";
import { formatNumber, toNumber } from "../../layout/number.js";

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
  const powers = listPowers(decades, 4);
  const narrow = frame.left < ROOMY;
  return [
    ...powers.map((power) => /** @type {Mark} */ ({ key: `spectrum:power:${power}`, shape: "text", x: frame.left - 10, y: y(10 ** power) + 4, ...writePower(power), size: TEXT - 1, anchor: "end", fill: "ink-2" })),
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
 * @param {{selected: number | null, hover: number | null}} looking whose numbers are written
 * @returns {Mark[]}
 */
export function drawStrips(frame, { layers }, grown, { selected, hover }) {
  const chosen = [...new Set([hover, selected])].filter((i) => i !== null && i < layers.length && grown[i] === 1);
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
      return height > 0 ? [/** @type {Mark} */ ({ key: `${name}:${i}`, shape: "rect", x: frame.x(i) - frame.bar / 2, y: bottom - height, width: frame.bar, height, rx: 1, fill, opacity: chosen.length && !chosen.includes(i) ? 0.35 : undefined })] : [];
    });
    return [
      /** @type {Mark} */ ({ key: `${name}:ground`, shape: "rect", x: frame.left, y: top, width: frame.right - frame.left, height: bottom - top, rx: 3, fill: "sink", opacity: 0.75 }),
      ...bars,
      ...chosen.flatMap((i) => drawNumber(frame, kind, { top, bottom }, Number(i), values[Number(i)])),
      /** @type {Mark} */ ({ key: `${name}:name`, shape: "text", x: frame.left - 10, y: (top + bottom) / 2 + 4, text: NAMES[kind][frame.left < ROOMY ? 1 : 0], size: TEXT, anchor: "end", fill: "ink-2" }),
    ];
  });
}

/** Beside the bar of the chosen layer. @param {Frame} frame @param {StripName} kind @param {{top: number, bottom: number}} strip @param {number} i @param {number} value @returns {Mark[]} */
function drawNumber(frame, kind, { top, bottom }, i, value) {
  if (Number.isNaN(value)) return [];
  const fits = frame.x(i) + frame.bar / 2 + 52 < frame.right;
  const text = kind === "saturated" || kind === "dead" ? `${formatNumber(value * 100)}\u00a0%` : formatNumber(value);
  const aside = frame.bar / 2 + 5;
  return [{ key: `${kind}:value:${i}`, shape: "text", x: frame.x(i) + (fits ? aside : -aside), y: (top + bottom) / 2 + 4, text, size: TEXT - 1, weight: 650, anchor: fits ? "start" : "end", fill: "ink", halo: "sink" }];
}

/** @param {number} value */
function write(value) {
  return Math.round(value * 100) / 100;
}
