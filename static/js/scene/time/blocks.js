/** Values of a time step as rows: a signed bar and its number, the gradient beside. */

import { formatNumber, toNumber } from "../../layout/number.js";
import { lineWidth, magnitude, signToken } from "../../layout/scale.js";
import { fitNumber, fitText } from "../../layout/text.js";
import { measureGrid, norm } from "../../layout/unrolled.js";
import { drawBead, roll } from "../bead.js";
import { gradientProgress, valueProgress } from "./progress.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").BlockPlace} BlockPlace */
/** @typedef {import("../../layout/trace.js").Num} Num */

const SIZE = 12;
const SMALL = 11;

/** All blocks of all columns. @param {Stage} stage @returns {Mark[]} */
export function drawBlocks(stage) {
  return [...stage.layout.blocks.values()].flatMap((place) => drawBlock(stage, place));
}

/** @param {Stage} stage @param {BlockPlace} place @returns {Mark[]} */
function drawBlock(stage, place) {
  const { plan, lit } = stage;
  const node = plan.nodes.get(place.id);
  if (!node) return [];
  const [forward, back] = [valueProgress(stage, place.id), gradientProgress(stage, place.id)];
  const key = `block:${place.id}`;
  const marked = lit.has(place.id);
  return [
    {
      key,
      shape: "rect",
      x: place.x - place.w / 2,
      y: place.y - place.h / 2,
      width: place.w,
      height: place.h,
      rx: Math.min(7, place.h / 3),
      fill: forward > 0 ? "raise" : "paper",
      stroke: marked ? "ink" : forward > 0 && node.role !== "state" ? "ink-2" : node.role === "state" ? "rule" : "ink-3",
      strokeWidth: marked ? 2 : 1,
      dash: node.role === "target" ? "3 3" : place.cut ? "5 2" : undefined,
    },
    ...drawValues(stage, place, stage.grid(place.id), forward),
    ...drawGradients(place, stage.gradient(place.id), back),
    ...drawFoot(stage, place, back),
    ...drawName(stage, place, node, forward),
  ];
}

/** @param {Stage} stage @param {BlockPlace} place @param {Num[][]} grid @param {number} u @returns {Mark[]} */
function drawValues({ reach }, { id, y, h, rows, row, value: { left, w, numbered } }, grid, u) {
  if (u <= 0) return [];
  const key = `value:${id}`;
  const most = reach.get(id.slice(id.indexOf(".") + 1)) || 1;
  const [top, middle] = [y - h / 2, left + w / 2];
  return Array.from({ length: rows }, (_, i) => grid[i]?.[0] ?? "NaN").flatMap((value, i) => {
    const at = { x: middle, y: top + (i + 0.5) * row };
    if (!Number.isFinite(toNumber(value))) return drawBead(`${key}:${i}`, at, value, "backward", { radius: Math.max(2, Math.min(6, row / 2 - 2)), opacity: u });
    const now = toNumber(roll(0, value, u));
    const length = (Math.abs(now) / most) * (w / 2 - 3);
    const inset = row >= 8 ? 2 : 0.5;
    /** @type {Mark[]} */
    const marks = [{ key: `${key}:${i}`, shape: "rect", x: now < 0 ? middle - length : middle, y: at.y - row / 2 + inset, width: length, height: row - 2 * inset, rx: Math.min(2, row / 4), fill: signToken(value), opacity: numbered ? 0.24 : 0.8 }];
    if (numbered) marks.push({ key: `${key}:${i}:number`, shape: "text", x: at.x, y: at.y + SIZE * 0.36, text: fitNumber(now, w - 2, SIZE), size: SIZE, weight: 600, anchor: "middle", fill: "ink", opacity: Math.min(1, 2 * u) });
    return marks;
  });
}

/** @param {BlockPlace} place @param {Num[][]} grid @param {number} u @returns {Mark[]} */
function drawGradients({ id, y, h, rows, row, grad }, grid, u) {
  if (u <= 0 || !grad || grid.length === 0) return [];
  const key = `grad:${id}`;
  const top = y - h / 2;
  return Array.from({ length: rows }, (_, i) => grid[i]?.[0] ?? "NaN").flatMap((value, i) => {
    const at = { x: grad.left + grad.w / 2, y: top + (i + 0.5) * row };
    if (!Number.isFinite(toNumber(value))) return drawBead(`${key}:${i}`, at, value, "backward", { radius: Math.max(2, Math.min(6, row / 2 - 2, grad.w / 2)), opacity: u });
    const strength = (grad.numbered ? 0.06 + 0.18 * magnitude(value) : 0.08 + 0.87 * magnitude(value)) * u;
    /** @type {Mark[]} */
    const marks = [{ key: `${key}:${i}`, shape: "rect", x: grad.left, y: at.y - row / 2 + 1, width: grad.w, height: Math.max(1, row - 2), rx: Math.min(3, row / 4), fill: "backward", opacity: strength }];
    if (grad.numbered) marks.push({ key: `${key}:${i}:number`, shape: "text", x: at.x, y: at.y + SMALL * 0.36, text: fitNumber(value, grad.w - 2, SMALL, true), size: SMALL, weight: 600, anchor: "middle", fill: "backward", opacity: u });
    return marks;
  });
}

/** The gradient as a whole, under a state. @param {Stage} stage @param {BlockPlace} place @param {number} u @returns {Mark[]} */
function drawFoot(stage, { id, x, w, foot }, u) {
  const grid = stage.gradient(id);
  if (foot === null || u <= 0 || grid.length === 0) return [];
  const letter = id.slice(id.indexOf(".") + 1);
  return [{ key: `foot:${id}`, shape: "text", x, y: foot, text: writeGradient(grid, letter, w + 6, SMALL), size: SMALL, weight: 600, anchor: "middle", fill: "backward", opacity: u }];
}

/**
 * A gradient in one line: the number, or the norm of several.
 * @param {Num[][]} grid
 * @param {string} letter of what it is taken by
 * @param {number} width
 * @param {number} size
 */
export function writeGradient(grid, letter, width, size) {
  const alone = grid.length === 1 && grid[0].length === 1;
  const value = measureGrid(grid);
  const number = (/** @type {number} */ digits) => formatNumber(value, { digits, sign: alone });
  const [long, short] = alone ? [`\u2202L/\u2202${letter} `, "\u2202 "] : [`\u2016\u2202L/\u2202${letter}\u2016 `, "\u2016\u2202\u2016 "];
  return fitText([long + number(3), short + number(3), number(3), number(2), number(1)], width, size);
}

/** @param {Stage} stage @param {BlockPlace} place @param {import("../../layout/trace.js").NodeView} node @param {number} u @returns {Mark[]} */
function drawName({ layout, plan }, { id, x, y, w, h }, { role, latex, time }, u) {
  if (layout.folded && role === "input") return [];
  const [, letter, index] = /^(\w+?)_\{?(\w+)\}?$/.exec(latex) ?? ["", latex, undefined];
  const look = { size: 13, italic: true, fill: u > 0 ? "ink-2" : "ink-3" };
  const shape = /** @type {const} */ ("text");
  const name = { key: `name:${id}`, shape, text: letter, lowered: index, ...look };
  if (role === "input") return [{ ...name, x, y: y + h / 2 + 15, anchor: "middle" }];
  if (role === "state" && time === 0) return [{ ...name, x, y: y - h / 2 - 6, anchor: "middle" }];
  if (role === "state" || plan.steps.length === 0) return [];
  // Where the loss stands beside them, the way there takes the room.
  const free = layout.folded || Math.abs(layout.loss.y - y) > 30;
  return w >= 64 && free ? [{ ...name, x: x - w / 2 - 6, y: y + 4, anchor: "end", lowered: w >= 90 ? index : undefined }] : [];
}

/** How wide the line of a gradient is. @param {Num[][]} grid */
export function gradientWidth(grid) {
  return 1 + (lineWidth(norm(grid)) - 1) * 0.8;
}
