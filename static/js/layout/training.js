/** Where units with their maps, edges and the large map of the output stand. */

import { connect } from "./curve.js";

/** @typedef {import("./layout.js").Box} Box */
/** @typedef {import("./curve.js").Point} Point */
/** @typedef {{id: string, layer: number, index: number, form: "map" | "disc" | "cell", in: Point, out: Point} & Box} TrainingUnit */
/** @typedef {{id: string, layer: number, from: string, to: string, row: number, column: number, curve: import("./curve.js").Curve}} TrainingEdge */
/**
 * @typedef {object} TrainingLayout
 * @property {number} width
 * @property {number} height
 * @property {boolean} down whether the forward pass runs downward
 * @property {TrainingUnit[][]} layers inputs first
 * @property {Map<string, TrainingUnit>} units
 * @property {TrainingEdge[]} edges
 * @property {Box | null} field the large map, by its middle; null where there is no plane
 * @property {{text: string, x: number, y: number, anchor: "start" | "middle"}[]} columns
 * @property {Point | null} legend
 */

const NARROW = 620;
const LARGEST_MAP = 56;
const LARGEST_DISC = 40;
const SMALLEST_MAP = 11;
/** Between rows that are labeled. */
const ROOMY = 40;
/** What stands above and below the network, on a wide stage. */
const TOP = 84;
const FOOT = 116;
/** Room for the numbers along the large map. */
export const AXIS = 26;

/**
 * @param {{inputs: number, layers: {units: number, label: string}[]}} network
 * @param {{width: number, height: number}} stage
 * @param {{plane: boolean, square: boolean}} look whether there is a large map, and whether both its sides are alike
 * @returns {TrainingLayout}
 */
export function layoutTraining(network, { width, height }, { plane, square }) {
  const down = width < NARROW;
  const outputs = network.layers.at(-1)?.units ?? 1;
  // A single output is the large map itself.
  const merged = plane && outputs === 1;
  const field = plane ? placeField({ width, height }, down, square) : null;
  const shown = merged ? network.layers.slice(0, -1) : network.layers;
  const counts = [network.inputs, ...shown.map(({ units }) => units)];
  const area = placeArea({ width, height }, down, field);
  const layers = counts.map((count, layer) => placeColumn(count, layer, counts.length, area, down, field !== null));
  if (merged && field) layers.push([placeOutput(field, layers.length, down)]);
  const units = new Map(layers.flat().map((unit) => [unit.id, unit]));
  return { width, height, down, layers, units, edges: connectAll(layers, down), field, columns: label(network, layers, area, down, merged), legend: down || width < 760 ? null : { x: 26, y: 44 } };
}

/** @param {{width: number, height: number}} stage @param {boolean} down @param {boolean} square @returns {Box} */
function placeField({ width, height }, down, square) {
  if (down) {
    const side = Math.max(120, Math.min(width - 2 * AXIS - 24, height * 0.43));
    return { x: width / 2 + 4, y: height - side / 2 - AXIS - 34, w: square ? side : Math.min(width - 2 * AXIS - 16, side * 1.3), h: side };
  }
  const side = Math.max(160, Math.min(width * 0.42, height - 230, 560));
  const h = square ? side : side * 0.82;
  return { x: width - side / 2 - 28, y: (TOP + height - FOOT) / 2, w: side, h };
}

/** Where the network stands beside the large map. @param {{width: number, height: number}} stage @param {boolean} down @param {Box | null} field */
function placeArea({ width, height }, down, field) {
  if (down) {
    const bottom = field ? field.y - field.h / 2 - 26 : height - 40;
    return { start: 66, end: bottom, low: 14, high: width - 14 };
  }
  const right = field ? field.x - field.w / 2 - AXIS - 26 : width - 36;
  return { start: 30, end: right, low: TOP, high: height - FOOT };
}

/**
 * @param {number} count @param {number} layer @param {number} total
 * @param {{start: number, end: number, low: number, high: number}} area
 * @param {boolean} down @param {boolean} mapped whether units have maps
 * @returns {TrainingUnit[]}
 */
function placeColumn(count, layer, total, area, down, mapped) {
  const along = area.end - area.start;
  const across = area.high - area.low;
  // The large map is one column more.
  const gap = along / Math.max(1, total - (mapped ? 0 : 1));
  const pitch = Math.min(across / count, (layer === 0 || !mapped ? LARGEST_DISC : LARGEST_MAP) * 1.7);
  const room = Math.min(pitch * 0.8, gap * 0.5);
  const form = room < SMALLEST_MAP ? "cell" : layer > 0 && mapped ? "map" : "disc";
  const side = Math.max(2, Math.min(room, form === "disc" ? LARGEST_DISC : LARGEST_MAP));
  const middle = (area.low + area.high) / 2;
  const at = total === 1 && !mapped ? (area.start + area.end) / 2 : Math.min(area.start + gap * layer + LARGEST_DISC / 2, area.end - side / 2);
  return Array.from({ length: count }, (_, index) => {
    const offset = middle + (index - (count - 1) / 2) * pitch;
    const [x, y] = down ? [offset, at] : [at, offset];
    return {
      id: layer === 0 ? `x[${index}]` : `layer${layer}[${index}]`,
      layer,
      index,
      form,
      x,
      y,
      w: side,
      h: side,
      in: down ? { x, y: y - side / 2 } : { x: x - side / 2, y },
      out: down ? { x, y: y + side / 2 } : { x: x + side / 2, y },
    };
  });
}

/** @param {Box} field @param {number} layer @param {boolean} down @returns {TrainingUnit} */
function placeOutput(field, layer, down) {
  const at = down ? { x: field.x, y: field.y - field.h / 2 - 2 } : { x: field.x - field.w / 2 - AXIS, y: field.y };
  return { ...field, id: `layer${layer}[0]`, layer, index: 0, form: "map", in: at, out: at };
}

/** @param {TrainingUnit[][]} layers @param {boolean} down @returns {TrainingEdge[]} */
function connectAll(layers, down) {
  return layers.slice(1).flatMap((units, i) =>
    units.flatMap((unit, row) =>
      layers[i].map((source, column) => ({
        id: `layer${i + 1}.weight[${row}][${column}]`,
        layer: i + 1,
        from: source.id,
        to: unit.id,
        row,
        column,
        curve: connect(source.out, unit.in, down),
      })),
    ),
  );
}

/**
 * @param {{layers: {units: number, label: string}[]}} network
 * @param {TrainingUnit[][]} layers
 * @param {{high: number}} area
 * @param {boolean} down @param {boolean} merged
 */
function label(network, layers, area, down, merged) {
  const shown = merged ? layers.slice(0, -1) : layers;
  if (down && (shown[1]?.[0].y ?? 0) - shown[0][0].y - shown[0][0].h < ROOMY) return [];
  if (down) return shown.slice(1).map((units, i) => ({ text: `${i + 1} \u00b7 ${network.layers[i].label}`, x: 12, y: units[0].y - units[0].h / 2 - 6, anchor: /** @type {const} */ ("start") }));
  return shown.map((units, i) => ({
    text: i === 0 ? "inputs" : `${i} \u00b7 ${network.layers[i - 1].label}`,
    x: units[0].x,
    y: area.high + 24,
    anchor: /** @type {const} */ ("middle"),
  }));
}
