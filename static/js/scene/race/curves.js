/** Losses of all racers against steps. */

import { listTicks } from "../../layout/axes.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { countSteps } from "../../layout/race/runs.js";
import { drawMarker, laneToken } from "./lanes.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/race/runs.js").Run} Run */
/** @typedef {{left: number, top: number, right: number, bottom: number, log: boolean, steps: number, ticks: number[], x(step: number): number, y(loss: number): number, step(px: number): number}} Frame */

const MARGIN = { left: 46, top: 10, right: 12, bottom: 24 };
const TEXT = 12;
/** Less than this below the highest is the floor of a logarithmic axis. */
const DECADES = 12;

/**
 * @param {readonly Run[]} runs
 * @param {number} steps
 * @param {{width: number, height: number}} size
 * @returns {Frame}
 */
export function frameCurves(runs, steps, { width, height }) {
  const [left, top, right, bottom] = [MARGIN.left, MARGIN.top, width - MARGIN.right, height - MARGIN.bottom];
  const start = Math.max(...runs.map(({ way }) => Math.abs(toNumber(way.losses[0]))).filter(Number.isFinite), 1e-12);
  // What runs away is cut off: the rest must still be seen.
  const losses = runs.flatMap(({ way }) => way.losses.map(toNumber)).filter((loss) => Number.isFinite(loss) && Math.abs(loss) <= 1e3 * start);
  const log = losses.length > 0 && losses.every((loss) => loss >= 0) && losses.some((loss) => loss > 0);
  const highest = Math.max(...losses, log ? 1e-300 : -Infinity);
  const least = Math.max(highest * 10 ** -DECADES, Math.min(...losses.filter((loss) => loss > 0)));
  const [low, high] = log ? [Math.floor(Math.log10(least)), Math.ceil(Math.log10(highest) + 1e-9)] : losses.length ? [Math.min(...losses), Math.max(...losses)] : [0, 1];
  const span = high - low || 1;
  const write = (/** @type {number} */ loss) => (log ? Math.log10(Math.max(loss, 10 ** low)) : loss);
  const every = Math.max(1, Math.ceil(span / 4));
  const ticks = log ? Array.from({ length: Math.floor(span / every) + 1 }, (_, i) => 10 ** (low + i * every)) : listTicks(low, high, 4);
  return {
    left,
    top,
    right,
    bottom,
    log,
    steps,
    ticks,
    x: (step) => left + (step / steps) * (right - left),
    y: (loss) => Math.min(bottom + 2, Math.max(top - 6, bottom - ((write(loss) - low) / span) * (bottom - top))),
    step: (px) => Math.min(steps, Math.max(0, ((px - left) / (right - left)) * steps)),
  };
}

/**
 * @param {readonly Run[]} runs
 * @param {{steps: number, playhead: number, focus: number | null}} moment
 * @param {{width: number, height: number}} size
 * @returns {Mark[]}
 */
export function sceneCurves(runs, { steps, playhead, focus }, size) {
  const frame = frameCurves(runs, steps, size);
  const { left, top, right, bottom, log, ticks, x, y } = frame;
  const across = listTicks(0, steps, 4);
  const order = [...runs].sort((a, b) => Number(a.lane === focus) - Number(b.lane === focus));
  const at = round(x(playhead));
  return [
    { key: "grid", shape: "path", d: ticks.map((loss) => `M${left} ${round(y(loss))}H${right}`).join(""), stroke: "rule", strokeWidth: 1, fill: "none" },
    ...ticks.map((loss) => ({ key: `y:${loss}`, shape: /** @type {const} */ ("text"), x: left - 8, y: round(y(loss) + 4), size: TEXT, anchor: /** @type {const} */ ("end"), fill: "ink-2", ...writeTick(loss, log) })),
    ...across.map((step) => ({ key: `x:${step}`, shape: /** @type {const} */ ("text"), x: round(x(step)), y: bottom + 18, text: String(step), size: TEXT, anchor: step === steps ? /** @type {const} */ ("end") : /** @type {const} */ ("middle"), fill: "ink-2" })),
    ...order.map((run) => ({ key: `ahead:${run.lane}`, shape: /** @type {const} */ ("path"), d: draw(frame, run, steps), stroke: laneToken(run.lane), strokeWidth: 1.25, opacity: 0.3, fill: "none" })),
    { key: "now", shape: "path", d: `M${at} ${top}V${bottom}`, stroke: "ink", strokeWidth: 1.25, fill: "none" },
    ...order.flatMap((run) => drawPlayed(frame, run, playhead, run.lane === focus)),
  ];
}

/** @param {Frame} frame @param {Run} run @param {number} playhead @param {boolean} focused @returns {Mark[]} */
function drawPlayed(frame, run, playhead, focused) {
  const color = laneToken(run.lane);
  const last = Math.min(Math.floor(playhead), countSteps(run.way));
  const [px, py] = [frame.x(last), frame.y(toNumber(run.way.losses[last]))].map(round);
  const gone = run.way.reason === "diverged" && playhead > last;
  return [
    { key: `curve:${run.lane}`, shape: "path", d: draw(frame, run, last), stroke: color, strokeWidth: focused ? 3 : 1.75, fill: "none" },
    gone
      ? { key: `end:${run.lane}`, shape: "path", d: `M${px - 4} ${py - 4}l8 8M${px + 4} ${py - 4}l-8 8`, stroke: color, strokeWidth: 2.25, fill: "none" }
      : { key: `end:${run.lane}`, shape: "path", d: drawMarker(run.lane, px, py, focused ? 5.5 : 4.5), fill: color, stroke: "raise", strokeWidth: 1.5 },
  ];
}

/** @param {Frame} frame @param {Run} run @param {number} end */
function draw({ x, y }, { way }, end) {
  return way.losses.slice(0, end + 1).map((loss, step) => `${step ? "L" : "M"}${round(x(step))} ${round(y(toNumber(loss)))}`).join("");
}

/** @param {number} loss @param {boolean} log @returns {Pick<Mark, "text" | "raised">} */
function writeTick(loss, log) {
  if (!log) return { text: formatNumber(loss) };
  const power = Math.round(Math.log10(loss));
  return power === 0 ? { text: "1" } : { text: "10", raised: formatNumber(power) };
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
