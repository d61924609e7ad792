/** The network in training: weights as edges, units as frames around their maps, the plane's axes. */

import { listTicks } from "../../layout/axes.js";
import { formatNumber } from "../../layout/number.js";
import { LEGEND_VALUES, lineWidth, magnitude, signToken } from "../../layout/scale.js";
import { connect, pointAt } from "../../layout/curve.js";
import { textWidth } from "../../layout/text.js";
import { classToken, MOST_CLASSES, shapePath } from "./shapes.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/training.js").TrainingLayout} Layout */
/** @typedef {import("../../layout/training.js").TrainingUnit} Unit */
/** @typedef {{selection: string | null, hover: string | null}} Looking */
/** @typedef {{parameters: Record<string, any>} | null} Document */

/** With more edges than this they have no handles of their own. */
export const MOST_HANDLES = 400;
const MANY = 220;

/**
 * The edges, which change with every frame and go to the canvas.
 * @param {Layout} layout
 * @param {Document} document
 * @param {Looking} looking
 * @returns {Mark[]}
 */
export function sceneEdges(layout, document, { selection, hover }) {
  const lit = new Set([selection, hover]);
  const many = layout.edges.length > MANY;
  return layout.edges.map(({ id, layer, from, to, row, column, curve }) => {
    const value = document?.parameters[`layer${layer}.weight`]?.[row]?.[column] ?? 0;
    const marked = lit.has(id) || lit.has(from) || lit.has(to);
    return {
      key: id,
      shape: "curve",
      curve,
      fill: "none",
      stroke: signToken(value),
      // Among the many all lines are thin, which is fast, and strength shows as opacity.
      strokeWidth: many && !marked ? 1 : lineWidth(value, 0.7),
      opacity: lit.has(id) ? 1 : marked ? 0.9 : many ? 0.08 + 0.5 * magnitude(value) : 0.25 + 0.5 * magnitude(value),
      bulk: true,
    };
  });
}

/**
 * What stands still while it trains: frames, names, axes, handles.
 * @param {Layout} layout
 * @param {Document} document
 * @param {Looking & {names: string[], ranges: {x: [number, number], y: [number, number]} | null, title: string, classes: string[], held: boolean, diverged: number | null, brush: boolean}} look
 * @returns {Mark[]}
 */
export function sceneFrames(layout, document, look) {
  return [
    ...layout.columns.map(({ text, x, y, anchor }, i) => /** @type {Mark} */ ({ key: `column:${i}`, shape: "text", x, y, text, anchor, size: 12, fill: "ink-3", halo: "paper" })),
    ...drawWires(layout),
    ...layout.layers.flatMap((units) => units.flatMap((unit) => drawUnit(unit, layout, document, look))),
    ...(layout.field && look.ranges ? drawAxes(layout.field, look.ranges, look.title) : []),
    ...(layout.field ? drawClasses(layout.field, look.classes, look.held, layout.down) : []),
    ...drawLegend(layout),
    ...drawChip(layout, document, look),
    ...drawHandles(layout, document, look),
  ];
}

/** From several outputs to the map that shows which of them is largest. @param {Layout} layout @returns {Mark[]} */
function drawWires({ field, layers, down }) {
  const outputs = layers.at(-1) ?? [];
  if (!field || outputs[0]?.w === field.w) return [];
  const to = down ? { x: field.x, y: field.y - field.h / 2 - 26 } : { x: field.x - field.w / 2 - 26, y: field.y };
  return outputs.map(({ id, out }) => ({ key: `wire:${id}`, shape: "curve", curve: connect(out, to, down), stroke: "ink-3", strokeWidth: 1, opacity: 0.6, fill: "none" }));
}

/** @param {Unit} unit @param {Layout} layout @param {Document} document @param {Parameters<typeof sceneFrames>[2]} look @returns {Mark[]} */
function drawUnit(unit, layout, document, { names, classes, selection, hover, diverged }) {
  const { id, layer, index, form, x, y, w, h } = unit;
  const merged = unit.w === layout.field?.w;
  if (form === "cell" || merged) return [];
  const lit = id === selection || id === hover;
  const frame = diverged === layer ? "negative" : lit ? "ink" : "ink-3";
  /** @type {Mark[]} */
  const marks = [
    form === "disc"
      ? { key: `unit:${id}`, shape: "circle", x, y, r: w / 2, fill: "raise", stroke: frame, strokeWidth: lit ? 2.5 : 1.25 }
      : { key: `unit:${id}`, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: Math.min(6, w / 5), fill: "none", stroke: frame, strokeWidth: lit || diverged === layer ? 2.5 : 1 },
  ];
  const last = layer === layout.layers.length - 1;
  const name = layer === 0 ? names[index] : last && form === "disc" ? classes[index] : undefined;
  const size = Math.min(14, (w * 0.8) / Math.max(1, textWidth(name ?? "", 1)));
  if (name !== undefined && size >= 9) marks.push({ key: `name:${id}`, shape: "text", x, y: y + size * 0.36, text: name, size, anchor: "middle", fill: "ink", italic: layer === 0 });
  const bias = document?.parameters[`layer${layer}.bias`]?.[index];
  if (layer > 0 && bias !== undefined && w >= 20) {
    marks.push({ key: `bias:${id}`, shape: "circle", x: x - w / 2 + 1, y: y + h / 2 - 1, r: 2 + 2.5 * magnitude(bias), fill: signToken(bias), stroke: "paper", strokeWidth: 1.5 });
  }
  return marks;
}

/** @param {import("../../layout/layout.js").Box} field @param {{x: [number, number], y: [number, number]}} ranges @param {string} title @returns {Mark[]} */
function drawAxes({ x, y, w, h }, ranges, title) {
  const [left, top, bottom] = [x - w / 2, y - h / 2, y + h / 2];
  const across = (/** @type {number} */ value) => left + ((value - ranges.x[0]) / (ranges.x[1] - ranges.x[0])) * w;
  const up = (/** @type {number} */ value) => bottom - ((value - ranges.y[0]) / (ranges.y[1] - ranges.y[0])) * h;
  return [
    { key: "field", shape: "rect", x: left, y: top, width: w, height: h, rx: 3, fill: "none", stroke: "ink-3", strokeWidth: 1 },
    ...listTicks(ranges.x[0], ranges.x[1], w > 260 ? 7 : 4).map((value) => /** @type {Mark} */ ({ key: `x:${value}`, shape: "text", x: across(value), y: bottom + 17, text: formatNumber(value), size: 12, anchor: "middle", fill: "ink-2" })),
    ...listTicks(ranges.y[0], ranges.y[1], h > 260 ? 7 : 4).map((value) => /** @type {Mark} */ ({ key: `y:${value}`, shape: "text", x: left - 6, y: up(value) + 4, text: formatNumber(value), size: 12, anchor: "end", fill: "ink-2" })),
    { key: "title", shape: "text", x: left, y: top - 11, text: title, size: 13, weight: 600, fill: "ink", halo: "paper" },
  ];
}

/**
 * Which shape is which class, in the corner over the large map, and what hollow ones are.
 * @param {import("../../layout/layout.js").Box} field @param {string[]} classes @param {boolean} held @param {boolean} down
 * @returns {Mark[]}
 */
function drawClasses({ x, y, w, h }, classes, held, down) {
  if (classes.length > MOST_CLASSES) return [];
  let right = x + w / 2;
  const shapes = classes.toReversed().flatMap((name, i) => {
    const label = classes.length - 1 - i;
    const text = name.length > 12 ? `${name.slice(0, 11)}…` : name;
    right -= textWidth(text, 13);
    const mark = { x: right, y: y - h / 2 - 11 };
    right -= 26;
    if (right < x - w / 2 + 110) return [];
    return /** @type {Mark[]} */ ([
      { key: `class:${label}`, shape: "text", ...mark, text, size: 13, fill: "ink-2", halo: "paper" },
      { key: `class:${label}:shape`, shape: "path", d: shapePath(label, mark.x - 10, mark.y - 4.5, 4.5), fill: classToken(label) },
    ]);
  });
  if (!held) return shapes;
  // Where edges come from above, there is room below.
  const foot = down ? y + h / 2 + 36 : y - h / 2 - 11;
  right = (down ? x + w / 2 : right) - textWidth("held out", 12);
  if (right - 16 < x - w / 2 + 90) return shapes;
  return [
    ...shapes,
    { key: "held", shape: "text", x: right, y: foot, text: "held out", size: 12, fill: "ink-2", halo: "paper" },
    { key: "held:shape", shape: "circle", x: right - 10, y: foot - 4.5, r: 4, fill: "paper", stroke: "ink-2", strokeWidth: 1.75 },
  ];
}

/** @param {Layout} layout @returns {Mark[]} */
function drawLegend({ legend }) {
  if (!legend) return [];
  const { x, y } = legend;
  return LEGEND_VALUES.flatMap((value, i) => /** @type {Mark[]} */ ([
    { key: `legend:${i}`, shape: "path", d: `M${x + i * 48} ${y - 10}h34`, stroke: signToken(value), strokeWidth: lineWidth(value, 0.7), fill: "none" },
    { key: `legend:${i}:value`, shape: "text", x: x + i * 48 + 17, y: y + 8, text: formatNumber(value, { sign: true }), size: 11, anchor: "middle", fill: "ink-3" },
  ]));
}

/** The number of the edge that is looked at. @param {Layout} layout @param {Document} document @param {Looking} looking @returns {Mark[]} */
function drawChip(layout, document, { selection, hover }) {
  const edge = layout.edges.find(({ id }) => id === (hover ?? selection)) ?? layout.edges.find(({ id }) => id === selection);
  if (!edge) return [];
  const value = document?.parameters[`layer${edge.layer}.weight`]?.[edge.row]?.[edge.column] ?? 0;
  const text = `w ${formatNumber(value, { sign: true, digits: 4 })}`;
  const { x, y } = pointAt(edge.curve, 0.5);
  const w = textWidth(text, 13) + 14;
  return [
    { key: "chip", shape: "rect", x: x - w / 2, y: y - 13, width: w, height: 26, rx: 7, fill: "raise", stroke: signToken(value), strokeWidth: 1.5 },
    { key: "chip:text", shape: "text", x, y: y + 4.5, text, size: 13, weight: 600, anchor: "middle", fill: signToken(value) },
  ];
}

/** @param {Layout} layout @param {Document} document @param {Parameters<typeof sceneFrames>[2]} look @returns {Mark[]} */
function drawHandles(layout, document, { names, brush }) {
  const weightAt = (/** @type {import("../../layout/training.js").TrainingEdge} */ { layer, row, column }) => formatNumber(document?.parameters[`layer${layer}.weight`]?.[row]?.[column]);
  const nameOf = (/** @type {string} */ id) => {
    const unit = layout.units.get(id);
    return !unit ? id : unit.layer === 0 ? names[unit.index] : unit.w === layout.field?.w ? "the output" : `layer ${unit.layer}, unit ${unit.index + 1}`;
  };
  /** @type {Mark[]} */
  const edges = layout.edges.length > MOST_HANDLES ? [] : layout.edges.map((edge) => ({ key: `handle:${edge.id}`, shape: "curve", curve: edge.curve, stroke: "transparent", strokeWidth: 10, fill: "none", tone: "handle edge", id: edge.id, label: `weight from ${nameOf(edge.from)} to ${nameOf(edge.to)}: ${weightAt(edge)}` }));
  const units = layout.layers.flat().filter((unit) => unit.form !== "cell" && !(brush && unit.w === layout.field?.w));
  return [
    ...edges,
    ...units.map((unit) => {
      const bias = document?.parameters[`layer${unit.layer}.bias`]?.[unit.index];
      const label = unit.layer === 0 ? `input ${nameOf(unit.id)}` : `${nameOf(unit.id)}, bias ${formatNumber(bias)}`;
      return /** @type {Mark} */ ({ key: `handle:${unit.id}`, shape: "rect", x: unit.x - unit.w / 2, y: unit.y - unit.h / 2, width: unit.w, height: unit.h, rx: unit.form === "disc" ? unit.w / 2 : 4, fill: "none", tone: "handle", id: unit.id, label });
    }),
  ];
}
