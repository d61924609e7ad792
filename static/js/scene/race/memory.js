/** Small bars of one number along the last steps: what an optimizer remembers, and how it fades. */

import { toNumber } from "../../layout/number.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/trace.js").Num} Num */

/** So many steps have room. */
export const SHOWN = 24;

/**
 * The last bar is that of the step in focus.
 * @param {readonly Num[]} values
 * @param {{width: number, height: number}} size
 * @returns {Mark[]}
 */
export function sceneMemory(values, { width, height }) {
  const numbers = values.slice(-SHOWN).map(toNumber);
  const most = Math.max(...numbers.filter(Number.isFinite).map(Math.abs), Number.MIN_VALUE);
  const signed = numbers.some((value) => value < 0);
  const zero = signed ? height / 2 : height - 1;
  const pitch = width / SHOWN;
  const first = SHOWN - numbers.length;
  return [
    { key: "zero", shape: "path", d: `M0 ${zero}H${width}`, stroke: "rule", strokeWidth: 1, fill: "none" },
    ...numbers.map((value, i) => {
      const size = Number.isFinite(value) ? Math.max(1, (Math.abs(value) / most) * (signed ? height / 2 - 1 : height - 2)) : height;
      const now = i === numbers.length - 1;
      const fill = value < 0 ? "negative" : "positive";
      return { key: `bar:${i}`, shape: /** @type {const} */ ("rect"), x: (first + i) * pitch + 1, y: value < 0 ? zero : zero - size, width: Math.max(1, pitch - 2), height: size, rx: 1.5, fill, opacity: now ? 1 : 0.38 };
    }),
  ];
}
