/** The bars of the layers: how high, how sure, what theory says, what was before. */

import { place } from "../../layout/lab/axis.js";
import { NONE } from "../../layout/lab/quantities.js";
import { formatNumber } from "../../layout/number.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/lab/axis.js").Axis} Axis */
/** @typedef {import("../../layout/lab/frame.js").Frame} Frame */
/** @typedef {import("../../layout/lab/series.js").Series} Series */
/** @typedef {Pick<import("../../layout/lab/quantities.js").Quantity, "phase" | "spread">} Kind */

const TEXT = 12;

/** @param {Frame} frame @param {Axis} axis @param {number} value */
export function y({ bars: { top, bottom } }, axis, value) {
  const at = place(value, axis);
  return Number.isNaN(at) ? bottom : bottom - at * (bottom - top);
}

/** Where bars stand. @param {Frame} frame @param {Axis} axis */
export function groundOf(frame, axis) {
  return axis.logarithmic ? frame.bars.bottom : y(frame, axis, 0);
}

/** @param {Frame} frame @param {Series} series @param {number[]} grown @param {Kind} kind @returns {Mark[]} */
export function drawBars(frame, { readings, clipped, axis }, grown, { phase, spread }) {
  const ground = groundOf(frame, axis);
  const { top, bottom } = frame.bars;
  const rx = Math.min(3, frame.bar / 3);
  return readings.flatMap((reading, i) => {
    const { mean, low, high } = reading;
    const left = frame.x(i) - frame.bar / 2;
    const rect = (/** @type {string} */ key, /** @type {number} */ value, /** @type {Partial<Mark>} */ look) => {
      const height = (ground - y(frame, axis, value)) * grown[i];
      return /** @type {Mark} */ ({ key: `${key}:${i}`, shape: "rect", x: left, y: Math.min(ground, ground - height), width: frame.bar, height: Math.abs(height), rx, ...look });
    };
    if (grown[i] === 0) return [/** @type {Mark} */ ({ key: `hollow:${i}`, shape: "rect", x: left, y: ground - 3, width: frame.bar, height: 3, rx: 1, fill: "rule" })];
    if (reading === NONE) return [];
    if (Number.isNaN(mean)) return [/** @type {Mark} */ ({ key: `broken:${i}`, shape: "rect", x: left, y: top, width: frame.bar, height: bottom - top, rx, fill: "none", stroke: "negative", strokeWidth: 1.5, dash: "3 3" })];
    if (spread !== "spread") return drawRange(frame, axis, i, reading, grown[i], phase);
    /** @type {Mark[]} */
    const marks = [];
    const bar = rect("bar", mean, clipped ? { fill: "update-tint", stroke: "update", strokeWidth: 1 } : { fill: phase });
    if (bar.height) marks.push(bar);
    else marks.push({ key: `zero:${i}`, shape: "rect", x: left, y: ground - 3, width: frame.bar, height: 3, rx: 1, fill: "none", stroke: phase, strokeWidth: 1 });
    if (clipped) marks.push(rect("clipped", clipped[i], { fill: "update" }));
    if (grown[i] === 1 && high > low && Number.isFinite(high - low)) marks.push({ key: `spread:${i}`, shape: "path", d: drawWhisker(frame, axis, i, { mean, low, high }), stroke: "ink", strokeWidth: frame.step < 9 ? 1 : 1.5, fill: "none", opacity: 0.75 });
    return marks;
  });
}

/** From the lowest to the highest, with the mean on it. @param {Frame} frame @param {Axis} axis @param {number} i @param {import("../../layout/lab/quantities.js").Reading} reading @param {number} grown @param {string} fill @returns {Mark[]} */
function drawRange(frame, axis, i, { mean, low, high }, grown, fill) {
  const [above, middle, below] = [high, mean, Math.max(low, 0)].map((value) => y(frame, axis, value));
  const rect = (/** @type {string} */ key, /** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ opacity) =>
    /** @type {Mark} */ ({ key: `${key}:${i}`, shape: "rect", x: frame.x(i) - frame.bar / 2, y: from, width: frame.bar, height: Math.max(0, to - from), rx: 2, fill, opacity: opacity * grown });
  return [rect("range", above, below, 0.25), rect("bar", middle - 1.5, middle + 1.5, 1)];
}

/** @param {Frame} frame @param {Axis} axis @param {number} i @param {import("../../layout/lab/quantities.js").Reading} reading */
function drawWhisker(frame, axis, i, { mean, low, high }) {
  const x = round(frame.x(i));
  const half = Math.min(5, frame.bar / 2);
  const [above, middle] = [high, mean].map((value) => round(y(frame, axis, value)));
  // A spread as large as the mean has no lower end on a logarithmic axis.
  if (axis.logarithmic && low <= 0) return `M${x} ${middle}V${above}M${x - half} ${above}H${x + half}`;
  const below = round(y(frame, axis, low));
  return `M${x} ${below}V${above}M${x - half} ${above}H${x + half}M${x - half} ${below}H${x + half}`;
}

/** @param {Frame} frame @param {Series} series @param {Kind} kind @returns {Mark[]} */
export function drawPrediction(frame, { predicted, axis }, { phase }) {
  const d = join(frame, axis, predicted);
  if (d === "") return [];
  return [
    { key: "theory:ground", shape: "path", d, stroke: "paper", strokeWidth: 4.5, fill: "none", opacity: 0.65 },
    { key: "theory", shape: "path", d, stroke: phase === "forward" ? "ink" : "forward", strokeWidth: 2.5, fill: "none" },
  ];
}

/** What was before the last change, to see what it does. @param {Frame} frame @param {Series} series @returns {Mark[]} */
export function drawBefore(frame, { before, axis }) {
  const d = before ? join(frame, axis, before) : "";
  if (d === "") return [];
  return [
    { key: "before:ground", shape: "path", d, stroke: "paper", strokeWidth: 4, fill: "none", opacity: 0.7 },
    { key: "before", shape: "path", d, stroke: "ink-3", strokeWidth: 2, dash: "2 4", fill: "none" },
  ];
}

/** A line over the layers that has gaps where there are no numbers. @param {Frame} frame @param {Axis} axis @param {readonly number[]} values */
function join(frame, axis, values) {
  let open = false;
  let d = "";
  values.forEach((value, i) => {
    const known = Number.isFinite(value) && (value > 0 || !axis.logarithmic);
    if (known) d += `${open ? "L" : "M"}${round(frame.x(i))} ${round(y(frame, axis, value))}`;
    open = known;
  });
  return d.includes("L") ? d : "";
}

/** What is under way: from the top of one bar to the top of the next. @param {Frame} frame @param {Series} series @param {number} playhead @param {Kind} kind @returns {Mark[]} */
export function drawBead(frame, { readings, axis }, playhead, { phase }) {
  const count = readings.length;
  if (phase !== "backward" || playhead <= 0 || playhead >= count) return [];
  const to = Math.max(0, count - 1 - Math.floor(playhead));
  const u = playhead - Math.floor(playhead);
  const from = Math.min(count - 1, to + 1);
  const placeOf = (/** @type {number} */ i) => ({ x: frame.x(i), y: y(frame, axis, readings[i].mean) });
  const [a, b] = [to + 1 > count - 1 ? { x: frame.right + 8, y: y(frame, axis, 1) } : placeOf(from), placeOf(to)];
  const at = { x: a.x + (b.x - a.x) * u, y: a.y + (b.y - a.y) * u };
  return [
    { key: "bead:halo", shape: "circle", ...at, r: 12, fill: "backward", opacity: 0.2 },
    { key: "bead", shape: "circle", ...at, r: 6, fill: "backward", stroke: "paper", strokeWidth: 2 },
  ];
}

/**
 * Numbers over bars, as many as there is room for, over whatever else ends there.
 * @param {Frame} frame @param {Series} series @param {number[]} grown
 * @param {{selected: number | null, hover: number | null}} looking @returns {Mark[]}
 */
export function drawValues(frame, { readings, predicted, axis }, grown, { selected, hover }) {
  const roomy = frame.step >= 46;
  const last = readings.length - 1;
  const chosen = [hover, selected].filter((i) => i !== null);
  const ends = [0, last].filter((i) => !chosen.some((other) => Math.abs(other - i) * frame.step < 60));
  const wanted = roomy ? readings.map((_, i) => i) : [...new Set([...chosen, ...ends])];
  const near = Math.ceil(20 / frame.step);
  return wanted.filter((i) => i <= last && grown[i] === 1 && !Number.isNaN(readings[i].mean)).map((i) => {
    const tops = readings.slice(Math.max(0, i - near), i + near + 1).flatMap(({ mean, high }, at) => [mean, high, predicted[Math.max(0, i - near) + at]]);
    const top = Math.min(...(roomy ? [readings[i].mean, readings[i].high, predicted[i]] : tops).filter(Number.isFinite).map((value) => y(frame, axis, value)), groundOf(frame, axis));
    const x = Math.min(frame.right - 20, Math.max(frame.left + 20, frame.x(i)));
    return { key: `value:${i}`, shape: "text", x, y: Math.max(frame.bars.top - 2, top - 8), text: formatNumber(toShort(readings[i].mean), { digits: 2 }), size: TEXT, weight: chosen.includes(i) ? 700 : 600, anchor: "middle", fill: "ink", halo: chosen.includes(i) ? "backward-tint" : "paper" };
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
