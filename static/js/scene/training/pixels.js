/** Maps as pixels: a hue for the sign or the class, strength for how much. */

/** @typedef {import("../../state/training/maps.js").Map2} Map2 */
/** Red, green and blue from 0 to 255. @typedef {[number, number, number]} Rgb */
/** @typedef {{ground: Rgb, low: Rgb, high: Rgb, classes: Rgb[]}} Palette */

const LEVELS = 64;
/** Never so strong that points of the same hue drown. */
const STRONGEST = 0.72;

/**
 * Colors from -1 to 1.
 * @param {Palette} palette
 * @returns {Uint8ClampedArray} red, green, blue of each level
 */
export function makeScale({ ground, low, high }) {
  const scale = new Uint8ClampedArray((2 * LEVELS + 1) * 3);
  for (let level = -LEVELS; level <= LEVELS; level++) {
    const strength = STRONGEST * Math.sqrt(Math.abs(level) / LEVELS);
    const hue = level < 0 ? low : high;
    for (let k = 0; k < 3; k++) scale[(level + LEVELS) * 3 + k] = ground[k] + (hue[k] - ground[k]) * strength;
  }
  return scale;
}

/**
 * Writes a map, whose first row is the lowest, into an image, whose first row is the highest.
 * @param {Uint8ClampedArray} pixels red, green, blue and opacity
 * @param {Map2} map
 * @param {(value: number) => number} share
 * @param {Uint8ClampedArray} scale
 * @param {boolean} steps only two strengths, so that the boundary is a line
 */
export function paintShares(pixels, { size, values }, share, scale, steps = false) {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = share(values[y * size + x]);
      const near = steps ? Math.sign(value) * 0.5 : value;
      put(pixels, ((size - 1 - y) * size + x) * 4, scale, levelOf(near) * 3);
    }
  }
}

/**
 * Writes cells into an image, row by row from the top.
 * @param {Uint8ClampedArray} pixels red, green, blue and opacity
 * @param {readonly number[]} values
 * @param {(value: number) => number} share
 * @param {Uint8ClampedArray} scale
 */
export function paintCells(pixels, values, share, scale) {
  for (let i = 0; i < values.length; i++) put(pixels, i * 4, scale, levelOf(share(values[i])) * 3);
}

/** @param {number} share */
function levelOf(share) {
  return Number.isFinite(share) ? Math.round(Math.min(1, Math.max(-1, share)) * LEVELS) + LEVELS : LEVELS;
}

/**
 * The class with the largest output at each place, the stronger the further it is ahead.
 * @param {Uint8ClampedArray} pixels
 * @param {Map2[]} maps one per class
 * @param {Palette} palette
 */
export function paintClasses(pixels, maps, { ground, classes }) {
  const { size } = maps[0];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      let [best, second, found] = [-Infinity, -Infinity, 0];
      for (let k = 0; k < maps.length; k++) {
        const value = maps[k].values[at];
        if (value > best) [second, best, found] = [best, value, k];
        else if (value > second) second = value;
      }
      const ahead = 1 - Math.exp(second - best);
      const strength = STRONGEST * (0.25 + 0.75 * (Number.isFinite(ahead) ? ahead : 0));
      const to = ((size - 1 - y) * size + x) * 4;
      const hue = classes[found % classes.length];
      for (let k = 0; k < 3; k++) pixels[to + k] = ground[k] + (hue[k] - ground[k]) * strength;
      pixels[to + 3] = 255;
    }
  }
}

/** @param {Uint8ClampedArray} pixels @param {number} to @param {Uint8ClampedArray} scale @param {number} from */
function put(pixels, to, scale, from) {
  pixels[to] = scale[from];
  pixels[to + 1] = scale[from + 1];
  pixels[to + 2] = scale[from + 2];
  pixels[to + 3] = 255;
}
