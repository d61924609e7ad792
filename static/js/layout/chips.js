/** Places for the numbers on edges, where all of a layer's have room. */

import { pointAt } from "./curve.js";

/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./layout.js").EdgePlace} EdgePlace */

const MOST_CHIPS = 16;
const TRIES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73];

/**
 * Gives the edges of one layer a place for value and gradient each, for the value alone, or none.
 * @param {EdgePlace[]} edges
 * @param {Box[]} taken boxes to keep clear of; what is placed is added
 * @param {{w: number, h: number, bounds: Box, down: boolean}} room
 */
export function placeChips(edges, taken, room) {
  if (edges.length > MOST_CHIPS) return;
  if (edges.length === 1 && (placeApart(edges[0], taken, room, 2.1) || placeApart(edges[0], taken, room, 1))) return;
  for (const lines of [2, 1]) {
    const places = findPlaces(edges, taken, { ...room, h: room.h * lines });
    if (!places) continue;
    edges.forEach((edge, i) => {
      const { x, y } = places[i];
      const shift = ((lines - 1) * room.h) / 2;
      edge.chip = { x, y: y - shift, w: room.w, h: room.h };
      edge.tag = lines === 2 ? { x, y: y + shift, w: room.w, h: room.h } : null;
    });
    taken.push(...places);
    return;
  }
}

/**
 * A single edge carries its value on one side and its gradient on the other.
 * @param {EdgePlace} edge
 * @param {Box[]} taken
 * @param {{w: number, h: number, bounds: Box, down: boolean}} room
 * @param {number} lines how tall the gradient's place is
 */
function placeApart(edge, taken, { w, h, bounds, down }, lines) {
  const middle = pointAt(edge.curve, 0.5);
  const wide = { w: w * 1.7, h: h * lines };
  const gap = down ? { x: w / 2 + 14, y: 0 } : { x: 0, y: h * 1.6 };
  const chip = { x: middle.x - gap.x, y: middle.y - gap.y, w, h };
  const tag = down
    ? { x: middle.x + wide.w / 2 + 14, y: middle.y, ...wide }
    : { x: middle.x, y: middle.y + h * 1.25 + wide.h / 2, ...wide };
  if (![chip, tag].every((box) => isInside(box, bounds) && !taken.some((other) => overlap(box, other)))) return false;
  edge.chip = chip;
  edge.tag = tag;
  taken.push(chip, tag);
  return true;
}

/**
 * @param {EdgePlace[]} edges
 * @param {Box[]} taken
 * @param {{w: number, h: number, bounds: Box}} room
 * @returns {Box[] | null}
 */
function findPlaces(edges, taken, { w, h, bounds }) {
  /** @type {Box[]} */
  const placed = [];
  for (const edge of edges) {
    const box = TRIES.map((t) => ({ ...pointAt(edge.curve, t), w, h })).find(
      (candidate) =>
        isInside(candidate, bounds) && ![...taken, ...placed].some((other) => overlap(candidate, other)),
    );
    if (!box) return null;
    placed.push(box);
  }
  return placed;
}

/**
 * @param {Box} a
 * @param {Box} b
 */
export function overlap(a, b) {
  return Math.abs(a.x - b.x) * 2 < a.w + b.w + 4 && Math.abs(a.y - b.y) * 2 < a.h + b.h + 4;
}

/**
 * @param {Box} box
 * @param {Box} bounds
 */
function isInside(box, bounds) {
  return (
    Math.abs(box.x - bounds.x) + box.w / 2 <= bounds.w / 2 &&
    Math.abs(box.y - bounds.y) + box.h / 2 <= bounds.h / 2
  );
}
