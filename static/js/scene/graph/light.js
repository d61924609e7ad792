/** Paths of the chain rule in the computation graph: the rest steps back, what they run through is lit. */

import { pointAt } from "../../layout/curve.js";
import { drawFactor, drawRing, drawVeil, drawWay } from "../veil.js";
import { drawNodes, roundCorners } from "./nodes.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./graph.js").Stage} Stage */
/** @typedef {import("../../layout/chain.js").Light} Light */

const SIZE = 13;
/** Farther than any camera sees. */
const FAR = 1e5;

/**
 * @param {Stage} stage
 * @param {Light} light
 * @returns {Mark[]}
 */
export function drawLight(stage, { parts, factors, entries }) {
  const { layout } = stage;
  const nodes = [...layout.nodes.values()].filter(({ id }) => parts.has(id));
  const edges = layout.edges.filter(({ id }) => parts.has(id));
  const on = { ...stage, layout: { ...layout, nodes: new Map(nodes.map((node) => [node.id, node])) } };
  const share = (/** @type {string} */ id) => parts.get(id) ?? 0;
  return [
    drawVeil({ x: -FAR, y: -FAR, width: 2 * FAR, height: 2 * FAR }),
    ...edges.flatMap(({ id, curve }) => drawWay(id, curve, share(id), 1)),
    ...drawNodes(on).map((mark) => ({ ...mark, key: `light:${mark.key}` })),
    ...nodes.flatMap((place) => {
      const node = stage.nodes.get(place.id);
      return node ? [drawRing(place.id, place, roundCorners(node, place), share(place.id))] : [];
    }),
    ...nodes.flatMap(({ id, value }) => (value ? drawCell(id, value, entries.get(id)) : [])),
    ...edges.flatMap(({ id, curve }) => (factors.has(id) ? drawFactor(id, pointAt(curve, 0.5), factors.get(id) ?? "NaN", SIZE) : [])),
  ];
}

/**
 * Which of a node's numbers the path runs through.
 * @param {string} id
 * @param {import("../../layout/layout.js").GridPlace} grid
 * @param {readonly number[] | undefined} index
 * @returns {Mark[]}
 */
function drawCell(id, { left, top, rows, columns, cell }, index) {
  const [row, column = 0] = index ?? [];
  if (row === undefined || row >= rows || column >= columns || rows * columns === 1) return [];
  return [{ key: `light:${id}:cell`, shape: "rect", x: left + column * cell.w, y: top + row * cell.h, width: cell.w, height: cell.h, rx: 4, fill: "none", stroke: "backward", strokeWidth: 2 }];
}
