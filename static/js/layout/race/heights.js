/** The scale of a surface: which share of the way from lowest to highest a loss is, and its contours. */

import { toNumber } from "../number.js";

/** @typedef {import("../trace.js").Num} Num */
/** @typedef {"log" | "linear"} Kind */
/** @typedef {{share(loss: number): number, loss(share: number): number}} Scale */

/** A logarithmic scale spans at least and at most so much. */
const [NARROW, WIDE] = [30, 1e7];
/** The share of the surface that lies in the scale's first steps. */
const FLOOR = 0.01;

/**
 * @param {readonly number[]} losses
 * @param {Kind} kind
 * @returns {Scale}
 */
export function makeScale(losses, kind) {
  const sorted = losses.filter(Number.isFinite).sort((a, b) => a - b);
  const [low, high] = [sorted[0] ?? 0, sorted[sorted.length - 1] ?? 1];
  const span = high - low || 1;
  if (kind === "linear") return { share: (loss) => limit((loss - low) / span), loss: (share) => low + share * span };
  const floor = (sorted[Math.floor(FLOOR * (sorted.length - 1))] ?? low) - low;
  const reach = Math.min(WIDE, Math.max(NARROW, span / (floor || span / WIDE)));
  return {
    share: (loss) => limit(Math.log1p((Math.max(0, loss - low) / span) * reach) / Math.log1p(reach)),
    loss: (share) => low + (Math.expm1(share * Math.log1p(reach)) / reach) * span,
  };
}

/** @param {readonly (readonly Num[])[]} losses @returns {number[]} */
export function flatten(losses) {
  return losses.flatMap((row) => row.map(toNumber));
}

/**
 * The lines on which a surface is as high as each of `levels`, as segments in cells of its grid.
 * Marching squares; a cell with a corner that is not finite has no line.
 * @param {readonly number[]} shares row by row
 * @param {number} columns
 * @param {readonly number[]} levels
 * @returns {number[]} x, y of the ends of each segment in turn
 */
export function traceContours(shares, columns, levels) {
  /** @type {number[]} */
  const found = [];
  const rows = shares.length / columns;
  for (let row = 0; row < rows - 1; row++) {
    for (let column = 0; column < columns - 1; column++) {
      const at = row * columns + column;
      const corners = [shares[at], shares[at + 1], shares[at + columns + 1], shares[at + columns]];
      const [least, most] = [Math.min(...corners), Math.max(...corners)];
      if (!Number.isFinite(least + most)) continue;
      for (const level of levels) {
        if (level > least && level <= most) cut(corners, level, column, row, found);
      }
    }
  }
  return found;
}

/** Corners of a cell in turn, from its origin. */
const AROUND = [[0, 0], [1, 0], [1, 1], [0, 1]];

/** @param {number[]} corners @param {number} level @param {number} column @param {number} row @param {number[]} found */
function cut(corners, level, column, row, found) {
  /** @type {number[]} */
  const ends = [];
  for (let i = 0; i < 4; i++) {
    const [from, to] = [corners[i], corners[(i + 1) % 4]];
    if (from < level === to < level) continue;
    const t = (level - from) / (to - from);
    const [[x0, y0], [x1, y1]] = [AROUND[i], AROUND[(i + 1) % 4]];
    ends.push(column + x0 + t * (x1 - x0), row + y0 + t * (y1 - y0));
  }
  // Two ends make a segment; four, in a cell that is a saddle, make two of them.
  found.push(...ends);
}

/** @param {number} share */
function limit(share) {
  return Math.min(1, Math.max(0, share));
}
