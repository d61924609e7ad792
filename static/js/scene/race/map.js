/** The surface and the ways over it. */

import { listTicks } from "../../layout/axes.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { isInside } from "../../layout/race/frame.js";
import { traceContours } from "../../layout/race/heights.js";
import { countSteps } from "../../layout/race/runs.js";
import { drawMarker, laneToken } from "./lanes.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/race/frame.js").Frame} Frame */
/** @typedef {import("../../layout/race/runs.js").Run} Run */
/** @typedef {[number, number, number]} Color */

const TEXT = 12;
/** Dots closer than this would be a line. */
const DOTS_APART = 7;
const LEVELS = Array.from({ length: 11 }, (_, i) => (i + 1) / 12);
/** A finger or a hand is never farther from what it means. */
const REACH = 14;

/**
 * The pixels of a surface, its first row at the bottom. What is not finite is left open.
 * @param {readonly number[]} shares
 * @param {number} columns
 * @param {readonly Color[]} colors from low to high
 * @returns {Uint8ClampedArray<ArrayBuffer>} of an image with a pixel for each number
 */
export function paintHeights(shares, columns, colors) {
  const rows = shares.length / columns;
  const pixels = new Uint8ClampedArray(4 * shares.length);
  shares.forEach((share, i) => {
    if (!Number.isFinite(share)) return;
    const [row, column] = [Math.floor(i / columns), i % columns];
    const at = 4 * ((rows - 1 - row) * columns + column);
    const place = share * (colors.length - 1);
    const low = Math.min(colors.length - 2, Math.floor(place));
    for (let c = 0; c < 3; c++) pixels[at + c] = colors[low][c] + (colors[low + 1][c] - colors[low][c]) * (place - low);
    pixels[at + 3] = 255;
  });
  return pixels;
}

/**
 * Lines of equal height.
 * @param {readonly number[]} shares @param {number} columns @param {Frame} frame
 * @returns {Mark[]}
 */
export function sceneContours(shares, columns, { left, top, width, height }) {
  const rows = shares.length / columns;
  const ends = traceContours(shares, columns, LEVELS);
  const [across, down] = [width / (columns - 1), height / (rows - 1)];
  let d = "";
  for (let i = 0; i < ends.length; i += 4) {
    d += `M${round(left + ends[i] * across)} ${round(top + height - ends[i + 1] * down)}L${round(left + ends[i + 2] * across)} ${round(top + height - ends[i + 3] * down)}`;
  }
  return d ? [{ key: "contours", shape: "path", d, stroke: "ink", strokeWidth: 1, opacity: 0.16, fill: "none" }] : [];
}

/** @param {Frame} frame @param {readonly string[]} names @returns {Mark[]} */
export function sceneAxes(frame, names) {
  const { left, top, width, height, x, y, px, py } = frame;
  const bottom = top + height;
  const across = listTicks(x[0], x[1], Math.max(3, width / 90));
  const up = listTicks(y[0], y[1], Math.max(3, height / 70));
  const ticks = [...across.map((value) => `M${round(px(value))} ${bottom}v5`), ...up.map((value) => `M${left} ${round(py(value))}h-5`)];
  const own = short(names[0]);
  return [
    { key: "ticks", shape: "path", d: ticks.join(""), stroke: "ink-3", strokeWidth: 1, fill: "none" },
    ...across.filter((value) => px(value) < left + width - 14 - own.length * 7).map((value) => label(`x:${value}`, px(value), bottom + 19, formatNumber(value), "middle")),
    ...up.filter((value) => py(value) > top + 22).map((value) => label(`y:${value}`, left - 9, py(value) + 4, formatNumber(value), "end")),
    { ...label("name:x", left + width, bottom + 19, own, "end"), fill: "ink", weight: 600, italic: true },
    { ...label("name:y", names[1].length > 3 ? left + 8 : left - 9, top + (names[1].length > 3 ? 18 : 12), short(names[1]), names[1].length > 3 ? "start" : "end"), fill: "ink", weight: 600, italic: true, ...(names[1].length > 3 && { halo: "paper" }) },
  ];
}

/** @param {string} name */
function short(name) {
  return name.replace("weight", "w").replace("bias", "b").replace("layer", "layer ");
}

/** @param {string} key @param {number} x @param {number} y @param {string} text @param {"start" | "middle" | "end"} anchor @returns {Mark} */
function label(key, x, y, text, anchor) {
  return { key, shape: "text", x: round(x), y: round(y), text, size: TEXT, anchor, fill: "ink-2" };
}

/**
 * All ways up to the playhead; what is to come is faint.
 * @param {Frame} frame
 * @param {readonly Run[]} runs
 * @param {{playhead: number, focus: number | null, minimum: readonly number[] | null}} moment
 * @returns {Mark[]}
 */
export function sceneRuns(frame, runs, { playhead, focus, minimum }) {
  const order = [...runs].sort((a, b) => Number(a.lane === focus) - Number(b.lane === focus));
  return [
    ...(minimum ? drawMinimum(frame, minimum) : []),
    ...order.flatMap((run) => drawAhead(frame, run)),
    ...order.flatMap((run) => drawWay(frame, run, playhead, run.lane === focus)),
    ...order.flatMap((run) => drawHead(frame, run, playhead, run.lane === focus)),
    ...(minimum ? nameMinimum(frame, minimum) : []),
  ];
}

/** Where a racer is at a playhead, in pixels. @param {Frame} frame @param {Run} run @param {number} playhead */
export function locateRacer(frame, { way }, playhead) {
  const at = Math.min(playhead, countSteps(way));
  const [before, after] = [way.path[Math.floor(at)], way.path[Math.ceil(at)]].map((point) => point.map(toNumber));
  const u = at - Math.floor(at);
  const [x, y] = before.map((value, axis) => value + (after[axis] - value) * u);
  return { x: frame.px(x), y: frame.py(y) };
}

/**
 * The step of a way that a hand means: the nearest that is near enough.
 * @param {Frame} frame @param {readonly Run[]} runs @param {number} x @param {number} y
 * @returns {{lane: number, step: number} | null}
 */
export function findStep(frame, runs, x, y) {
  /** @type {{lane: number, step: number} | null} */
  let best = null;
  let least = REACH;
  for (const { lane, way } of runs) {
    for (let step = 1; step < way.path.length; step++) {
      const [px, py] = place(frame, way.path[step]);
      const distance = Math.hypot(px - x, py - y);
      if (distance < least) [best, least] = [{ lane, step }, distance];
    }
  }
  return best;
}

/** @param {Frame} frame @param {readonly (number | string)[]} point */
function place(frame, [x, y]) {
  return [frame.px(toNumber(x)), frame.py(toNumber(y))];
}

/** @param {Frame} frame @param {Run} run @param {number} end */
function line(frame, { way }, end) {
  return way.path.slice(0, end + 1).map((point, i) => `${i ? "L" : "M"}${place(frame, point).map(round).join(" ")}`).join("");
}

/** @param {Frame} frame @param {Run} run @returns {Mark[]} */
function drawAhead(frame, run) {
  const d = line(frame, run, countSteps(run.way));
  return [{ key: `ahead:${run.lane}`, shape: "path", d, stroke: laneToken(run.lane), strokeWidth: 1.25, opacity: 0.35, fill: "none" }];
}

/** @param {Frame} frame @param {Run} run @param {number} playhead @param {boolean} focused @returns {Mark[]} */
function drawWay(frame, run, playhead, focused) {
  const whole = Math.min(Math.floor(playhead), countSteps(run.way));
  const { x, y } = locateRacer(frame, run, playhead);
  const d = `${line(frame, run, whole)}L${round(x)} ${round(y)}`;
  const color = laneToken(run.lane);
  let [lastX, lastY] = place(frame, run.way.path[0]);
  let dots = "";
  for (let step = 1; step <= whole; step++) {
    const [px, py] = place(frame, run.way.path[step]);
    if (Math.hypot(px - lastX, py - lastY) < DOTS_APART || !isInside(frame, px, py)) continue;
    [lastX, lastY] = [px, py];
    dots += drawMarker(run.lane, px, py, focused ? 3.2 : 2.6);
  }
  return [
    { key: `halo:${run.lane}`, shape: "path", d, stroke: "paper", strokeWidth: focused ? 7 : 5, opacity: 0.7, fill: "none" },
    { key: `way:${run.lane}`, shape: "path", d, stroke: color, strokeWidth: focused ? 3 : 2, fill: "none" },
    { key: `dots:${run.lane}`, shape: "path", d: dots, fill: color, stroke: "paper", strokeWidth: 0.75 },
  ];
}

/** @param {Frame} frame @param {Run} run @param {number} playhead @param {boolean} focused @returns {Mark[]} */
function drawHead(frame, run, playhead, focused) {
  const { x, y } = locateRacer(frame, run, playhead);
  const color = laneToken(run.lane);
  const [px, py] = [Math.min(frame.left + frame.width - 14, Math.max(frame.left + 14, x)), Math.min(frame.top + frame.height - 14, Math.max(frame.top + 14, y))];
  const steps = countSteps(run.way);
  if (run.way.reason === "diverged" && playhead > steps) {
    const right = px > frame.left + frame.width - 150;
    return [
      { key: `burst:${run.lane}`, shape: "circle", x: px, y: py, r: 11, fill: "paper", stroke: color, strokeWidth: 2 },
      { key: `cross:${run.lane}`, shape: "path", d: `M${round(px - 4.5)} ${round(py - 4.5)}l9 9M${round(px + 4.5)} ${round(py - 4.5)}l-9 9`, stroke: color, strokeWidth: 2.5, fill: "none" },
      { key: `lost:${run.lane}`, shape: "text", x: round(px + (right ? -17 : 17)), y: round(py + 4), text: `diverged, step ${steps + 1}`, size: TEXT, weight: 600, anchor: right ? "end" : "start", fill: "ink", halo: "paper" },
    ];
  }
  const head = { key: `head:${run.lane}`, shape: /** @type {const} */ ("path"), d: drawMarker(run.lane, px, py, focused ? 8 : 6.5), fill: color, stroke: "paper", strokeWidth: 2 };
  if (isInside(frame, x, y)) return [head];
  const angle = Math.atan2(y - py, x - px);
  const tip = (/** @type {number} */ turn, /** @type {number} */ r) => `${round(px + r * Math.cos(angle + turn))} ${round(py + r * Math.sin(angle + turn))}`;
  return [head, { key: `off:${run.lane}`, shape: "path", d: `M${tip(0.5, 11)}L${tip(0, 15)}L${tip(-0.5, 11)}`, stroke: color, strokeWidth: 2.5, fill: "none" }];
}

/** @param {Frame} frame @param {readonly number[]} minimum @returns {Mark[]} */
function drawMinimum(frame, minimum) {
  const [x, y] = place(frame, minimum).map(round);
  return [
    { key: "minimum:cross", shape: "path", d: `M${x - 12} ${y}h7M${x + 5} ${y}h7M${x} ${y - 12}v7M${x} ${y + 5}v7`, stroke: "ink", strokeWidth: 1.75, fill: "none" },
    { key: "minimum", shape: "circle", x, y, r: 5, stroke: "ink", strokeWidth: 1.75, fill: "none" },
  ];
}

/** @param {Frame} frame @param {readonly number[]} minimum @returns {Mark[]} */
function nameMinimum(frame, minimum) {
  const [x, y] = place(frame, minimum).map(round);
  return [{ key: "minimum:name", shape: "text", x, y: y + 30, text: "minimum", size: TEXT, weight: 600, anchor: "middle", fill: "ink", halo: "paper" }];
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
