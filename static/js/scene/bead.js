/** A value that travels, and the look of values that are not finite. */

import { formatNumber, toNumber } from "../layout/number.js";
import { beadRadius } from "../layout/scale.js";
import { typeSize } from "../layout/text.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {import("../layout/curve.js").Point} Point */

/**
 * A bead at a point; an open ring for infinity, a hatched square for NaN, nothing for 0.
 * @param {string} key
 * @param {Point} at
 * @param {Num} value
 * @param {string} token
 * @param {{scale?: number, radius?: number, opacity?: number, bulk?: boolean, text?: boolean | string, sign?: boolean, below?: boolean, aside?: boolean}} [look]
 * @returns {Mark[]}
 */
export function drawBead(key, at, value, token, look = {}) {
  const { scale = 1, opacity = 1, bulk = false, text = false, sign = false, below = false, aside = false } = look;
  const radius = look.radius ?? beadRadius(value, scale);
  if (opacity <= 0 || radius < 0.2) return [];
  const marks = drawBody(key, at, toNumber(value), radius, token, { opacity, bulk });
  if (!text) return marks;
  const size = typeSize(12, scale);
  marks.push({
    key: `${key}:number`,
    shape: "text",
    x: aside ? at.x + radius + 5 : at.x,
    y: aside ? at.y + size * 0.36 : below ? at.y + radius + size + 3 : at.y - radius - 5,
    text: typeof text === "string" ? text : formatNumber(value, { sign }),
    size,
    weight: 600,
    anchor: aside ? "start" : "middle",
    fill: token,
    halo: "paper",
    opacity,
  });
  return marks;
}

/**
 * @param {string} key
 * @param {Point} at
 * @param {number} value
 * @param {number} r
 * @param {string} token
 * @param {{opacity: number, bulk: boolean}} look
 * @returns {Mark[]}
 */
function drawBody(key, { x, y }, value, r, token, look) {
  if (Number.isNaN(value)) {
    const hatch = [-0.5, 0, 0.5].map((s) => {
      const [a, b] = [Math.max(-1, -1 + 2 * s), Math.min(1, 1 + 2 * s)];
      return `M${x + a * r} ${y + (a - 2 * s) * -r}L${x + b * r} ${y + (b - 2 * s) * -r}`;
    });
    return [
      { key, shape: "rect", x: x - r, y: y - r, width: 2 * r, height: 2 * r, fill: "paper", stroke: token, strokeWidth: 1.5, ...look },
      { key: `${key}:hatch`, shape: "path", d: hatch.join(""), stroke: token, strokeWidth: 1, fill: "none", opacity: look.opacity },
    ];
  }
  if (!Number.isFinite(value)) {
    return [{ key, shape: "circle", x, y, r: r - 1, fill: "paper", stroke: token, strokeWidth: 2.5, ...look }];
  }
  return [{ key, shape: "circle", x, y, r, fill: token, ...look }];
}

/**
 * A number on its way from one value to another; exact at both ends.
 * @param {Num} from
 * @param {Num} to
 * @param {number} t
 * @returns {Num}
 */
export function roll(from, to, t) {
  if (t <= 0) return from;
  if (t >= 1) return to;
  const [a, b] = [toNumber(from), toNumber(to)];
  return Number.isFinite(a) && Number.isFinite(b) ? a + (b - a) * t : to;
}
