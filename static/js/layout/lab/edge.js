/** The edge of chaos on a grid: where the factor of the mean square gradient passes 1. */

import { toNumber } from "../number.js";

/** @typedef {import("./sweep.js").SweepPoint} SweepPoint */
/** A logarithm that is 0 but for rounding. */
const SMALL = 1e-9;

/** @typedef {{x: number, y: number}} Crossing in steps of the grid: 0 is the middle of the first cell */

/**
 * Crossings along x, one per row, where there are any; else along y, one per column.
 * @param {readonly (SweepPoint | undefined)[]} points x by y, y changing fastest
 * @param {number} columns
 * @param {number} rows
 * @returns {Crossing[]}
 */
export function findEdge(points, columns, rows) {
  const log = (/** @type {number} */ i, /** @type {number} */ j) => {
    const chi = points[i * rows + j]?.chi_1;
    return chi === null || chi === undefined ? NaN : Math.log(toNumber(chi));
  };
  const across = Array.from({ length: rows }, (_, j) => cross((i) => log(i, j), columns)).map((x, y) => ({ x, y }));
  const down = Array.from({ length: columns }, (_, i) => cross((j) => log(i, j), rows)).map((y, x) => ({ x, y }));
  const known = (/** @type {Crossing[]} */ list) => list.filter(({ x, y }) => !Number.isNaN(x) && !Number.isNaN(y));
  const [first, second] = [known(across), known(down)];
  return first.length >= second.length || first.length >= rows ? first : second;
}

/**
 * How the edge is to be drawn and told: between numbers it is a line; where the rows, or the columns,
 * are things with names, each has its own place; along names it means nothing.
 * @param {{points: readonly (SweepPoint | undefined)[], x: import("./sweep.js").SweepAxis, y: import("./sweep.js").SweepAxis}} grid
 * @returns {{kind: "line" | "marks" | "none", along: "x" | "y", crossings: Crossing[]}}
 */
export function readEdge({ points, x, y }) {
  const crossings = findEdge(points, x.values.length, y.values.length);
  const along = crossings.every((one) => Number.isInteger(one.y)) ? "x" : "y";
  const [crossed, other] = along === "x" ? [x, y] : [y, x];
  if (crossings.length === 0 || crossed.named) return { kind: "none", along, crossings: [] };
  return { kind: other.named ? "marks" : "line", along, crossings };
}

/**
 * Where a series passes 0, between its places; NaN where it does not. A stretch of zeros is passed
 * at its end.
 * @param {(place: number) => number} at
 * @param {number} count
 */
function cross(at, count) {
  let sign = 0;
  for (let i = 0; i < count; i += 1) {
    const value = at(i);
    if (!Number.isFinite(value)) sign = 0;
    if (!Number.isFinite(value) || Math.abs(value) < SMALL) continue;
    if (sign === -Math.sign(value)) {
      const before = at(i - 1);
      return Math.abs(before) < SMALL ? i - 1 : i - 1 + before / (before - value);
    }
    sign = Math.sign(value);
  }
  return NaN;
}
