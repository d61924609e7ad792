/** Cubic Bezier curves as eight numbers: start, two control points, end. */

/** @typedef {readonly number[]} Curve */
/** @typedef {{x: number, y: number}} Point */

/**
 * A curve that leaves and arrives along the flow, across or down.
 * @param {Point} from
 * @param {Point} to
 * @param {boolean} down
 * @returns {Curve}
 */
export function connect(from, to, down) {
  const bend = (down ? to.y - from.y : to.x - from.x) * 0.5;
  return down
    ? [from.x, from.y, from.x, from.y + bend, to.x, to.y - bend, to.x, to.y]
    : [from.x, from.y, from.x + bend, from.y, to.x - bend, to.y, to.x, to.y];
}

/**
 * The point at `t` from 0 to 1.
 * @param {Curve} c
 * @param {number} t
 * @returns {Point}
 */
export function pointAt(c, t) {
  const s = 1 - t;
  const [p, q, r, v] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
  return {
    x: p * c[0] + q * c[2] + r * c[4] + v * c[6],
    y: p * c[1] + q * c[3] + r * c[5] + v * c[7],
  };
}

/**
 * The curve moved aside by `distance`, square to the line between its ends.
 * @param {Curve} c
 * @param {number} distance
 * @returns {Curve}
 */
export function moveAside(c, distance) {
  const [dx, dy] = [c[6] - c[0], c[7] - c[1]];
  const length = Math.hypot(dx, dy) || 1;
  const [x, y] = [(-dy / length) * distance, (dx / length) * distance];
  return c.map((value, i) => value + (i % 2 ? y : x));
}

/**
 * The part of the curve from `t` to its end, by de Casteljau's construction.
 * @param {Curve} c
 * @param {number} t
 * @returns {Curve}
 */
export function cutStart(c, t) {
  /** @param {number} a @param {number} b */
  const mix = (a, b) => a + (b - a) * t;
  const out = new Array(8);
  for (const k of [0, 1]) {
    const [a, b, d] = [mix(c[k], c[k + 2]), mix(c[k + 2], c[k + 4]), mix(c[k + 4], c[k + 6])];
    const [e, f] = [mix(a, b), mix(b, d)];
    [out[k], out[k + 2], out[k + 4], out[k + 6]] = [mix(e, f), f, d, c[k + 6]];
  }
  return out;
}
