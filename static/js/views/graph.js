/** The computation graph: every op as a node, every use as an edge. */

import { pointAt } from "../layout/curve.js";
import { readGrid } from "../layout/entries.js";
import { layoutGraph } from "../layout/graph.js";
import { aimCamera } from "../scene/graph/camera.js";
import { sceneGraph } from "../scene/graph/graph.js";

/** @typedef {import("../layout/trace.js").NodesTrace} NodesTrace */
/** @typedef {import("../layout/trace.js").NodeView} NodeView */
/** @typedef {import("../layout/layout.js").GraphLayout} GraphLayout */

/** @type {import("./index.js").View<NodesTrace, GraphLayout>} */
export const graph = {
  id: "graph",
  title: "Computation graph",
  reads: "nodes",
  hint: "Computation graph: arrow keys walk along the edges and across, Enter selects, plus and minus zoom, 0 shows all",
  most: Infinity,
  accepts: () => true,
  layout: layoutGraph,
  scene: sceneGraph,
  camera: aimCamera,
  first: (trace) => trace.nodes[0]?.id ?? null,
  walk: (_, layout, id, direction) => walkGraph(layout, id, direction),
  edits: findEntry,
  place(_, layout, id) {
    const edge = layout.edges.find((one) => one.id === id);
    return edge ? pointAt(edge.curve, 0.5) : (layout.nodes.get(id) ?? null);
  },
  spots: ({ nodes, edges }) => [
    ...[...nodes.values()].map(({ id, x, y }) => ({ id, x, y })),
    ...edges.flatMap(({ id, curve }) => [0.25, 0.5, 0.75].map((t) => ({ id, ...pointAt(curve, t) }))),
  ],
};

/**
 * Along the flow from node to edge to node; across among nodes of one rank, or among the edges that
 * leave it.
 * @param {GraphLayout} layout
 * @param {string} id
 * @param {import("./walk.js").Direction} direction
 * @returns {string | null} null at an end
 */
export function walkGraph({ nodes, edges, down }, id, direction) {
  const [node, edge] = [nodes.get(id), edges.find((one) => one.id === id)];
  /** @param {{x: number, y: number}} a @param {{x: number, y: number}} b */
  const across = (a, b) => (down ? a.x - b.x : a.y - b.y);
  if (direction === "forward" || direction === "back") {
    const forward = direction === "forward";
    if (edge) return forward ? edge.to : edge.from;
    const next = edges.filter(({ from, to }) => (forward ? from : to) === id);
    return next.sort((a, b) => across(pointAt(a.curve, 0.5), pointAt(b.curve, 0.5)))[0]?.id ?? null;
  }
  const rank = node?.rank ?? nodes.get(edge?.from ?? "")?.rank;
  const like = node
    ? [...nodes.values()].filter((one) => one.rank === rank).map((one) => ({ id: one.id, x: one.x, y: one.y }))
    : edges.filter(({ from }) => nodes.get(from)?.rank === rank).map((one) => ({ id: one.id, ...pointAt(one.curve, 0.5) }));
  like.sort(across);
  const at = like.findIndex((one) => one.id === id);
  return like[at + (direction === "next" ? 1 : -1)]?.id ?? null;
}

/**
 * A leaf that is one number can be changed; in the question it is an entry of a row or a matrix.
 * @param {NodesTrace} trace
 * @param {string} id
 */
export function findEntry(trace, id) {
  const node = trace.nodes.find((one) => one.id === id);
  if (!node || node.op !== null || !["input", "target", "parameter"].includes(node.role)) return null;
  const grid = readGrid(trace, node, node.value);
  if (grid.length !== 1 || grid[0].length !== 1) return null;
  return { id: id + "[0]".repeat(node.shape.length - (node.role === "parameter" || node.shape.length === 0 ? 0 : 1)), value: grid[0][0] };
}
