/** From where a picture that may be larger than its stage is looked at: a scale and a shift. */

/** @typedef {import("./curve.js").Point} Point */
/** @typedef {{k: number, x: number, y: number}} Camera a point p of the picture stands at p k + (x, y) */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Margins */

export const WHOLE = { k: 1, x: 0, y: 0 };
const [SMALLEST, LARGEST] = [0.1, 4];

/** @param {Camera} camera @param {Point} point @returns {Point} */
export function toScreen({ k, x, y }, point) {
  return { x: point.x * k + x, y: point.y * k + y };
}

/** @param {Camera} camera @param {Point} point @returns {Point} */
export function toScene({ k, x, y }, point) {
  return { x: (point.x - x) / k, y: (point.y - y) / k };
}

/**
 * Closer or farther by a factor, with one point of the stage staying where it is.
 * @param {Camera} camera
 * @param {number} factor
 * @param {Point} at
 * @returns {Camera}
 */
export function zoomAt(camera, factor, at) {
  const k = Math.min(LARGEST, Math.max(SMALLEST, camera.k * factor));
  const ratio = k / camera.k;
  return { k, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio };
}

/**
 * Everything in view, in the middle, no larger than `most`.
 * @param {Size} picture
 * @param {Size} stage
 * @param {Margins} margins
 * @param {number} most
 * @returns {Camera}
 */
export function fitAll(picture, stage, margins, most) {
  const room = measureRoom(stage, margins);
  const k = Math.min(most, room.width / picture.width, room.height / picture.height);
  return lookAt({ x: picture.width / 2, y: picture.height / 2 }, k, picture, stage, margins);
}

/**
 * `point` in the middle as far as that shows nothing beyond the picture; what fits is centered.
 * @param {Point} point
 * @param {number} k
 * @param {Size} picture
 * @param {Size} stage
 * @param {Margins} margins
 * @returns {Camera}
 */
export function lookAt(point, k, picture, stage, margins) {
  const room = measureRoom(stage, margins);
  /** @param {number} at @param {number} length @param {number} space @param {number} start */
  const shift = (at, length, space, start) => {
    if (length * k <= space) return start + (space - length * k) / 2;
    return start + Math.min(0, Math.max(space - length * k, space / 2 - at * k));
  };
  return {
    k,
    x: shift(point.x, picture.width, room.width, margins.left),
    y: shift(point.y, picture.height, room.height, margins.top),
  };
}

/**
 * On the way from one camera to another: what is in the middle moves, and the scale by factors.
 * @param {Camera} from
 * @param {Camera} to
 * @param {number} t
 * @param {Size} stage
 * @returns {Camera}
 */
export function mix(from, to, t, { width, height }) {
  const middle = { x: width / 2, y: height / 2 };
  const [a, b] = [toScene(from, middle), toScene(to, middle)];
  const k = from.k * (to.k / from.k) ** t;
  return { k, x: middle.x - (a.x + (b.x - a.x) * t) * k, y: middle.y - (a.y + (b.y - a.y) * t) * k };
}

/** @param {Size} stage @param {Margins} margins @returns {Size} */
function measureRoom({ width, height }, { left, top, right, bottom }) {
  return { width: Math.max(1, width - left - right), height: Math.max(1, height - top - bottom) };
}
