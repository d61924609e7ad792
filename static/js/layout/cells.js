/** How large a node of the computation graph is, and where its numbers stand in it. */

import { readGrid } from "./entries.js";
import { nameNode } from "./symbols.js";
import { textWidth } from "./text.js";

/** @typedef {import("./trace.js").NodesTrace} NodesTrace */
/** @typedef {import("./trace.js").NodeView} NodeView */
/** @typedef {import("./layout.js").GridPlace} GridPlace */
/** @typedef {import("./layout.js").NodeForm} NodeForm */
/**
 * Places are from the left top corner of the node.
 * @typedef {{form: NodeForm, w: number, h: number, name: string, label: string,
 *   value: GridPlace | null, grad: GridPlace | null}} NodeSize
 */

const NUMBER = { w: 78, h: 78 };
const CONSTANT = { w: 46, h: 34 };
const PAD = 9;
const HEAD = 26;
const GAP = 6;
const MOST = 12;
const NUMBERED = { rows: 5, columns: 2, cell: { w: 46, h: 20 } };
const SHADED = { w: 13, h: 13 };

/** What is written above the numbers. */
export const HEAD_SIZE = 13;

/**
 * @param {NodesTrace} trace
 * @param {NodeView} node
 * @returns {NodeSize}
 */
export function sizeNode(trace, node) {
  const grid = readGrid(trace, node, node.value);
  const [rows, columns] = [grid.length, Math.max(0, ...grid.map((row) => row.length))];
  const name = nameNode(trace, node);
  const label = node.op === null && (name === node.label || node.role !== "value") ? "" : node.label;
  const head = textWidth([name, label].filter(Boolean).join("  "), HEAD_SIZE) + 2 * PAD;
  if (rows * columns <= 1) {
    const constant = node.op === null && node.grad === null && node.role === "value";
    const { w, h } = constant ? CONSTANT : NUMBER;
    return { form: constant ? "constant" : "number", w: constant ? w : Math.min(140, Math.max(w, head)), h, name, label, value: null, grad: null };
  }
  const value = placeCells(rows, columns);
  const inner = { w: value.columns * value.cell.w, h: value.rows * value.cell.h };
  const aside = value.rows >= value.columns;
  const both = node.grad === null ? 1 : 2;
  const [across, along] = aside ? [both, 1] : [1, both];
  const w = Math.max(across * inner.w + (across - 1) * GAP + 2 * PAD, Math.min(150, head), 60);
  const h = HEAD + along * inner.h + (along - 1) * GAP + PAD;
  const left = (w - across * inner.w - (across - 1) * GAP) / 2;
  const grad = aside ? { left: left + inner.w + GAP, top: HEAD } : { left, top: HEAD + inner.h + GAP };
  return {
    form: "grid",
    w,
    h,
    name,
    label,
    value: { ...value, left, top: HEAD },
    grad: node.grad === null ? null : { ...value, ...grad },
  };
}

/** @param {number} rows @param {number} columns @returns {GridPlace} */
function placeCells(rows, columns) {
  const numbered = rows <= NUMBERED.rows && columns <= NUMBERED.columns;
  return {
    left: 0,
    top: 0,
    rows: Math.min(rows, MOST),
    columns: Math.min(columns, MOST),
    cell: numbered ? NUMBERED.cell : SHADED,
    numbered,
    cut: rows > MOST || columns > MOST,
  };
}
