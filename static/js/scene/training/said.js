/** What a recurrent network says of sequences: in words, and as marks that change with every frame. */

import { formatNumber } from "../../layout/number.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/sequences.js").SequencesLayout} Layout */
/** @typedef {import("../../layout/layout.js").Box} Box */
/**
 * One sequence and what the network says of it. `said` is null where nothing is known yet, and so
 * are the steps that have no output.
 * @typedef {{row: number, heldOut: boolean, inputs: number[][], targets: (number[] | null)[], labels: number[] | null,
 *   said: (number[] | null)[] | null}} Told
 */
/** @typedef {import("./reading.js").Reading & {classes: string[], shares: boolean, low: string, high: string}} How */

/** How much of its box a line takes. */
export const INSIDE = 0.8;

/** A step in words: input, target and prediction. @param {Told} one @param {number} t @param {How} how @param {string[]} names */
export function tellStep(one, t, how, names) {
  const [target, said] = [writeTarget(one, t, how), writeSaid(one, t, how)];
  return `${writeInput(one, t, names)}${target === null ? "" : `, target ${target}`}${said === null ? "" : `, prediction ${said}`}`;
}

/** @param {Told} one @param {number} t @param {string[]} names */
export function writeInput({ inputs }, t, names) {
  const row = inputs[t];
  const hot = row.length > 2 && row.filter((value) => value === 1).length === 1 && row.every((value) => value === 0 || value === 1);
  return hot ? names[row.indexOf(1)] : row.map((value, k) => `${names[k]} ${formatNumber(value)}`).join(", ");
}

/** @param {Told} one @param {number} t @param {How} how @returns {string | null} */
export function writeTarget({ targets, labels }, t, { kind, classes }) {
  const target = targets[t];
  return target === null || target === undefined ? null : kind === "numbers" || labels === null ? target.map((value) => formatNumber(value)).join(", ") : classes[labels[t]];
}

/** @param {Told} one @param {number} t @param {How} how @returns {string | null} */
export function writeSaid({ said }, t, how) {
  const values = said?.[t];
  if (!values) return null;
  if (how.kind === "numbers") return values.map((value) => formatNumber(value)).join(", ");
  const chances = spread(values, how);
  const best = chances.indexOf(Math.max(...chances));
  return best < 0 ? "none" : `${how.classes[best]} (${Math.round(100 * chances[best])} %)`;
}

/** What a step's outputs say of each class. @param {number[]} values @param {How} how @returns {number[]} */
function spread(values, how) {
  if (how.kind === "sides") {
    const high = Math.min(1, Math.max(0, (how.share(values[0]) + 1) / 2));
    return [1 - high, high];
  }
  return how.shares ? softmax(values) : values.map((value) => Math.min(1, Math.max(0, value)));
}

/** @param {number[]} values */
function softmax(values) {
  const most = Math.max(...values);
  const powers = values.map((value) => Math.exp(value - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((value) => value / sum);
}

/**
 * What the network says now, which changes with every frame and goes to the canvas.
 * @param {Layout} layout
 * @param {Told[]} told
 * @param {How} how
 * @returns {Mark[]}
 */
export function sceneSaid(layout, told, how) {
  return told.flatMap((one, at) => {
    const strip = layout.strips[at];
    return !strip || !one.said ? [] : how.kind === "classes" ? markWrong(one, at, strip.output, layout.pitch, how) : drawLine(one, at, strip.output, layout.pitch, how);
  });
}

/** @param {Told} one @param {number} at @param {Box} output @param {number} pitch @param {How} how @returns {Mark[]} */
function drawLine(one, at, output, pitch, how) {
  const left = output.x - output.w / 2;
  const gaps = /** @type {Mark[]} */ ([]);
  const dots = /** @type {Mark[]} */ ([]);
  /** @type {number[]} */
  const line = [];
  one.inputs.forEach((_, t) => {
    const [said, target] = [one.said?.[t], one.targets[t]];
    if (!said || target === null || !Number.isFinite(said[0])) return;
    const [share, wanted] = [how.share(said[0]), shareOf(target, one, t, how)];
    const [x, y] = [left + (t + 0.5) * pitch, heightOf(share, output)];
    const wrong = how.kind === "sides" && Math.sign(share) !== Math.sign(wanted);
    gaps.push({ key: `gap:${at}:${t}`, shape: "curve", curve: straight(x, heightOf(wanted, output), x, y), stroke: "loss", strokeWidth: 1.5, opacity: 0.6, fill: "none" });
    dots.push({ key: `dot:${at}:${t}`, shape: "circle", x, y, r: Math.min(4, pitch / 3) + (wrong ? 1 : 0), fill: wrong ? "negative" : "forward" });
    if (line.length === 0) line.push(x, y);
    else line.push(...straight(line[line.length - 2], line[line.length - 1], x, y).slice(2));
  });
  const joined = /** @type {Mark[]} */ (line.length > 2 ? [{ key: `line:${at}`, shape: "curve", curve: line, stroke: "forward", strokeWidth: 2, opacity: 0.75, fill: "none" }] : []);
  return [...gaps, ...joined, ...dots];
}

/** @param {Told} one @param {number} at @param {Box} output @param {number} pitch @param {How} how @returns {Mark[]} */
function markWrong(one, at, output, pitch, how) {
  const tall = output.h / how.classes.length;
  return one.inputs.flatMap((_, t) => {
    const said = one.said?.[t];
    if (!said || one.labels === null || one.targets[t] === null) return [];
    const best = said.indexOf(Math.max(...said));
    if (best === one.labels[t] || best < 0) return [];
    return /** @type {Mark[]} */ ([{ key: `wrong:${at}:${t}`, shape: "rect", x: output.x - output.w / 2 + t * pitch + 1.5, y: output.y - output.h / 2 + best * tall + 1.5, width: Math.max(1, pitch - 3), height: Math.max(1, tall - 3), fill: "none", stroke: "negative", strokeWidth: 1.5 }]);
  });
}

/**
 * What the outputs say of each class at each step, row by row; steps without an output say nothing.
 * @param {Told} one
 * @param {How} how
 * @returns {number[]}
 */
export function rollSaid({ inputs, said }, how) {
  const columns = inputs.map((_, t) => (said?.[t] ? spread(/** @type {number[]} */ (said[t]), how) : []));
  return how.classes.flatMap((_, k) => columns.map((column) => column[k] ?? 0));
}

/** @param {number[]} target @param {Told} one @param {number} t @param {How} how */
export function shareOf(target, one, t, how) {
  return how.kind === "sides" && one.labels !== null ? 2 * one.labels[t] - 1 : how.share(target[0]);
}

/** @param {number} share from -1 to 1 @param {Box} box */
export function heightOf(share, { y, h }) {
  return y - (Math.min(1.15, Math.max(-1.15, share)) * INSIDE * h) / 2;
}

/** @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
function straight(x1, y1, x2, y2) {
  return [x1, y1, x1, y1, x2, y2, x2, y2];
}

/** @param {number} at which strip @param {number} time from 0 */
export function nameStep(at, time) {
  return `sequence${at}[${time}]`;
}

/** @param {string | null} id */
export function readStep(id) {
  const [, at, time] = /^sequence(\d+)\[(\d+)\]$/.exec(id ?? "") ?? [];
  return at === undefined ? null : { at: Number(at), time: Number(time) };
}
