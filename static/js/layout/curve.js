/**
 * Cubic Bezier curves as numbers: the start, then two control points and an end for each piece. Most
 * have one piece, eight numbers.
 */

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
 * A smooth curve through points that goes along the flow at each end and never turns back on it.
 * @param {readonly Point[]} points in the order of the flow
 * @param {boolean} down
 * @returns {Curve}
 */
export function thread(points, down) {
  // As [along, across] the flow, whichever way that is.
  const turned = points.map(({ x, y }) => (down ? [y, x] : [x, y]));
  const slopes = turned.map((_, i) => {
    const [before, after] = [turned[i - 1], turned[i + 1]];
    return before && after ? (after[1] - before[1]) / (after[0] - before[0] || 1) : 0;
  });
  const curve = [...turned[0]];
  for (let i = 1; i < turned.length; i++) {
    const [from, to] = [turned[i - 1], turned[i]];
    const reach = (to[0] - from[0]) * (turned.length === 2 ? 0.5 : 0.36);
    curve.push(from[0] + reach, from[1] + reach * slopes[i - 1], to[0] - reach, to[1] - reach * slopes[i], ...to);
  }
  return down ? curve.map((_, i) => curve[i % 2 ? i - 1 : i + 1]) : curve;
}

/** The piece of the curve at `t`, and how far into it that is. @param {Curve} c @param {number} t */
function findPiece(c, t) {
  const count = (c.length - 2) / 6;
  const index = Math.min(count - 1, Math.max(0, Math.floor(t * count)));
  return { start: index * 6, t: t * count - index };
}

/**
 * The point at `t` from 0 to 1.
 * @param {Curve} c
 * @param {number} t
 * @returns {Point}
 */
export function pointAt(c, t) {
  const { start: i, t: r } = findPiece(c, t);
  const s = 1 - r;
  const [p, q, v, w] = [s * s * s, 3 * s * s * r, 3 * s * r * r, r * r * r];
  return {
    x: p * c[i] + q * c[i + 2] + v * c[i + 4] + w * c[i + 6],
    y: p * c[i + 1] + q * c[i + 3] + v * c[i + 5] + w * c[i + 7],
  };
}

/**
 * The curve moved aside by `distance`, square to the line between its ends.
 * @param {Curve} c
 * @param {number} distance
 * @returns {Curve}
 */
export function moveAside(c, distance) {
  const [dx, dy] = [c[c.length - 2] - c[0], c[c.length - 1] - c[1]];
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
  const { start, t: r } = findPiece(c, t);
  /** @param {number} a @param {number} b */
  const mix = (a, b) => a + (b - a) * r;
  const out = c.slice(start);
  for (const k of [0, 1]) {
    const [p, q, v, w] = [0, 2, 4, 6].map((i) => c[start + i + k]);
    const [a, b, d] = [mix(p, q), mix(q, v), mix(v, w)];
    const [e, f] = [mix(a, b), mix(b, d)];
    [out[k], out[k + 2], out[k + 4], out[k + 6]] = [mix(e, f), f, d, w];
  }
  return out;
}
