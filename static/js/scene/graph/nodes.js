/** Nodes of the graph: name or op, value and gradient, hollow until they are reached. */

import { readGrid } from "../../layout/entries.js";
import { HEAD_SIZE } from "../../layout/cells.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { magnitude, signToken } from "../../layout/scale.js";
import { fitNumber, fitText } from "../../layout/text.js";
import { drawBead, roll } from "../bead.js";
import { drawStep } from "../chips.js";
import { during } from "../moment.js";
import { ARRIVED } from "./edges.js";
import { single } from "./parcel.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./graph.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").NodePlace} NodePlace */
/** @typedef {import("../../layout/layout.js").GridPlace} GridPlace */
/** @typedef {import("../../layout/trace.js").NodeView} NodeView */
/** @typedef {import("../../layout/trace.js").Num} Num */
/** @typedef {{forward: number, back: number, update: number}} Progress of value, gradient, new value */

const VALUE_SIZE = 17;
const SMALL = 13;

/** @param {Stage} stage @returns {Mark[]} */
export function drawNodes(stage) {
  return stage.trace.nodes.flatMap((node) => {
    const place = stage.layout.nodes.get(node.id);
    if (!place) return [];
    const progress = followNode(stage, node);
    return [
      drawBody(stage, node, place, progress),
      ...drawHead(node, place, progress),
      ...(place.form === "grid" ? drawGrids(stage, node, place, progress) : drawNumber(stage, node, place, progress)),
    ];
  });
}

/**
 * How far value, gradient and new value of a node have come in.
 * @param {Stage} stage
 * @param {NodeView} node
 * @returns {Progress}
 */
export function followNode({ story, trace, at }, node) {
  const forward = at(story.value.get(node.id));
  const back = node.grad === null ? 0 : at(story.grad.get(node.id));
  return {
    forward: node.op === null ? during(forward, 0.1, 0.8) : during(forward, ARRIVED, 1),
    back: during(back, story.sum.has(node.id) ? 0.66 : 0.84, 1),
    update: node.id in trace.updates ? at(story.update) : 0,
  };
}

/** @param {Stage} stage @param {NodeView} node @param {NodePlace} place @param {Progress} progress @returns {Mark} */
function drawBody({ beat, u, lit, trace, story }, node, { x, y, w, h, form }, { forward }) {
  const active = u < 1 && beat.nodes.includes(node.id) && beat.nodes.length === 1;
  const marked = lit.has(node.id);
  const output = story.outputs.has(node.id);
  const value = single(readGrid(trace, node, node.value));
  const plain = node.role === "parameter" && value !== null ? signToken(value) : output ? "loss" : "ink";
  return {
    key: `node:${node.id}`,
    shape: "rect",
    x: x - w / 2,
    y: y - h / 2,
    width: w,
    height: h,
    rx: roundCorners(node, { form, h }),
    fill: forward > 0 ? (output ? "loss-tint" : "raise") : "paper",
    stroke: marked ? "ink" : active ? beat.phase : forward > 0 ? plain : "ink-3",
    strokeWidth: marked || active ? 2.25 : 1.25,
    dash: node.role === "target" ? "4 3" : node.op === null && node.role === "value" ? "2 3" : undefined,
    tone: active ? "lifted" : undefined,
  };
}

/** The radius of a node's corners. @param {NodeView} node @param {Pick<NodePlace, "form" | "h">} place */
export function roundCorners({ op, role }, { form, h }) {
  if (form === "constant") return h / 2;
  return op === null && role !== "parameter" && form === "number" ? 26 : 12;
}

/** @param {NodeView} node @param {NodePlace} place @param {Progress} progress @returns {Mark[]} */
function drawHead(node, { x, y, w, h, name, label, form }, { forward }) {
  if (form === "constant") return [];
  const base = y - h / 2 + 18;
  const both = name !== "" && label !== "";
  const alone = !both && node.op !== null;
  const fill = forward > 0 || node.op === null ? "ink-2" : "ink-3";
  /** @type {Mark[]} */
  const marks = [];
  const [, letter, raised, lowered] = /^([^⁽]*)(?:⁽(.*)⁾)?(.*)$/.exec(name) ?? [];
  const symbol = letter + lowered;
  if (name) marks.push({ key: `node:${node.id}:name`, shape: "text", x: both ? x - w / 2 + 10 : x, y: base, text: fitText([symbol, `${symbol.slice(0, 8)}\u2026`], w - 16, HEAD_SIZE), raised: raised && `(${raised})`, size: HEAD_SIZE + 1, italic: true, anchor: both ? "start" : "middle", fill });
  if (label) marks.push({ key: `node:${node.id}:op`, shape: "text", x: both ? x + w / 2 - 10 : x, y: base, text: label, size: alone ? HEAD_SIZE + 2 : HEAD_SIZE, weight: 600, anchor: both ? "end" : "middle", fill });
  return marks;
}

/** @param {Stage} stage @param {NodeView} node @param {NodePlace} place @param {Progress} progress @returns {Mark[]} */
function drawNumber(stage, node, place, { forward, back, update }) {
  const { trace, story, at } = stage;
  const { x, y, w, h, form } = place;
  const key = `node:${node.id}`;
  const value = single(readGrid(trace, node, node.value)) ?? "NaN";
  const grad = single(readGrid(trace, node, node.grad));
  if (form === "constant") return forward > 0 ? writeValue(`${key}:value`, x, y + 5, value, w - 8, 14, "ink-2", forward) : [];
  const rule = y - h / 2 + 52;
  /** @type {Mark[]} */
  const marks = [{ key: `${key}:rule`, shape: "path", d: `M${x - w / 2 + 10} ${rule}H${x + w / 2 - 10}`, stroke: "rule", strokeWidth: 1, fill: "none" }];
  const base = y - h / 2 + 42;
  const changes = update > 0 ? readUpdate(stage, node) : null;
  if (changes) {
    const now = roll(value, changes.after, during(update, 0.2, 0.9));
    marks.push(...writeValue(`${key}:value`, x, base, now, w - 10, VALUE_SIZE, "update", 1));
    marks.push(...drawStep(`${key}:step`, { x, y: y - h / 2 - 7 }, { moment: { at: () => update }, stateful: stage.stateful }, { delta: changes.delta, grad: grad ?? 0 }));
  } else if (forward > 0) {
    const counted = node.op === null ? value : roll(0, value, forward);
    marks.push(...writeValue(`${key}:value`, x, base, counted, w - 10, VALUE_SIZE, "ink", Math.min(1, forward * 2)));
  }
  const after = trace.loss_after !== null && trace.beats[story.afterwards]?.nodes.includes(node.id) ? during(at(story.afterwards), 0, 0.9) : 0;
  const foot = y - h / 2 + 69;
  if (after > 0) marks.push({ key: `${key}:after`, shape: "text", x, y: foot, text: fitNumberAfter("\u2192 ", trace.loss_after ?? "NaN", w - 8), size: SMALL, weight: 700, anchor: "middle", fill: "update", opacity: after });
  else if (back > 0 && grad !== null) {
    const before = story.sum.has(node.id) ? "\u03a3 " : "\u2202 ";
    marks.push({ key: `${key}:grad`, shape: "text", x, y: foot, text: fitNumberAfter(before, grad, w - 8, true), size: SMALL, weight: 600, anchor: "middle", fill: "backward", opacity: back });
  }
  return marks;
}

/** @param {string} before @param {Num} value @param {number} width @param {boolean} [sign] */
function fitNumberAfter(before, value, width, sign = false) {
  return fitText([3, 2, 1].map((digits) => before + formatNumber(value, { digits, sign })), width, SMALL);
}

/** @param {string} key @param {number} x @param {number} y @param {Num} value @param {number} width @param {number} size @param {string} fill @param {number} opacity @returns {Mark[]} */
function writeValue(key, x, y, value, width, size, fill, opacity) {
  if (!Number.isFinite(toNumber(value))) {
    return drawBead(key, { x, y: y - size * 0.36 }, value, "backward", { radius: 8, opacity });
  }
  return [{ key, shape: "text", x, y, text: fitNumber(value, width, size), size, weight: 600, anchor: "middle", fill, opacity }];
}

/**
 * What the update does to a parameter that is one number.
 * @param {Stage} stage
 * @param {NodeView} node
 * @returns {{after: Num, delta: Num} | null}
 */
function readUpdate({ trace }, node) {
  const { after, delta } = /** @type {any} */ (trace.updates[node.id] ?? {});
  const [next, step] = [single(readGrid(trace, node, after)), single(readGrid(trace, node, delta))];
  return next === null || step === null ? null : { after: next, delta: step };
}

/** @param {Stage} stage @param {NodeView} node @param {NodePlace} place @param {Progress} progress @returns {Mark[]} */
function drawGrids({ trace }, node, place, { forward, back, update }) {
  const key = `node:${node.id}`;
  const value = readGrid(trace, node, node.value);
  const after = readGrid(trace, node, /** @type {any} */ (trace.updates[node.id]?.after));
  const t = during(update, 0.2, 0.9);
  const now = update > 0 && after.length ? value.map((row, i) => row.map((entry, j) => roll(entry, after[i][j], t))) : value;
  return [
    ...(place.value ? drawCells(`${key}:value`, place.value, now, forward, { fill: null, text: update > 0 && after.length ? "update" : "ink" }) : []),
    ...(place.grad ? drawCells(`${key}:grad`, place.grad, readGrid(trace, node, node.grad), back, { fill: "backward", text: "backward" }) : []),
  ];
}

/**
 * Cells shaded by magnitude, in the hue of their sign unless another is given.
 * @param {string} key
 * @param {GridPlace} place
 * @param {Num[][]} grid
 * @param {number} u
 * @param {{fill: string | null, text: string}} look
 * @returns {Mark[]}
 */
function drawCells(key, { left, top, rows, columns, cell, numbered, cut }, grid, u, { fill, text }) {
  const [w, h] = [columns * cell.w, rows * cell.h];
  /** @type {Mark[]} */
  const marks = [{ key, shape: "rect", x: left, y: top, width: w, height: h, rx: 4, fill: u > 0 ? "sink" : "none", stroke: "rule", strokeWidth: 1, dash: cut ? "3 3" : undefined }];
  if (u <= 0) return marks;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const value = grid[i]?.[j] ?? "NaN";
      const [x, y] = [left + j * cell.w, top + i * cell.h];
      const strength = (numbered ? 0.08 + 0.2 * magnitude(value) : 0.08 + 0.87 * magnitude(value)) * u;
      marks.push({ key: `${key}:${i}:${j}`, shape: "rect", x: x + 0.5, y: y + 0.5, width: cell.w - 1, height: cell.h - 1, rx: 3, fill: fill ?? signToken(value), opacity: strength });
      if (numbered) marks.push({ key: `${key}:${i}:${j}:number`, shape: "text", x: x + cell.w / 2, y: y + cell.h / 2 + SMALL * 0.36, text: fitNumber(value, cell.w - 2, SMALL, fill !== null), size: SMALL, weight: 600, anchor: "middle", fill: text, opacity: u });
    }
  }
  return marks;
}
