/** The right half of an instrument: a on the activation curve, or the shares of a whole column. */

import { formatNumber, toNumber } from "../layout/number.js";
import { beadRadius } from "../layout/scale.js";
import { drawBead } from "./bead.js";
import { during } from "./moment.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("../layout/trace.js").UnitsTrace} Trace */
/** @typedef {import("../layout/trace.js").UnitView} UnitView */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {import("../layout/instrument.js").Instrument} Instrument */
/** @typedef {import("./instrument.js").Progress} Progress */

/** @typedef {{x(z: number): number, y(a: number): number, d: string}} Drawn */
/** @type {WeakMap<object, Map<string, Drawn>>} */
const drawn = new WeakMap();

/**
 * The curve with the point (z, a) on it, then the tangent there and what passes through it.
 * @param {string} key
 * @param {Instrument} inside
 * @param {{z: Num[], a: Num[]}} curve
 * @param {UnitView} unit
 * @param {Progress} progress
 * @returns {Mark[]}
 */
export function drawCurve(key, inside, curve, unit, { activation, slope }) {
  const { plot, small } = inside;
  const { x, y, d } = traceCurve(curve, plot);
  const [right, bottom] = [plot.left + plot.width, plot.top + plot.height];
  /** @type {Mark[]} */
  const marks = [
    { key: `${key}:ground`, shape: "rect", x: plot.left, y: plot.top, width: plot.width, height: plot.height, rx: 6, fill: "sink" },
    { key: `${key}:axes`, shape: "path", d: `M${plot.left + 4} ${y(0)}H${right - 4}M${x(0)} ${plot.top + 4}V${bottom - 4}`, stroke: "rule", strokeWidth: 1, fill: "none" },
    { key: `${key}:line`, shape: "path", d, stroke: activation > 0 ? "ink-2" : "ink-3", strokeWidth: 1.75, fill: "none" },
  ];
  const [z, a] = [toNumber(unit.z), toNumber(unit.a)];
  if (activation <= 0) return marks;
  if (!Number.isFinite(z) || !Number.isFinite(a)) {
    const at = { x: plot.left + plot.width / 2, y: plot.top + plot.height / 2 };
    return [...marks, ...drawBead(`${key}:point`, at, unit.a, "backward", { radius: 8 })];
  }
  const point = { x: x(z), y: y(a) };
  const down = during(activation, 0, 0.6);
  const level = during(activation, 0.6, 1);
  if (level > 0) {
    marks.push({ key: `${key}:level`, shape: "path", d: `M${point.x} ${point.y}H${point.x + (right - point.x) * level}`, stroke: "forward", strokeWidth: 1.5, dash: "3 3", fill: "none" });
  }
  if (slope > 0 && unit.slope !== null) marks.push(...drawTangent(key, plot, point, { x, y }, toNumber(unit.slope), slope, small));
  marks.push({ key: `${key}:point`, shape: "circle", x: point.x, y: y(0) + (point.y - y(0)) * down, r: Math.max(3.5, Math.min(5.5, plot.height / 16)), fill: "ink" });
  if (slope > 0 && slope < 1) marks.push(...passThrough(key, inside, point, unit, slope));
  return marks;
}

/**
 * @param {string} key
 * @param {{left: number, top: number, width: number, height: number}} plot
 * @param {{x: number, y: number}} point
 * @param {{x(z: number): number, y(a: number): number}} axes
 * @param {number} slope
 * @param {number} u
 * @param {number} size
 * @returns {Mark[]}
 */
function drawTangent(key, plot, point, axes, slope, u, size) {
  const [dx, dy] = [axes.x(1) - axes.x(0), (axes.y(1) - axes.y(0)) * slope];
  const half = (Math.min(plot.width, plot.height) * (plot.width > 92 ? 0.42 : 0.3) * during(u, 0, 0.4)) / (Math.hypot(dx, dy) || 1);
  const room = [
    [point.x - plot.left, plot.width, dx],
    [point.y - plot.top, plot.height, dy],
  ].map(([at, length, step]) => (step === 0 ? Infinity : (Math.max(0, Math.min(at, length - at)) + 6) / Math.abs(step)));
  const reach = Math.min(half, ...room);
  // Curves mostly rise, so the two other corners are free.
  const low = point.y > plot.top + plot.height * 0.5;
  return [
    {
      key: `${key}:tangent`,
      shape: "path",
      d: `M${point.x - dx * reach} ${point.y - dy * reach}L${point.x + dx * reach} ${point.y + dy * reach}`,
      stroke: "backward",
      strokeWidth: 2,
      dash: "4 3",
      fill: "none",
    },
    {
      key: `${key}:slope`,
      shape: "text",
      x: low ? plot.left + 7 : plot.left + plot.width - 7,
      y: low ? plot.top + size + 3 : plot.top + plot.height - 6,
      text: plot.width > 92 ? `slope ${formatNumber(slope)}` : formatNumber(slope),
      size,
      weight: 600,
      anchor: low ? "start" : "end",
      fill: "backward",
      halo: "sink",
      opacity: during(u, 0.1, 0.4),
    },
  ];
}

/**
 * The gradient comes in at the output side, meets the slope at the point and leaves towards z.
 * @param {string} key
 * @param {Instrument} inside
 * @param {{x: number, y: number}} point
 * @param {UnitView} unit
 * @param {number} u
 * @returns {Mark[]}
 */
function passThrough(key, { plot, stack }, point, unit, u) {
  const way = during(u, 0.4, 0.8);
  if (u < 0.15) return [];
  const [from, to] = [plot.left + plot.width, stack.left + stack.width / 2];
  const arrived = way < 0.5;
  const t = arrived ? way * 2 : way * 2 - 1;
  const at = arrived
    ? { x: from + (point.x - from) * t, y: point.y }
    : { x: point.x + (to - point.x) * t, y: point.y };
  const [before, after] = [beadRadius(unit.grad_a), beadRadius(unit.grad_z)];
  const radius = before + (after - before) * during(way, 0.4, 0.65);
  const value = way < 0.5 ? unit.grad_a : (unit.grad_z ?? 0);
  const marks = drawBead(`${key}:gradient`, at, value, "backward", { radius, opacity: 1 - during(u, 0.9, 1) });
  const swallowed = toNumber(unit.grad_z) === 0 && toNumber(unit.grad_a) !== 0;
  if (swallowed && u > 0.55) {
    const t2 = during(u, 0.55, 0.95);
    marks.push({ key: `${key}:swallow`, shape: "circle", x: point.x, y: point.y, r: 5 + 14 * t2, stroke: "backward", strokeWidth: 2, fill: "none", opacity: 1 - t2 });
  }
  return marks;
}

/**
 * Where activations share out one whole: the column's shares as a bar, this unit's in color.
 * @param {string} key
 * @param {Instrument} inside
 * @param {Trace} run
 * @param {UnitView} unit
 * @param {Progress} progress
 * @returns {Mark[]}
 */
export function drawShares(key, { plot }, run, unit, { activation, slope }) {
  const column = run.units.filter(({ layer }) => layer === unit.layer);
  const height = Math.min(26, plot.height * 0.5);
  const top = plot.top + (plot.height - height) / 2;
  /** @type {Mark[]} */
  const marks = [
    { key: `${key}:ground`, shape: "rect", x: plot.left, y: plot.top, width: plot.width, height: plot.height, rx: 6, fill: "sink" },
    { key: `${key}:whole`, shape: "rect", x: plot.left + 6, y: top, width: plot.width - 12, height, rx: 4, fill: "raise", stroke: "ink-3", strokeWidth: 1 },
  ];
  if (activation <= 0) return marks;
  const t = during(activation, 0, 0.6);
  let left = plot.left + 6;
  for (const { id, a } of column) {
    const share = (1 / column.length) * (1 - t) + toNumber(a) * t;
    const width = Number.isFinite(share) ? share * (plot.width - 12) : 0;
    const own = id === unit.id;
    marks.push({ key: `${key}:${id}`, shape: "rect", x: left, y: top, width, height, rx: 4, fill: own ? (slope > 0 ? "backward" : "forward") : "rule", stroke: "raise", strokeWidth: 1 });
    left += width;
  }
  return marks;
}

/**
 * @param {{z: Num[], a: Num[]}} curve
 * @param {{left: number, top: number, width: number, height: number}} plot
 * @returns {Drawn}
 */
export function traceCurve(curve, plot) {
  const name = `${plot.left} ${plot.top} ${plot.width} ${plot.height}`;
  const known = drawn.get(curve)?.get(name);
  if (known) return known;
  const [z, a] = [curve.z.map(toNumber), curve.a.map(toNumber)];
  const finite = a.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const [reach, span, pad] = [z[z.length - 1] || 1, high - low || 1, Math.min(9, plot.height * 0.14)];
  /** @param {number} value */
  const x = (value) => plot.left + pad + ((value / reach + 1) / 2) * (plot.width - 2 * pad);
  /** @param {number} value */
  const y = (value) => plot.top + plot.height - pad - ((value - low) / span) * (plot.height - 2 * pad);
  const points = z.flatMap((value, i) => (Number.isFinite(a[i]) ? [`${x(value).toFixed(1)} ${y(a[i]).toFixed(1)}`] : []));
  const result = { x, y, d: `M${points.join("L")}` };
  const places = drawn.get(curve) ?? new Map();
  drawn.set(curve, places.size > 64 ? new Map([[name, result]]) : places.set(name, result));
  return result;
}
