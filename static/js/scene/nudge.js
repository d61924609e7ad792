/** The nudge test as a picture: the tangent predicts, the loss's own curve answers. */

import { fitRange } from "../layout/axes.js";
import { formatNumber, toNumber } from "../layout/number.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("../layout/trace.js").Num} Num */
/**
 * @typedef {object} Nudged
 * @property {number} reach how far a hand can go
 * @property {number} delta where it is
 * @property {number} slope the gradient
 * @property {string} of what changes
 * @property {ReadonlyMap<number, Num>} known actual changes of the loss by delta
 */

const MARGIN = { left: 10, top: 20, right: 10, bottom: 20 };
const TEXT = 12;

/**
 * @param {Nudged} nudged
 * @param {{width: number, height: number}} size
 * @returns {Mark[]}
 */
export function sceneNudge({ reach, delta, slope, known, of }, { width, height }) {
  const points = [...known].map(([at, change]) => ({ at, change: toNumber(change) })).filter(({ change }) => Number.isFinite(change));
  points.sort((a, b) => a.at - b.at);
  const line = Number.isFinite(slope) ? slope : 0;
  const { low, high } = fitRange([...points.map(({ change }) => change), -line * reach, line * reach], line * delta);
  const [left, top, right, bottom] = [MARGIN.left, MARGIN.top, width - MARGIN.right, height - MARGIN.bottom];
  const x = (/** @type {number} */ value) => round(left + ((value / reach + 1) / 2) * (right - left));
  const y = (/** @type {number} */ value) => round(Math.min(bottom, Math.max(top, bottom - ((value - low) / (high - low)) * (bottom - top))));
  const actual = toNumber(known.get(delta) ?? NaN);
  const end = clip(line, reach, low, high);
  /** @type {Mark[]} */
  const marks = [
    { key: "axes", shape: "path", d: `M${left} ${y(0)}H${right}M${x(0)} ${top}V${bottom}`, stroke: "rule", strokeWidth: 1, fill: "none" },
    { key: "rise", shape: "text", x: x(0), y: top - 7, text: `change of ${of}`, size: TEXT, anchor: "middle", fill: "ink-3" },
    { key: "least", shape: "text", x: left, y: height - 5, text: formatNumber(-reach), size: TEXT, anchor: "start", fill: "ink-3" },
    { key: "most", shape: "text", x: right, y: height - 5, text: formatNumber(reach, { sign: true }), size: TEXT, anchor: "end", fill: "ink-3" },
  ];
  if (points.length > 1) marks.push({ key: "curve", shape: "path", d: points.map(({ at, change }, i) => `${i ? "L" : "M"}${x(at)} ${y(change)}`).join(""), stroke: "forward", strokeWidth: 2.25, fill: "none" });
  // Over the curve, so that both are seen where they are one.
  marks.push({ key: "tangent", shape: "path", d: `M${x(-end)} ${y(-end * line)}L${x(end)} ${y(end * line)}`, stroke: "backward", strokeWidth: 2, dash: "6 4", fill: "none" });
  if (delta !== 0 && Number.isFinite(actual)) {
    marks.push({ key: "gap", shape: "path", d: `M${x(delta)} ${y(line * delta)}V${y(actual)}`, stroke: "ink-3", strokeWidth: 1.5, dash: "2 3", fill: "none" });
  }
  if (delta !== 0) marks.push({ key: "predicted", shape: "circle", x: x(delta), y: y(line * delta), r: 5, fill: "paper", stroke: "backward", strokeWidth: 2.25 });
  if (delta === 0 || Number.isFinite(actual)) marks.push({ key: "actual", shape: "circle", x: x(delta), y: y(delta === 0 ? 0 : actual), r: 5, fill: delta === 0 ? "ink" : "forward", stroke: "paper", strokeWidth: 1.5 });
  return marks;
}

/** How far out the tangent is inside the frame on both sides. @param {number} slope @param {number} reach @param {number} low @param {number} high */
function clip(slope, reach, low, high) {
  if (slope === 0) return reach;
  return Math.min(reach, Math.min(-low, high) / Math.abs(slope));
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
