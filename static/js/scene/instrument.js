/** A unit as an instrument: the stack that makes z, the curve that makes a, the slope that goes back. */

import { formatNumber, toNumber } from "../layout/number.js";
import { layoutInstrument } from "../layout/instrument.js";
import { signToken } from "../layout/scale.js";
import { fitNumber, fitText } from "../layout/text.js";
import { roll } from "./bead.js";
import { drawCurve, drawShares } from "./plot.js";
import { during } from "./moment.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("../layout/layout.js").Box} Box */
/** @typedef {import("../layout/trace.js").UnitsTrace} Trace */
/** @typedef {import("../layout/trace.js").UnitView} UnitView */
/** @typedef {import("../layout/instrument.js").Instrument} Instrument */
/** @typedef {{linear: number, activation: number, slope: number}} Progress */
/** @typedef {{value: number, token: string}} Part */

const MOST_PARTS = 24;

/**
 * When the product at this position reaches the stack, as progress of the linear beat.
 * @param {number} position
 * @param {number} count
 */
export function landing(position, count) {
  return 0.7 + 0.17 * ((position + 1) / count);
}

/**
 * @param {Trace} trace
 * @param {UnitView} unit
 * @param {Box} box
 * @param {Progress} progress
 * @param {{scale: number, active: boolean, parts: Part[], reach: [number, number], marked: boolean, prefix?: string}} look
 *   `parts` add up to z; `reach` is the largest sum below and above zero in the layer
 * @returns {Mark[]}
 */
export function drawInstrument(trace, unit, box, progress, look) {
  const { prefix = "" } = look;
  const key = `${prefix}unit:${unit.id}`;
  const inside = layoutInstrument(box, look.scale);
  const layer = trace.layers[unit.layer];
  const edge = look.active ? "backward" : look.marked || progress.linear > 0 ? "ink" : "ink-3";
  return [
    {
      key,
      shape: "rect",
      x: box.x - box.w / 2,
      y: box.y - box.h / 2,
      width: box.w,
      height: box.h,
      rx: Math.min(18, box.h * 0.16),
      fill: "raise",
      stroke: edge,
      strokeWidth: look.active || look.marked ? 2 : 1.25,
      tone: look.active || look.marked ? "lifted" : undefined,
    },
    ...drawCaptions(key, inside),
    ...drawStack(`${key}:stack`, inside, unit, progress.linear, look),
    ...(layer.curve
      ? drawCurve(`${key}:curve`, inside, layer.curve, unit, progress)
      : drawShares(`${key}:shares`, inside, trace, unit, progress)),
    ...drawNumbers(key, inside, unit, progress),
    ...drawFooter(key, inside, box, unit, progress.slope),
  ];
}

/** @param {string} key @param {Instrument} inside @returns {Mark[]} */
function drawCaptions(key, { captions, stack, plot, size }) {
  if (captions === null) return [];
  return [
    { area: stack, text: "z" },
    { area: plot, text: "a" },
  ].map(({ area, text }) => ({
    key: `${key}:caption:${text}`,
    shape: "text",
    x: area.left + area.width / 2,
    y: captions,
    text,
    size,
    italic: true,
    anchor: "middle",
    fill: "ink-2",
  }));
}

/**
 * Positive products pile up over the zero line, negative ones under it; a level marks their sum.
 * @param {string} key
 * @param {Instrument} inside
 * @param {UnitView} unit
 * @param {number} u
 * @param {{parts: Part[], reach: [number, number]}} look
 * @returns {Mark[]}
 */
function drawStack(key, { stack }, unit, u, { parts, reach: [below, above] }) {
  // Some room on both sides of the zero line, so that it is seen to be one.
  const span = (below + above) * 1.12 || 1;
  const perUnit = stack.height / span;
  const zero = stack.top + (below + above > 0 ? (above + (below + above) * 0.06) * perUnit : stack.height / 2);
  const width = Math.min(22, stack.width * 0.5);
  const left = stack.left + (stack.width - width) / 2;
  /** @type {Mark[]} */
  const marks = [
    {
      key: `${key}:zero`,
      shape: "path",
      d: `M${stack.left} ${zero}H${stack.left + stack.width}`,
      stroke: "ink-3",
      strokeWidth: 1,
      fill: "none",
    },
  ];
  if (u <= 0) return marks;
  const shown = parts.length > MOST_PARTS ? mergeParts(parts) : parts;
  let [up, down] = [zero, zero];
  shown.forEach(({ value, token }, i) => {
    const end = landing(i, parts.length === shown.length ? parts.length : 2);
    const height = Math.abs(value) * perUnit * during(u, end, end + 0.06);
    if (!(height > 0)) return;
    const y = value > 0 ? (up -= height) : down;
    if (value < 0) down += height;
    const gap = height > 3 ? 0.5 : 0;
    marks.push({ key: `${key}:${i}`, shape: "rect", x: left, y: y + gap, width, height: height - 2 * gap, rx: Math.min(2, height / 3), fill: token });
  });
  const z = toNumber(unit.z);
  if (u >= 0.9 && Number.isFinite(z)) {
    const y = zero - z * perUnit;
    marks.push({ key: `${key}:level`, shape: "path", d: `M${left - 5} ${y}H${left + width + 5}`, stroke: "ink", strokeWidth: 2, fill: "none", opacity: during(u, 0.9, 1) });
  }
  return marks;
}

/** @param {Part[]} parts @returns {Part[]} */
function mergeParts(parts) {
  /** @param {number} sign */
  const total = (sign) => parts.reduce((sum, { value }) => sum + (value * sign > 0 ? value : 0), 0);
  return [
    { value: total(1), token: "positive" },
    { value: total(-1), token: "negative" },
  ];
}

/** @param {string} key @param {Instrument} inside @param {UnitView} unit @param {Progress} progress @returns {Mark[]} */
function drawNumbers(key, { stack, plot, numbers, size }, unit, progress) {
  /** @type {Mark[]} */
  const marks = [];
  const entries = [
    { name: "z", area: stack, value: unit.z, u: during(progress.linear, 0.9, 1) },
    { name: "a", area: plot, value: unit.a, u: during(progress.activation, 0.6, 1) },
  ];
  for (const { name, area, value, u } of entries) {
    if (u <= 0 || value === null) continue;
    marks.push({
      key: `${key}:${name}`,
      shape: "text",
      x: area.left + area.width / 2,
      y: numbers,
      text: fitNumber(name === "z" ? roll(0, value, u) : value, area.width + 6, size),
      size,
      weight: 600,
      anchor: "middle",
      fill: Number.isFinite(toNumber(value)) ? "ink" : "backward",
      opacity: Math.min(1, u * 2),
    });
  }
  return marks;
}

/** @param {string} key @param {Instrument} inside @param {Box} box @param {UnitView} unit @param {number} u @returns {Mark[]} */
function drawFooter(key, { footer, rule, small }, box, unit, u) {
  if (footer === null) return [];
  const line = { key: `${key}:rule`, d: `M${box.x - box.w / 2 + 12} ${rule}H${box.x + box.w / 2 - 12}` };
  /** @type {Mark[]} */
  const marks = [{ ...line, shape: "path", stroke: "rule", strokeWidth: 1, fill: "none" }];
  const opacity = during(u, 0.8, 1);
  if (opacity <= 0) return marks;
  const [up, slope, result] = [unit.grad_a, unit.slope, unit.grad_z].map((value) => formatNumber(value));
  const product = unit.slope === null ? result : `${up} \u00d7 ${slope} = ${result}`;
  marks.push({
    key: `${key}:delta`,
    shape: "text",
    x: box.x,
    y: footer,
    text: fitText([`\u2202L/\u2202z = ${product}`, `\u03b4 = ${product}`, product, `\u2202L/\u2202z ${result}`, result], box.w - 14, small),
    size: small,
    weight: 600,
    anchor: "middle",
    fill: "backward",
    opacity,
  });
  return marks;
}

/**
 * The parts of a unit's z, each with its sign's token, the bias last.
 * @param {readonly {product: import("../layout/trace.js").Num}[]} weights
 * @param {UnitView} unit
 * @returns {Part[]}
 */
export function listParts(weights, unit) {
  const values = weights.map(({ product }) => toNumber(product));
  if (unit.bias !== null) values.push(toNumber(unit.bias));
  return values.map((value) => ({ value: Number.isFinite(value) ? value : 0, token: signToken(value) }));
}
