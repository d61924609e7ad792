/** Where the shared parameters stand, each with its stack of shares. */

import { readGrid } from "./entries.js";
import { CELL } from "./unrolled.js";

/** @typedef {import("./trace.js").NodesTrace} NodesTrace */
/** @typedef {import("./layout.js").CardPlace} CardPlace */
/** @typedef {import("./layout.js").Area} Area */

export const HEAD = 22;
const TOTAL = 20;
const GAP = 10;
/** What belongs to the output is shared by fewer, and needs less. */
const NARROWER = 0.74;
const ROW = { most: 16, numbered: 10.4 };
const CELL_SIZE = 13;
/** For the number of a time step beside its bar. @param {number} steps */
export const timeWidth = (steps) => 6 + 6.6 * String(steps).length;

/**
 * The height at which every share can be read, if there is room.
 * @param {NodesTrace} trace
 * @param {import("./unrolled.js").Shared[]} parameters
 * @param {number} least
 * @param {number} most
 */
export function fitCards(trace, parameters, least, most) {
  const rows = Math.max(...parameters.map(({ shares }) => shares.length));
  const matrix = Math.max(...trace.nodes.filter(({ role }) => role === "parameter").map(({ shape }) => shape[0] ?? 1));
  const wanted = Math.max(rows * ROW.most + TOTAL, Math.min(72, matrix * CELL_SIZE)) + HEAD + 10;
  return Math.max(least, Math.min(most, wanted));
}

/**
 * @param {NodesTrace} trace
 * @param {import("./unrolled.js").Shared[]} parameters
 * @param {Area} area
 * @returns {CardPlace[]}
 */
export function layoutCards(trace, parameters, { left, top, width, height }) {
  const weights = parameters.map(({ layer }) => (layer === CELL ? 1 : NARROWER));
  const each = (width - GAP * (parameters.length - 1)) / weights.reduce((sum, weight) => sum + weight, 0);
  const pad = width < 560 ? 6 : 10;
  let at = left;
  return parameters.map(({ id, shares }, i) => {
    const w = each * weights[i];
    const start = at;
    at += w + GAP;
    const node = trace.nodes.find((one) => one.id === id);
    const grid = node ? readGrid(trace, node, node.value) : [];
    const matrix = grid.length > 1 || (grid[0]?.length ?? 0) > 1;
    const body = { left: start + pad, top: top + HEAD + 4, width: w - 2 * pad, height: height - HEAD - 4 - 6 };
    const own = matrix && w >= 104 && body.height > TOTAL + 12 ? placeGrid(grid, { ...body, width: Math.min(72, body.width * 0.36), height: body.height - TOTAL }) : null;
    const taken = own ? own.columns * own.cell.w + 10 : 0;
    const row = Math.max(0, Math.min(ROW.most, (body.height - TOTAL) / Math.max(1, shares.length)));
    const time = timeWidth(shares[shares.length - 1]?.time ?? 1);
    const room = body.width - taken;
    const numbered = row >= ROW.numbered && room >= 84;
    const bars = { left: body.left + taken + (numbered ? time : 0), top: body.top, width: room - (numbered ? time + 50 : 0), height: row * shares.length };
    return { id, x: start + w / 2, y: top + height / 2, w, h: height, grid: own, bars, row, numbered, right: start + w - pad, total: Math.min(top + height - 6, body.top + bars.height + 15) };
  });
}

/**
 * Square cells for all entries, or for as many as can be told apart.
 * @param {import("./trace.js").Num[][]} grid
 * @param {Area} area
 * @returns {import("./layout.js").GridPlace}
 */
function placeGrid(grid, { left, top, width, height }) {
  const [rows, columns] = [grid.length, grid[0].length];
  const size = Math.max(3, Math.min(CELL_SIZE, width / columns, height / rows));
  const shown = { rows: Math.min(rows, Math.floor(height / size + 1e-9)), columns: Math.min(columns, Math.floor(width / size + 1e-9)) };
  return { left, top, ...shown, cell: { w: size, h: size }, numbered: false, cut: shown.rows < rows || shown.columns < columns };
}
