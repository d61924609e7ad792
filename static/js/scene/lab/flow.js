/** The gradient flow as a picture: bars that grow as the pass comes back, beside what theory says. */

import { listAxisTicks, listBetween } from "../../layout/lab/axis.js";
import { frameFlow, listNumbered } from "../../layout/lab/frame.js";
import { NONE, QUANTITIES } from "../../layout/lab/quantities.js";
import { readSeries } from "../../layout/lab/series.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { drawBars, drawBead, drawBefore, drawPrediction, drawValues, groundOf, round, y } from "./bars.js";
import { drawSpectrum, drawStrips } from "./strips.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/lab/flow.js").Flow} Flow */
/** @typedef {import("../../layout/lab/frame.js").Frame} Frame */
/** @typedef {import("../../layout/lab/series.js").Series} Series */
/** @typedef {import("../../layout/lab/quantities.js").Shown} Shown */
/**
 * @typedef {object} Looking
 * @property {Shown} shown what the bars are of
 * @property {import("../../layout/lab/clip.js").Clip} clip
 * @property {number} entries weights in each layer
 * @property {Flow | null} [before] what was measured before the last change
 * @property {boolean} [quick] whether singular values are still to come
 * @property {number} playhead layers reached so far, from the last on
 * @property {number | null} selected index of a layer
 * @property {number | null} hover
 * @property {number} top where the bars may begin
 */

const TEXT = 12;

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
  const quantity = QUANTITIES[looking.shown];
  const spectrum = looking.shown !== "stretch" && (looking.quick === true || layers[0].singular_values !== null);
  const frame = frameFlow(layers.length, size, { spectrum, top: looking.top });
  const series = readSeries(flow, looking);
  const grown = layers.map((_, i) => growth(i, layers.length, looking.playhead));
  return [
    ...drawColumns(frame, size, looking, layers.length),
    ...drawAxis(frame, series, looking.shown === "factor" ? 1 : null),
    ...drawBars(frame, series, grown, quantity),
    ...drawBefore(frame, series),
    ...drawPrediction(frame, series, quantity),
    ...drawBead(frame, series, looking.playhead, quantity),
    ...drawValues(frame, series, grown, looking),
    ...drawNumbers(frame, series, layers.length),
    ...drawSpectrum(frame, flow, grown),
    ...drawStrips(frame, flow, grown, looking),
    ...drawHandles(frame, size, flow, series, grown, looking.shown),
  ];
}

/** The chosen layer and the one under the pointer have a ground. @param {Frame} frame @param {{height: number}} size @param {Looking} looking @param {number} count @returns {Mark[]} */
function drawColumns(frame, { height }, { selected, hover }, count) {
  const wide = Math.max(frame.step, 8);
  const column = (/** @type {string} */ key, /** @type {number | null} */ index, /** @type {number} */ opacity) =>
    index === null || index >= count ? [] : [/** @type {Mark} */ ({ key, shape: "rect", x: frame.x(index) - wide / 2, y: frame.bars.top - 12, width: wide, height: height - frame.bars.top + 4, rx: 6, fill: "backward-tint", opacity })];
  return [...column("column:hover", hover === selected ? null : hover, 0.55), ...column("column:selected", selected, 1)];
}

/** @param {Frame} frame @param {Series} series @param {number | null} level a value to point out @returns {Mark[]} */
function drawAxis(frame, { axis }, level) {
  const ticks = listAxisTicks(axis, Math.max(2, Math.floor((frame.bars.bottom - frame.bars.top) / 34)));
  const line = (/** @type {number} */ value) => `M${frame.left} ${round(y(frame, axis, value))}H${frame.right}`;
  return [
    { key: "grid:between", shape: "path", d: listBetween(axis).map(line).join(""), stroke: "rule", strokeWidth: 1, fill: "none", opacity: 0.45 },
    { key: "grid", shape: "path", d: ticks.map(({ at }) => line(at)).join(""), stroke: "rule", strokeWidth: 1, fill: "none" },
    ...(level === null ? [] : [/** @type {Mark} */ ({ key: "level", shape: "path", d: line(level), stroke: "ink-3", strokeWidth: 1.25, dash: "2 4", fill: "none" })]),
    ...ticks.map(({ at, text, raised }) => /** @type {Mark} */ ({ key: `tick:${at}`, shape: "text", x: frame.left - 10, y: y(frame, axis, at) + 4, size: TEXT, fill: "ink-2", anchor: "end", text, raised })),
  ];
}

/** @param {Frame} frame @param {Series} series @param {number} count @returns {Mark[]} */
function drawNumbers(frame, { axis }, count) {
  const at = frame.bars.bottom + 18;
  return [
    { key: "ground", shape: "path", d: `M${frame.left} ${round(groundOf(frame, axis))}H${frame.right}`, stroke: "ink-3", strokeWidth: 1, fill: "none" },
    { key: "layer", shape: "text", x: frame.left - 10, y: at, text: "layer", size: TEXT, anchor: "end", fill: "ink-2" },
    ...listNumbered(count, frame.step).map((i) => /** @type {Mark} */ ({ key: `number:${i}`, shape: "text", x: frame.x(i), y: at, text: String(i + 1), size: TEXT, anchor: "middle", fill: "ink-2" })),
  ];
}

/** @param {Frame} frame @param {{height: number}} size @param {Flow} flow @param {Series} series @param {number[]} grown @param {Shown} shown @returns {Mark[]} */
function drawHandles(frame, { height }, { layers }, { readings }, grown, shown) {
  const wide = Math.max(frame.step, 2);
  return layers.map((layer, i) => {
    const factor = shown === "z" && layer.measured_factor !== null ? `, ${formatNumber(Math.sqrt(toNumber(layer.measured_factor)))} times that of the layer after it` : "";
    const said = `${shown === "z" ? "gradient" : QUANTITIES[shown].text} ${readings[i] === NONE ? "is not known" : formatNumber(readings[i].mean)}${factor}`;
    return { key: `handle:${i}`, shape: "rect", x: frame.x(i) - wide / 2, y: frame.bars.top - 12, width: wide, height: height - frame.bars.top + 4, rx: 6, fill: "transparent", tone: "handle", id: String(i), label: `Layer ${i + 1}: ${grown[i] === 1 ? said : "not reached yet"}` };
  });
}
