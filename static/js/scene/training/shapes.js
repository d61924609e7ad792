/** Classes by shape as well as by color, so that neither has to be told from the other alone. */

/** How many classes have a shape and a color of their own. */
export const MOST_CLASSES = 8;

/** Corners on a circle of radius 1, clockwise from the top. @param {number} count @param {number} [turn] of a whole @param {number} [inner] */
function star(count, turn = 0, inner = 1) {
  return Array.from({ length: inner === 1 ? count : 2 * count }, (_, i) => {
    const angle = (i / (inner === 1 ? count : 2 * count) + turn) * 2 * Math.PI;
    const reach = i % 2 && inner !== 1 ? inner : 1;
    return [Math.sin(angle) * reach, -Math.cos(angle) * reach];
  });
}

const CROSS = [[-0.35, -1], [0.35, -1], [0.35, -0.35], [1, -0.35], [1, 0.35], [0.35, 0.35], [0.35, 1], [-0.35, 1], [-0.35, 0.35], [-1, 0.35], [-1, -0.35], [-0.35, -0.35]];

/** Corners of each class's shape; none is a circle. @type {number[][][]} */
const CORNERS = [star(4, 0.125), [], star(3), star(4), CROSS, star(5, 0, 0.45), star(3, 0.5), star(6)];

/** A square and a triangle of the same reach look smaller than a circle. */
const GROWN = [1.12, 1, 1.25, 1.2, 1.05, 1.4, 1.25, 1.1];

/** @param {number} label */
export function nameShape(label) {
  return ["square", "circle", "triangle", "diamond", "cross", "star", "lower triangle", "hexagon"][label % MOST_CLASSES];
}

/** @param {number} label of a class */
export function classToken(label) {
  return `class-${(label % MOST_CLASSES) + 1}`;
}

/**
 * Corners of the shape around a place; none for a circle.
 * @param {number} label
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @returns {number[][]}
 */
export function cornersAt(label, x, y, r) {
  const grown = r * GROWN[label % MOST_CLASSES];
  return CORNERS[label % MOST_CLASSES].map(([dx, dy]) => [x + dx * grown, y + dy * grown]);
}

/** The same as the data of an SVG path. @param {number} label @param {number} x @param {number} y @param {number} r */
export function shapePath(label, x, y, r) {
  const corners = cornersAt(label, x, y, r);
  if (corners.length) return `M${corners.map(([a, b]) => `${round(a)} ${round(b)}`).join("L")}Z`;
  return `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
