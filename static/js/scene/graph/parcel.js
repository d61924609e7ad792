/** What travels: one number as a bead, several as a small strip of cells. */

import { formatNumber, toNumber } from "../../layout/number.js";
import { beadRadius, magnitude, signToken } from "../../layout/scale.js";
import { drawBead } from "../bead.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/trace.js").Num} Num */
/** @typedef {import("../../layout/curve.js").Point} Point */

/** @typedef {"above" | "below" | "left" | "right"} Side */

const CELL = 7;
const MOST = 8;
const SIZE = 13;

/**
 * @param {string} key
 * @param {Point} at
 * @param {Num[][]} grid
 * @param {{token: string, opacity: number, side?: Side, signed?: boolean, radius?: number}} look
 *   `side`: where its number is written; `signed`: cells take the hue of their sign
 * @returns {Mark[]}
 */
export function drawParcel(key, at, grid, { token, opacity, side = "below", signed = false, radius }) {
  const value = single(grid);
  if (value !== null) {
    const r = radius ?? beadRadius(value);
    const marks = drawBead(key, at, value, token, { opacity, radius: r });
    if (marks.length === 0) return [];
    const text = formatNumber(value, { sign: token === "backward" });
    return [...marks, { key: `${key}:number`, shape: "text", ...besideBead(at, r, side), text, size: SIZE, weight: 600, fill: token, halo: "paper", opacity }];
  }
  if (opacity <= 0 || grid.length === 0) return [];
  const rows = grid.slice(0, MOST).map((row) => row.slice(0, MOST));
  const [w, h] = [rows[0].length * CELL, rows.length * CELL];
  const [left, top] = [at.x - w / 2, at.y - h / 2];
  return [
    { key, shape: "rect", x: left - 3, y: top - 3, width: w + 6, height: h + 6, rx: 5, fill: "raise", stroke: token, strokeWidth: 1.5, opacity },
    ...rows.flatMap((row, i) =>
      row.map((entry, j) => ({
        key: `${key}:${i}:${j}`,
        shape: /** @type {const} */ ("rect"),
        x: left + j * CELL + 0.5,
        y: top + i * CELL + 0.5,
        width: CELL - 1,
        height: CELL - 1,
        rx: 1.5,
        fill: signed ? signToken(entry) : token,
        opacity: opacity * (0.12 + 0.88 * magnitude(entry)),
      })),
    ),
  ];
}

/** @param {Point} at @param {number} r @param {Side} side @returns {Pick<Mark, "x" | "y" | "anchor">} */
function besideBead({ x, y }, r, side) {
  if (side === "left") return { x: x - r - 5, y: y + SIZE * 0.36, anchor: "end" };
  if (side === "right") return { x: x + r + 5, y: y + SIZE * 0.36, anchor: "start" };
  return { x, y: side === "above" ? y - r - 5 : y + r + SIZE + 3, anchor: "middle" };
}

/** The one number of a grid, or null when there are more. @param {Num[][]} grid */
export function single(grid) {
  return grid.length === 1 && grid[0].length === 1 ? grid[0][0] : null;
}

/** The entry of a grid that is farthest from 0; one that is not finite before all. @param {Num[][]} grid @returns {Num} */
export function largest(grid) {
  const size = (/** @type {Num} */ value) => (Number.isNaN(toNumber(value)) ? Infinity : Math.abs(toNumber(value)));
  return grid.flat().reduce((best, value) => (size(value) > size(best) ? value : best), 0);
}
