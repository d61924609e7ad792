/** The gradient flow as a picture: bars that grow as the pass comes back, beside what theory says. */

import { clipGradients } from "../../layout/lab/clip.js";
import { fitDecades, listPowers, share } from "../../layout/lab/decades.js";
import { frameFlow, listNumbered } from "../../layout/lab/frame.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { drawSpectrum, drawStrips } from "./strips.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/lab/flow.js").Flow} Flow */
/** @typedef {import("../../layout/lab/frame.js").Frame} Frame */
/** @typedef {import("../../layout/lab/decades.js").Decades} Decades */
/** @typedef {"z" | "weights" | "update"} Shown what the bars are of */
/** @typedef {{means: number[], stds: number[], predicted: (number | null)[], clipped: number[] | null, decades: Decades}} Series */
/**
 * @typedef {object} Looking
 * @property {Shown} shown
 * @property {import("../../layout/lab/clip.js").Clip} clip
 * @property {number} entries weights in each layer
 * @property {number} playhead layers reached so far, from the last on
 * @property {number | null} selected index of a layer
 * @property {number | null} hover
 * @property {number} top where the bars may begin
 */

const TEXT = 12;

/**
 * What the bars are of, and an axis that holds all of it.
 * @param {Flow} flow
 * @param {Pick<Looking, "shown" | "clip" | "entries">} looking
 * @returns {Series}
 */
export function readSeries({ layers }, { shown, clip, entries }) {
  const summaries = layers.map((layer) => (shown === "z" ? layer.grad_z_rms : layer.grad_weight_rms));
  const means = summaries.map(({ mean }) => toNumber(mean));
  const stds = summaries.map(({ std }) => toNumber(std));
  const predicted = layers.map(({ predicted_grad_z_rms: value }) => (shown === "z" && value !== null ? toNumber(value) : null));
  const clipped = shown === "update" && clip.by !== "none" ? clipGradients(layers, entries, clip).after : null;
  const reach = means.map((mean, i) => mean + stds[i]);
  return { means, stds, predicted, clipped, decades: fitDecades([...means, ...reach, ...predicted, ...(clipped ?? [])]) };
}

/**
 * How far the bar of a layer has grown, from 0 to 1.
 * @param {number} index
 * @param {number} count
 * @param {number} playhead
 */
export function growth(index, count, playhead) {
  return Math.min(1, Math.max(0, playhead - (count - 1 - index)));
}

/**
 * @param {Flow} flow
 * @param {{width: number, height: number}} size
 * @param {Looking} looking
 * @returns {Mark[]}
 */
export function sceneFlow(flow, size, looking) {
  const { layers } = flow;
  const frame = frameFlow(layers.length, size, { spectrum: layers[0].singular_values !== null, top: looking.top });
  const series = readSeries(flow, looking);
  const grown = layers.map((_, i) => growth(i, layers.length, looking.playhead));
  return [
    ...drawColumns(frame, size, looking, layers.length),
    ...drawAxis(frame, series.decades),
    ...drawBars(frame, series, grown),
    ...drawPrediction(frame, series),
    ...drawBead(frame, series, looking.playhead),
    ...drawValues(frame, series, grown, looking),
    ...drawNumbers(frame, layers.length),
    ...drawSpectrum(frame, flow, grown),
    ...drawStrips(frame, flow, grown),
    ...drawHandles(frame, size, flow, series, grown),
  ];
}

/** @param {Frame} frame @param {Decades} decades @param {number} value */
function y({ bars: { top, bottom } }, decades, value) {
  const at = share(value, decades);
  return Number.isNaN(at) ? bottom : bottom - at * (bottom - top);
}

/** The chosen layer and the one under the pointer have a ground. @param {Frame} frame @param {{height: number}} size @param {Looking} looking @param {number} count @returns {Mark[]} */
function drawColumns(frame, { height }, { selected, hover }, count) {
  const wide = Math.max(frame.step, 8);
  const column = (/** @type {string} */ key, /** @type {number | null} */ index, /** @type {number} */ opacity) =>
    index === null || index >= count ? [] : [/** @type {Mark} */ ({ key, shape: "rect", x: frame.x(index) - wide / 2, y: frame.bars.top - 12, width: wide, height: height - frame.bars.top + 4, rx: 6, fill: "backward-tint", opacity })];
  return [...column("column:hover", hover === selected ? null : hover, 0.55), ...column("column:selected", selected, 1)];
}

/** @param {Frame} frame @param {Decades} decades @returns {Mark[]} */
function drawAxis(frame, decades) {
  const powers = listPowers(decades, Math.max(2, Math.floor((frame.bars.bottom - frame.bars.top) / 34)));
  const lines = powers.map((power) => `M${frame.left} ${round(y(frame, decades, 10 ** power))}H${frame.right}`);
  return [
    { key: "grid", shape: "path", d: lines.join(""), stroke: "rule", strokeWidth: 1, fill: "none" },
    ...powers.map((power) => {
      const at = { x: frame.left - 10, y: y(frame, decades, 10 ** power) + 4, size: TEXT, fill: "ink-2", anchor: /** @type {const} */ ("end") };
      const plain = power >= -2 && power <= 3;
      return /** @type {Mark} */ ({ key: `power:${power}`, shape: "text", ...at, text: plain ? String(10 ** power).replace("0.010", "0.01") : "10", ...(plain ? {} : { raised: String(power).replace("-", "\u2212") }) });
    }),
  ];
}

/** @param {Frame} frame @param {Series} series @param {number[]} grown @returns {Mark[]} */
function drawBars(frame, { means, stds, clipped, decades }, grown) {
  const { bottom } = frame.bars;
  const rx = Math.min(3, frame.bar / 3);
  return means.flatMap((mean, i) => {
    const left = frame.x(i) - frame.bar / 2;
    /** @type {Mark[]} */
    const marks = [];
    if (grown[i] === 0) {
      marks.push({ key: `hollow:${i}`, shape: "rect", x: left, y: bottom - 3, width: frame.bar, height: 3, rx: 1, fill: "rule" });
      return marks;
    }
    if (Number.isNaN(mean)) return [{ key: `broken:${i}`, shape: "rect", x: left, y: frame.bars.top, width: frame.bar, height: bottom - frame.bars.top, rx, fill: "none", stroke: "negative", strokeWidth: 1.5, dash: "3 3" }];
    const height = (bottom - y(frame, decades, mean)) * grown[i];
    const ghost = clipped !== null;
    if (height > 0) marks.push({ key: `bar:${i}`, shape: "rect", x: left, y: bottom - height, width: frame.bar, height, rx, fill: ghost ? "update-tint" : "backward", stroke: ghost ? "update" : undefined, strokeWidth: ghost ? 1 : undefined });
    else marks.push({ key: `zero:${i}`, shape: "rect", x: left, y: bottom - 3, width: frame.bar, height: 3, rx: 1, fill: "none", stroke: "backward", strokeWidth: 1 });
    if (clipped) {
      const after = (bottom - y(frame, decades, clipped[i])) * grown[i];
      marks.push({ key: `clipped:${i}`, shape: "rect", x: left, y: bottom - after, width: frame.bar, height: Math.max(after, 0), rx, fill: "update" });
    }
    if (grown[i] === 1 && stds[i] > 0 && Number.isFinite(stds[i])) marks.push({ key: `spread:${i}`, shape: "path", d: drawWhisker(frame, decades, i, mean, stds[i]), stroke: "ink", strokeWidth: frame.step < 9 ? 1 : 1.5, fill: "none", opacity: 0.75 });
    return marks;
  });
}

/** @param {Frame} frame @param {Decades} decades @param {number} i @param {number} mean @param {number} std */
function drawWhisker(frame, decades, i, mean, std) {
  const x = round(frame.x(i));
  const half = Math.min(5, frame.bar / 2);
  const [high, middle] = [mean + std, mean].map((value) => round(y(frame, decades, value)));
  // A spread as large as the mean has no lower end on a logarithmic axis.
  if (mean <= std) return `M${x} ${middle}V${high}M${x - half} ${high}H${x + half}`;
  const low = round(y(frame, decades, mean - std));
  return `M${x} ${low}V${high}M${x - half} ${high}H${x + half}M${x - half} ${low}H${x + half}`;
}

/** @param {Frame} frame @param {Series} series @returns {Mark[]} */
function drawPrediction(frame, { predicted, decades }) {
  let open = false;
  let d = "";
  predicted.forEach((value, i) => {
    const known = value !== null && Number.isFinite(value) && value > 0;
    if (known) d += `${open ? "L" : "M"}${round(frame.x(i))} ${round(y(frame, decades, value))}`;
    open = known;
  });
  if (d === "") return [];
  return [
    { key: "theory:ground", shape: "path", d, stroke: "paper", strokeWidth: 5, fill: "none", opacity: 0.8 },
    { key: "theory", shape: "path", d, stroke: "forward", strokeWidth: 2.5, fill: "none" },
  ];
}

/** What is under way: from the top of one bar to the top of the next. @param {Frame} frame @param {Series} series @param {number} playhead @returns {Mark[]} */
function drawBead(frame, { means, decades }, playhead) {
  const count = means.length;
  if (playhead <= 0 || playhead >= count) return [];
  const to = Math.max(0, count - 1 - Math.floor(playhead));
  const u = playhead - Math.floor(playhead);
  const from = Math.min(count - 1, to + 1);
  const place = (/** @type {number} */ i) => ({ x: frame.x(i), y: y(frame, decades, means[i]) });
  const [a, b] = [to + 1 > count - 1 ? { x: frame.right + 8, y: y(frame, decades, 1) } : place(from), place(to)];
  const at = { x: a.x + (b.x - a.x) * u, y: a.y + (b.y - a.y) * u };
  return [
    { key: "bead:halo", shape: "circle", ...at, r: 12, fill: "backward", opacity: 0.2 },
    { key: "bead", shape: "circle", ...at, r: 6, fill: "backward", stroke: "paper", strokeWidth: 2 },
  ];
}

/** Numbers over bars, as many as there is room for. @param {Frame} frame @param {Series} series @param {number[]} grown @param {Looking} looking @returns {Mark[]} */
function drawValues(frame, { means, stds, decades }, grown, { selected, hover }) {
  const roomy = frame.step >= 46;
  const last = means.length - 1;
  const chosen = [hover, selected].filter((i) => i !== null);
  const ends = [0, last].filter((i) => !chosen.some((other) => Math.abs(other - i) * frame.step < 60));
  const wanted = roomy ? means.map((_, i) => i) : [...new Set([...chosen, ...ends])];
  return wanted.filter((i) => i <= last && grown[i] === 1).map((i) => {
    const top = y(frame, decades, Number.isFinite(stds[i]) ? means[i] + stds[i] : means[i]);
    const x = Math.min(frame.right - 20, Math.max(frame.left + 20, frame.x(i)));
    return { key: `value:${i}`, shape: "text", x, y: Math.max(frame.bars.top - 2, top - 8), text: formatNumber(toShort(means[i]), { digits: 2 }), size: TEXT, weight: chosen.includes(i) ? 700 : 600, anchor: "middle", fill: "ink", halo: chosen.includes(i) ? "backward-tint" : "paper" };
  });
}

/** @param {Frame} frame @param {number} count @returns {Mark[]} */
function drawNumbers(frame, count) {
  const at = frame.bars.bottom + 18;
  return [
    { key: "ground", shape: "path", d: `M${frame.left} ${frame.bars.bottom}H${frame.right}`, stroke: "ink-3", strokeWidth: 1, fill: "none" },
    { key: "layer", shape: "text", x: frame.left - 10, y: at, text: "layer", size: TEXT, anchor: "end", fill: "ink-2" },
    ...listNumbered(count, frame.step).map((i) => /** @type {Mark} */ ({ key: `number:${i}`, shape: "text", x: frame.x(i), y: at, text: String(i + 1), size: TEXT, anchor: "middle", fill: "ink-2" })),
  ];
}

/** @param {Frame} frame @param {{height: number}} size @param {Flow} flow @param {Series} series @param {number[]} grown @returns {Mark[]} */
function drawHandles(frame, { height }, { layers }, { means }, grown) {
  const wide = Math.max(frame.step, 2);
  return layers.map((layer, i) => {
    const said = grown[i] === 1 ? `gradient ${formatNumber(means[i])}` : "not reached yet";
    const factor = grown[i] === 1 && layer.measured_factor !== null ? `, ${formatNumber(Math.sqrt(toNumber(layer.measured_factor)))} times that of the layer after it` : "";
    return { key: `handle:${i}`, shape: "rect", x: frame.x(i) - wide / 2, y: frame.bars.top - 12, width: wide, height: height - frame.bars.top + 4, rx: 6, fill: "transparent", tone: "handle", id: String(i), label: `Layer ${i + 1}: ${said}${factor}` };
  });
}

/** Two digits are enough over a bar. @param {number} value */
function toShort(value) {
  return Number.isFinite(value) ? Number(value.toPrecision(2)) : value;
}

/** @param {number} value */
export function round(value) {
  return Math.round(value * 100) / 100;
}
