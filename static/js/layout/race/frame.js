/** Where numbers lie on the map: the same length of a pixel along both axes, so that steps point as they do. */

/** @typedef {[number, number]} Pair */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{left: number, top: number, width: number, height: number}} Box */
/** @typedef {{x: Pair, y: Pair}} Ranges */
/** @typedef {Box & Ranges & {px(x: number): number, py(y: number): number, at(px: number, py: number): Pair, unit: number}} Frame */

/** Under this width tabs stand above the picture, not in it. */
const NARROW = 620;
/** Pixels are as good as numbers up to here; past it nothing is seen. */
const FAR = 20_000;

/** The map within the stage, beside its axes. @param {Size} size @returns {Box} */
export function placeMap({ width, height }) {
  const narrow = width < NARROW;
  const [left, top, right, bottom] = narrow ? [40, 44, 12, 28] : [54, 70, 20, 34];
  return { left, top, width: Math.max(1, width - left - right), height: Math.max(1, height - top - bottom) };
}

/**
 * The ranges that must be seen, grown along one axis until they fill the map.
 * @param {Ranges} wanted
 * @param {Box} box
 * @returns {Ranges}
 */
export function fillRanges({ x, y }, { width, height }) {
  const unit = Math.max((x[1] - x[0]) / width, (y[1] - y[0]) / height);
  return { x: grow(x, unit * width), y: grow(y, unit * height) };
}

/** @param {Pair} range @param {number} length @returns {Pair} */
function grow([low, high], length) {
  const [middle, half] = [(low + high) / 2, Math.max(high - low, length) / 2];
  return [round(middle - half), round(middle + half)];
}

/** @param {Ranges} ranges @param {Box} box @returns {Frame} */
export function makeFrame({ x, y }, box) {
  const { left, top, width, height } = box;
  const unit = (x[1] - x[0]) / width;
  return {
    ...box,
    x,
    y,
    unit,
    px: (value) => clamp(left + ((value - x[0]) / (x[1] - x[0])) * width),
    py: (value) => clamp(top + height - ((value - y[0]) / (y[1] - y[0])) * height),
    at: (px, py) => [x[0] + ((px - left) / width) * (x[1] - x[0]), y[0] + ((top + height - py) / height) * (y[1] - y[0])],
  };
}

/** Whether a place in pixels is on the map. @param {Box} box @param {number} px @param {number} py */
export function isInside({ left, top, width, height }, px, py) {
  return px >= left && px <= left + width && py >= top && py <= top + height;
}

/** @param {number} pixels */
function clamp(pixels) {
  return Math.min(FAR, Math.max(-FAR, pixels));
}

/** Six digits are finer than a pixel, and two stages of about the same size ask the same. @param {number} value */
function round(value) {
  return Number(value.toPrecision(6));
}
