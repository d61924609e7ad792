/** What is lit stands out because the rest steps back behind a veil. */

import { formatNumber } from "../layout/number.js";
import { textWidth } from "../layout/text.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("../layout/curve.js").Curve} Curve */
/** @typedef {import("../layout/curve.js").Point} Point */
/** @typedef {import("../layout/trace.js").Num} Num */

const VEIL = 0.74;
const [THINNEST, WIDEST] = [1.5, 8];
const FAINTEST = 0.25;

/** @param {{x: number, y: number, width: number, height: number}} area @returns {Mark} */
export function drawVeil(area) {
  return { key: "veil", shape: "rect", ...area, fill: "paper", opacity: VEIL };
}

/**
 * The way of a path, the wider and stronger the more runs along it.
 * @param {string} key
 * @param {Curve} curve
 * @param {number} share 0 to 1
 * @param {number} scale
 * @returns {Mark[]}
 */
export function drawWay(key, curve, share, scale) {
  const width = (THINNEST + (WIDEST - THINNEST) * share) * scale;
  return [
    { key: `light:${key}:ground`, shape: "curve", curve, stroke: "paper", strokeWidth: width + 4, fill: "none" },
    { key: `light:${key}`, shape: "curve", curve, stroke: "backward", strokeWidth: width, opacity: FAINTEST + (1 - FAINTEST) * share, fill: "none" },
  ];
}

/**
 * A ring around something lit.
 * @param {string} key
 * @param {{x: number, y: number, w: number, h: number}} box
 * @param {number} round
 * @param {number} share
 * @returns {Mark}
 */
export function drawRing(key, { x, y, w, h }, round, share) {
  return { key: `light:${key}:ring`, shape: "rect", x: x - w / 2 - 3, y: y - h / 2 - 3, width: w + 6, height: h + 6, rx: round + 3, fill: "none", stroke: "backward", strokeWidth: 1.5 + 1.5 * share, opacity: FAINTEST + (1 - FAINTEST) * share };
}

/**
 * The factor that a path takes here.
 * @param {string} key
 * @param {Point} at
 * @param {Num} factor
 * @param {number} size of type
 * @returns {Mark[]}
 */
export function drawFactor(key, { x, y }, factor, size) {
  const text = `\u00d7 ${formatNumber(factor)}`;
  const [w, h] = [textWidth(text, size) + 12, size + 10];
  return [
    { key: `light:${key}:factor`, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 6, fill: "backward-tint", stroke: "backward", strokeWidth: 1.25 },
    { key: `light:${key}:factor:text`, shape: "text", x, y: y + size * 0.36, text, size, weight: 650, anchor: "middle", fill: "backward" },
  ];
}
