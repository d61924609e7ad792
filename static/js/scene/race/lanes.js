/** Colors and shapes of racers: never the color alone. */

/** How many can race. */
export const LANES = 6;

/** @type {((x: number, y: number, r: number) => string)[]} */
const SHAPES = [
  (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`,
  (x, y, r) => `M${x - 0.88 * r} ${y - 0.88 * r}h${1.76 * r}v${1.76 * r}h${-1.76 * r}Z`,
  (x, y, r) => `M${x} ${y - 1.15 * r}L${x + 1.1 * r} ${y + 0.8 * r}H${x - 1.1 * r}Z`,
  (x, y, r) => `M${x} ${y - 1.25 * r}L${x + 1.25 * r} ${y}L${x} ${y + 1.25 * r}L${x - 1.25 * r} ${y}Z`,
  (x, y, r) => `M${x} ${y + 1.15 * r}L${x + 1.1 * r} ${y - 0.8 * r}H${x - 1.1 * r}Z`,
  (x, y, r) => {
    const [a, b] = [0.42 * r, 1.15 * r];
    return `M${x - a} ${y - b}h${2 * a}v${b - a}h${b - a}v${2 * a}h${a - b}v${b - a}h${-2 * a}v${a - b}h${a - b}v${-2 * a}h${b - a}Z`;
  },
];

/** The outline of a racer's marker. @param {number} lane @param {number} x @param {number} y @param {number} r */
export function drawMarker(lane, x, y, r) {
  return SHAPES[lane % LANES](round(x), round(y), r);
}

/** The token of a racer's color. @param {number} lane */
export function laneToken(lane) {
  return `racer-${(lane % LANES) + 1}`;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
