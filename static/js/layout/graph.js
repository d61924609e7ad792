/** Where nodes and edges of a computation graph stand. */

import { arrangeNodes, rankNodes, spaceRanks } from "./arrange.js";
import { sizeNode } from "./cells.js";
import { thread } from "./curve.js";
import { nameEdge } from "./entries.js";

/** @typedef {import("./trace.js").NodesTrace} NodesTrace */
/** @typedef {import("./layout.js").GraphLayout} GraphLayout */
/** @typedef {import("./layout.js").NodePlace} NodePlace */
/** @typedef {import("./layout.js").GraphEdgePlace} GraphEdgePlace */
/** @typedef {import("./arrange.js").Use} Use */
/** @typedef {import("./arrange.js").Sized} Sized */
/** @typedef {import("./arrange.js").Arranged} Arranged */

/** Stages narrower than this are read downward. */
const NARROW = 560;
/** Arrangements of the graphs seen last: while numbers change, nothing moves. */
const MOST_KEPT = 8;
const PORT = 16;
/** What the stage keeps free at both ends, and the scale at which the graph is to fill the rest. */
const [MARGIN, SCALE] = [40, 0.9];

/** @type {Map<string, Arranged>} */
const kept = new Map();

/**
 * @param {NodesTrace} trace
 * @param {{width: number, height: number}} stage
 * @returns {GraphLayout}
 */
export function layoutGraph(trace, { width, height }) {
  const down = width < NARROW;
  const nodes = trace.nodes.map((node) => ({ id: node.id, size: sizeNode(trace, node) }));
  const uses = trace.nodes.flatMap(({ id, inputs }) => inputs.map((from, input) => ({ from, to: id, input })));
  const gap = spaceRanks(nodes, uses, down, ((down ? height : width) - MARGIN) / SCALE);
  const key = JSON.stringify([down, gap, nodes.map(({ id, size }) => [id, size.w, size.h]), uses.map(({ from, to }) => [from, to])]);
  const arranged = kept.get(key) ?? arrangeNodes(nodes, uses, down, gap);
  kept.delete(key);
  kept.set(key, arranged);
  if (kept.size > MOST_KEPT) kept.delete([...kept.keys()][0]);
  const places = placeNodes(nodes, uses, arranged, down);
  return {
    width,
    height,
    down,
    key,
    picture: { width: arranged.width, height: arranged.height },
    nodes: places,
    edges: connectNodes(uses, places, arranged, down),
  };
}

/**
 * @param {Sized[]} nodes
 * @param {Use[]} uses
 * @param {Arranged} arranged
 * @param {boolean} down
 * @returns {Map<string, NodePlace>}
 */
function placeNodes(nodes, uses, { centers }, down) {
  const ranks = rankNodes(nodes, uses);
  return new Map(
    nodes.map(({ id, size }) => {
      const { x, y } = centers.get(id) ?? { x: 0, y: 0 };
      const { form, w, h, name, label } = size;
      const [left, top] = [x - w / 2, y - h / 2];
      /** @param {import("./layout.js").GridPlace | null} grid */
      const move = (grid) => grid && { ...grid, left: left + grid.left, top: top + grid.top };
      const out = down ? { x, y: y + h / 2 } : { x: x + w / 2, y };
      return [id, { id, form, x, y, w, h, name, label, rank: ranks.get(id) ?? 0, value: move(size.value), grad: move(size.grad), out }];
    }),
  );
}

/**
 * Edges leave a node at one point, where forks are seen, and arrive side by side in the order in
 * which they come.
 * @param {Use[]} uses
 * @param {Map<string, NodePlace>} places
 * @param {Arranged} arranged
 * @param {boolean} down
 * @returns {GraphEdgePlace[]}
 */
function connectNodes(uses, places, { ways }, down) {
  /** @param {string} id */
  const find = (id) => {
    const place = places.get(id);
    if (!place) throw new Error(`an edge of ${id}, which is not there`);
    return place;
  };
  /** @param {Use} use @param {number} i */
  const comesFrom = ({ from }, i) => {
    const { x, y } = ways[i][ways[i].length - 1] ?? find(from);
    return down ? x : y;
  };
  return uses.map((use, i) => {
    const { from, to, input } = use;
    const target = find(to);
    const rivals = uses.map((_, k) => k).filter((k) => uses[k].to === to);
    rivals.sort((a, b) => comesFrom(uses[a], a) - comesFrom(uses[b], b) || a - b);
    const room = (down ? target.w : target.h) - 16;
    const aside = (rivals.indexOf(i) - (rivals.length - 1) / 2) * Math.min(PORT, room / rivals.length);
    const end = down ? { x: target.x + aside, y: target.y - target.h / 2 } : { x: target.x - target.w / 2, y: target.y + aside };
    return { id: nameEdge(to, input), from, to, input, curve: thread([find(from).out, ...ways[i], end], down) };
  });
}
