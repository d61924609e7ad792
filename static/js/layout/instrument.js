/** The inside of a unit that is drawn as an instrument. */

import { typeSize } from "./text.js";

/** @typedef {import("./layout.js").Box} Box */
/**
 * Plain rectangles by left, top, width, height.
 * @typedef {{left: number, top: number, width: number, height: number}} Area
 */
/**
 * @typedef {object} Instrument
 * @property {number} size type size of numbers
 * @property {number} small type size of captions
 * @property {Area} stack where the products add up to z
 * @property {Area} plot the activation curve
 * @property {number} numbers baseline of z and a
 * @property {number | null} captions baseline of the captions over both
 * @property {number | null} footer baseline of the line about the gradient
 * @property {number} rule height of the hairline over it
 */

/**
 * @param {Box} box
 * @param {number} scale
 * @returns {Instrument}
 */
export function layoutInstrument(box, scale) {
  const pad = Math.max(6, Math.min(14, box.h * 0.08));
  const size = typeSize(Math.min(18 * Math.max(1, scale), Math.max(11, box.h * 0.115)) / scale, scale);
  const small = Math.max(11, size * 0.78);
  const [left, top] = [box.x - box.w / 2, box.y - box.h / 2];
  const roomy = box.h >= 150;
  const footed = box.h >= 92;
  const footer = footed ? small + (roomy ? 20 : 9) : 0;
  const head = roomy ? 28 : 0;
  const inside = box.h - 2 * pad - head - footer - size - 4;
  const stack = { left: left + pad, top: top + pad + head, width: (box.w - 3 * pad) * (box.w < 150 ? 0.42 : 0.3), height: inside };
  const plotLeft = stack.left + stack.width + pad;
  const numbers = stack.top + inside + size + (roomy ? 3 : 1);
  return {
    size,
    small,
    stack,
    plot: { left: plotLeft, top: stack.top, width: left + box.w - pad - plotLeft, height: inside },
    numbers,
    captions: roomy ? top + pad + 14 : null,
    footer: footed ? top + box.h - (roomy ? 13 : 7) : null,
    rule: top + box.h - footer - (roomy ? 8 : 2),
  };
}
