/** The output against one name: the curve, the point on it, and the tangent whose slope is the gradient. */

import { fitRange, listTicks } from "../../layout/axes.js";
import { formatNumber, toNumber } from "../../layout/number.js";

/** @typedef {import("../../layout/trace.js").Num} Num */
/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {{name: string, output: string, reach: number, x: number[], y: Num[]}} Sweep */
/** @typedef {{x: Num, y: Num, slope: Num}} Touch */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{left: number, top: number, right: number, bottom: number, low: number, high: number, reach: number, x(value: number): number, y(value: number): number}} Frame */

const MARGIN = { left: 58, top: 14, right: 14, bottom: 30 };
const TEXT = 13;
/** Room for the slope in words. */
const LABEL = 96;

/**
 * Where numbers lie in the plot.
 * @param {Sweep} sweep
 * @param {Touch} touch
 * @param {Size} size
 * @returns {Frame}
 */
export function framePlot(sweep, touch, { width, height }) {
  const { reach } = sweep;
  const { low, high } = fitRange(sweep.y.map(toNumber), toNumber(touch.y));
  const [left, top, right, bottom] = [MARGIN.left, MARGIN.top, width - MARGIN.right, height - MARGIN.bottom];
  return {
    left,
    top,
    right,
    bottom,
    low,
    high,
    reach,
    x: (value) => left + (value / reach / 2 + 0.5) * (right - left),
    y: (value) => bottom - ((value - low) / (high - low)) * (bottom - top),
  };
}

/**
 * @param {Sweep} sweep
 * @param {Touch} touch
 * @param {Size} size
 * @returns {Mark[]}
 */
export function scenePlot(sweep, touch, size) {
  const frame = framePlot(sweep, touch, size);
  return [
    ...drawAxes(frame, sweep.name),
    { key: "curve", shape: "path", d: drawLine(frame, sweep.x, sweep.y.map(toNumber)), stroke: "forward", strokeWidth: 2.5, fill: "none" },
    ...drawTouch(frame, touch),
  ];
}

/** @param {Frame} frame @param {string} name @returns {Mark[]} */
function drawAxes(frame, name) {
  const { left, top, right, bottom, low, high, reach, x, y } = frame;
  const across = listTicks(-reach, reach, right - left > 420 ? 10 : 4);
  const up = listTicks(low, high, bottom - top > 260 ? 7 : 5);
  const grid = [...across.map((value) => `M${write(x(value))} ${top}V${bottom}`), ...up.map((value) => `M${left} ${write(y(value))}H${right}`)];
  const zero = [`M${write(x(0))} ${top}V${bottom}`, ...(low <= 0 && high >= 0 ? [`M${left} ${write(y(0))}H${right}`] : [])];
  return [
    { key: "grid", shape: "path", d: grid.join(""), stroke: "rule", strokeWidth: 1, fill: "none" },
    { key: "zero", shape: "path", d: zero.join(""), stroke: "ink-3", strokeWidth: 1, fill: "none" },
    ...across.map((value) => label(`x:${value}`, x(value), bottom + 20, value, "middle")),
    ...up.map((value) => label(`y:${value}`, left - 8, y(value) + TEXT * 0.36, value, "end")),
    { key: "name", shape: "text", x: x((across.at(-1) ?? 0) / 2 + (across.at(-2) ?? 0) / 2), y: bottom + 20, text: name, size: TEXT, weight: 600, italic: true, anchor: "middle", fill: "ink" },
  ];
}

/** @param {string} key @param {number} x @param {number} y @param {number} value @param {"middle" | "end"} anchor @returns {Mark} */
function label(key, x, y, value, anchor) {
  return { key, shape: "text", x, y, text: formatNumber(value), size: TEXT, anchor, fill: "ink-2" };
}

/**
 * The path through the points that are finite, cut off where it leaves the frame.
 * @param {Frame} frame
 * @param {readonly number[]} xs
 * @param {readonly number[]} ys
 */
function drawLine({ low, high, x, y }, xs, ys) {
  let path = "";
  let open = false;
  for (let i = 1; i < xs.length; i += 1) {
    const [from, to] = [ys[i - 1], ys[i]];
    const outside = (from < low && to < low) || (from > high && to > high) || (from < low && to > high) || (from > high && to < low);
    if (!Number.isFinite(from) || !Number.isFinite(to) || outside) {
      open = false;
      continue;
    }
    const [start, end] = [cut(from, to, xs[i - 1], xs[i]), cut(to, from, xs[i], xs[i - 1])];
    path += `${open ? "" : `M${write(x(start.x))} ${write(y(start.y))}`}L${write(x(end.x))} ${write(y(end.y))}`;
    open = end.y === to;
  }
  return path;

  /** The first point of the way from `here` that is inside. @param {number} here @param {number} there @param {number} x0 @param {number} x1 */
  function cut(here, there, x0, x1) {
    const edge = Math.min(high, Math.max(low, here));
    return { x: edge === here ? x0 : x0 + ((x1 - x0) * (edge - here)) / (there - here), y: edge };
  }
}

/** @param {Frame} frame @param {Touch} touch @returns {Mark[]} */
function drawTouch(frame, touch) {
  const [atX, atY, slope] = [toNumber(touch.x), toNumber(touch.y), toNumber(touch.slope)];
  if (!Number.isFinite(atX) || Math.abs(atX) > frame.reach) return [];
  const { left, top, right, bottom } = frame;
  const px = frame.x(atX);
  /** @type {Mark} */
  const drop = { key: "drop", shape: "path", stroke: "ink-3", strokeWidth: 1.5, dash: "2 5", fill: "none" };
  if (!(atY >= frame.low && atY <= frame.high)) {
    const text = `off the scale: ${formatNumber(touch.y)}`;
    return [
      { ...drop, d: `M${px} ${top}V${bottom}` },
      { key: "broken", shape: "text", x: (left + right) / 2, y: top + 18, text, size: TEXT, weight: 600, anchor: "middle", fill: "negative", halo: "paper" },
    ];
  }
  const py = frame.y(atY);
  return [
    { ...drop, d: `M${px} ${py}V${bottom}M${px} ${py}H${left}` },
    ...(Number.isFinite(slope) ? drawTangent(frame, { x: px, y: py }, slope) : []),
    { key: "halo", shape: "circle", x: px, y: py, r: 10, fill: "backward", opacity: 0.22 },
    { key: "point", shape: "circle", x: px, y: py, r: 5.5, fill: "ink", stroke: "paper", strokeWidth: 2 },
  ];
}

/** @param {Frame} frame @param {{x: number, y: number}} point @param {number} slope @returns {Mark[]} */
function drawTangent({ left, top, right, bottom, low, high, reach }, { x, y }, slope) {
  // Pixels per unit, so that the line has the slope that the axes give it.
  const [dx, dy] = [(right - left) / (2 * reach), (-slope * (bottom - top)) / (high - low)];
  const way = (/** @type {number} */ at, /** @type {number} */ step, /** @type {number} */ least, /** @type {number} */ most) =>
    step === 0 ? Infinity : ((step > 0 ? most : least) - at) / step;
  const half = (Math.hypot(right - left, bottom - top) * 0.3) / Math.hypot(dx, dy);
  const on = Math.max(0, Math.min(half, way(x, dx, left, right), way(y, dy, top, bottom)));
  const back = Math.max(0, Math.min(half, way(x, -dx, left, right), way(y, -dy, top, bottom)));
  // Beside a line that rises the corners above left and below right of the point are free.
  const side = dy < 0 ? -1 : 1;
  const lift = 14 + (LABEL * Math.abs(dy)) / dx;
  const corners = [
    { x: x + 14 * side, y: y - 14, before: side < 0 },
    { x: x - 14 * side, y: y + 26, before: side > 0 },
    // Over a line that hardly rises there is room as well.
    { x: x - 14 * side, y: y - lift, before: side > 0 },
  ];
  const isRoomy = (/** @type {{x: number, y: number, before: boolean}} */ at) =>
    at.y > top + 16 && at.y < bottom - 6 && (at.before ? at.x - left : right - at.x) > LABEL;
  const free = corners.find(isRoomy) ?? { x: x < (left + right) / 2 ? right - 6 : left + 6, y: y > (top + bottom) / 2 ? top + 18 : bottom - 8, before: x < (left + right) / 2 };
  return [
    { key: "tangent", shape: "path", d: `M${write(x - dx * back)} ${write(y - dy * back)}L${write(x + dx * on)} ${write(y + dy * on)}`, stroke: "backward", strokeWidth: 2.5, dash: "7 5", fill: "none" },
    {
      key: "slope",
      shape: "text",
      x: free.x,
      y: free.y,
      text: `slope ${formatNumber(slope)}`,
      size: TEXT + 1,
      weight: 650,
      anchor: free.before ? "end" : "start",
      fill: "backward",
      halo: "paper",
    },
  ];
}

/** @param {number} value */
function write(value) {
  return Math.round(value * 100) / 100;
}
