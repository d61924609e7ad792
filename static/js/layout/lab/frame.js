/** Where the parts of the picture of a gradient flow stand. */

/** @typedef {{top: number, bottom: number}} Row */
/** @typedef {{name: string, top: number, bottom: number}} Strip */
/**
 * @typedef {object} Frame
 * @property {number} left
 * @property {number} right
 * @property {number} step from one place to the next
 * @property {number} bar width of a bar
 * @property {Row} bars
 * @property {Row | null} spectrum null where there is no room
 * @property {Strip[]} strips
 * @property {(index: number) => number} x the middle of a place
 */

const STRIPS = ["z_variance", "a_variance", "saturated", "dead"];
const STRIP = 24;
const GAP = 8;
const SPECTRUM = 84;
/** Room for the numbers of the layers under the bars. */
const NUMBERS = 30;
const LEAST_BARS = 170;

/**
 * @param {number} count of layers or time steps
 * @param {{width: number, height: number}} size
 * @param {{spectrum: boolean, top: number}} what whether there are singular values; where the bars may begin
 * @returns {Frame}
 */
export function frameFlow(count, { width, height }, { spectrum, top }) {
  const left = width < 560 ? 62 : 96;
  const right = width - (width < 560 ? 14 : 28);
  const strips = STRIPS.length * STRIP + (STRIPS.length - 1) * GAP;
  const end = height - 14;
  const hasStrips = end - top - NUMBERS - strips >= LEAST_BARS;
  const rest = hasStrips ? end - strips - 22 : end;
  const hasSpectrum = spectrum && rest - top - NUMBERS - SPECTRUM - 18 >= LEAST_BARS;
  const bottom = (hasSpectrum ? rest - SPECTRUM - 18 : rest) - NUMBERS;
  const step = (right - left) / count;
  return {
    left,
    right,
    step,
    bar: Math.max(1.5, Math.min(34, step * 0.66)),
    bars: { top, bottom },
    spectrum: hasSpectrum ? { top: rest - SPECTRUM, bottom: rest } : null,
    strips: hasStrips ? STRIPS.map((name, i) => ({ name, top: end - strips + i * (STRIP + GAP), bottom: end - strips + i * (STRIP + GAP) + STRIP })) : [],
    x: (index) => left + (index + 0.5) * step,
  };
}

/**
 * Which places have their number written: the first, the last, and round ones with room between.
 * @param {number} count
 * @param {number} step
 * @returns {number[]} indices
 */
export function listNumbered(count, step) {
  const every = [1, 2, 5, 10, 20, 25, 50].find((size) => size * step >= 30) ?? 100;
  const round = Array.from({ length: count }, (_, i) => i).filter((i) => every === 1 || (i + 1) % every === 0);
  const inner = round.filter((i) => i * step >= 26 && (count - 1 - i) * step >= 26);
  return every === 1 ? round : [...new Set([0, ...inner, count - 1])];
}
