/** Puts nodes into ranks along the flow with few crossings, by dagre as long as that is quick. */

import { Graph, layout as arrange } from "@dagrejs/dagre";

/** @typedef {import("./cells.js").NodeSize} NodeSize */
/** @typedef {import("./curve.js").Point} Point */
/** @typedef {{from: string, to: string, input: number}} Use */
/** @typedef {{id: string, size: NodeSize}} Sized */
/**
 * Centers of nodes, and the points between the ends of each use.
 * @typedef {{centers: Map<string, Point>, ways: Point[][], width: number, height: number}} Arranged
 */

const GAP = { node: 22, edge: 14 };
/**
 * Between ranks: room for a number on its way, and no more than the eye bridges; a good measure
 * where a graph cannot fit anyway.
 */
const RANK_GAP = { least: 48, roomy: 84, most: 104 };
/** dagre takes a second for so many nodes, those that long edges need in every rank included. */
const MOST_ARRANGED = 1200;

/**
 * The room between ranks with which a graph fills a length, if it can.
 * @param {Sized[]} nodes
 * @param {Use[]} uses
 * @param {boolean} down
 * @param {number} length
 */
export function spaceRanks(nodes, uses, down, length) {
  const ranks = rankNodes(nodes, uses);
  /** @type {number[]} */
  const depths = [];
  for (const { id, size } of nodes) {
    const rank = ranks.get(id) ?? 0;
    depths[rank] = Math.max(depths[rank] ?? 0, down ? size.h : size.w);
  }
  const used = depths.reduce((sum, depth) => sum + depth, 0);
  const gap = (length - used) / Math.max(1, depths.length - 1);
  return gap < RANK_GAP.least ? RANK_GAP.roomy : Math.floor(Math.min(RANK_GAP.most, gap) / 4) * 4;
}

/** @param {Sized[]} nodes @param {Use[]} uses @param {boolean} down @param {number} gap between ranks @returns {Arranged} */
export function arrangeNodes(nodes, uses, down, gap) {
  const ranks = rankNodes(nodes, uses);
  const long = uses.reduce((sum, { from, to }) => sum + (ranks.get(to) ?? 0) - (ranks.get(from) ?? 0), 0);
  return nodes.length + long > MOST_ARRANGED ? lineUp(nodes, uses, ranks, down, gap) : askDagre(nodes, uses, down, gap);
}

/** @param {Sized[]} nodes @param {Use[]} uses @param {boolean} down @param {number} gap @returns {Arranged} */
function askDagre(nodes, uses, down, gap) {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: down ? "TB" : "LR", ranksep: gap, nodesep: GAP.node, edgesep: GAP.edge });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, size } of nodes) graph.setNode(id, { width: size.w, height: size.h });
  for (const { from, to, input } of uses) graph.setEdge(from, to, {}, String(input));
  arrange(graph, { constraints: straighten(uses) });
  const { width = 0, height = 0 } = graph.graph();
  return {
    centers: new Map(nodes.map(({ id }) => [id, { x: graph.node(id).x, y: graph.node(id).y }])),
    // Between neighboring ranks the way is free.
    ways: uses.map(({ from, to, input }) => {
      const points = graph.edge(from, to, String(input)).points ?? [];
      return points.length > 3 ? points.slice(1, -1) : [];
    }),
    width,
    height,
  };
}

/**
 * Where an op takes one computed value between two leaves of its own, such as weight and bias, the
 * value goes in the middle: so chains of layers run straight.
 * @param {Use[]} uses
 */
function straighten(uses) {
  const made = new Set(uses.map(({ to }) => to));
  const count = countNames(uses.map(({ from }) => from));
  return [...made].flatMap((id) => {
    const inputs = uses.filter(({ to }) => to === id).map(({ from }) => from);
    const own = inputs.filter((from) => !made.has(from) && count.get(from) === 1);
    const middle = inputs.find((from) => !own.includes(from)) ?? own.shift();
    if (inputs.length !== 3 || own.length !== 2 || middle === undefined) return [];
    return [
      { left: own[0], right: middle },
      { left: middle, right: own[1] },
    ];
  });
}

/**
 * For graphs that are too large for dagre: rank by rank, each in the order of what leads to it.
 * @param {Sized[]} nodes
 * @param {Use[]} uses
 * @param {Map<string, number>} ranks
 * @param {boolean} down
 * @param {number} gap
 * @returns {Arranged}
 */
function lineUp(nodes, uses, ranks, down, gap) {
  /** @type {Sized[][]} */
  const columns = [];
  for (const node of nodes) (columns[ranks.get(node.id) ?? 0] ??= []).push(node);
  /** @type {Map<string, number>} */
  const across = new Map();
  /** @type {Map<string, Point>} */
  const centers = new Map();
  /** @param {Sized} node */
  const thickness = ({ size }) => (down ? size.w : size.h);
  let along = 0;
  for (const column of columns) {
    const wanted = new Map(column.map(({ id }) => [id, mean(uses.filter(({ to }) => to === id).map(({ from }) => across.get(from) ?? 0))]));
    column.sort((a, b) => (wanted.get(a.id) ?? 0) - (wanted.get(b.id) ?? 0));
    const length = column.reduce((sum, node) => sum + thickness(node) + GAP.node, 0);
    const depth = Math.max(...column.map(({ size }) => (down ? size.h : size.w)));
    let at = mean([...wanted.values()]) - length / 2;
    for (const node of column) {
      const middle = at + thickness(node) / 2;
      across.set(node.id, middle);
      centers.set(node.id, down ? { x: middle, y: along + depth / 2 } : { x: along + depth / 2, y: middle });
      at += thickness(node) + GAP.node;
    }
    along += depth + gap;
  }
  return shiftToOrigin(nodes, centers, uses.map(() => []));
}

/** @param {Sized[]} nodes @param {Map<string, Point>} centers @param {Point[][]} ways @returns {Arranged} */
function shiftToOrigin(nodes, centers, ways) {
  const edges = nodes.map(({ id, size }) => {
    const { x, y } = centers.get(id) ?? { x: 0, y: 0 };
    return { left: x - size.w / 2, right: x + size.w / 2, top: y - size.h / 2, bottom: y + size.h / 2 };
  });
  const least = { x: Math.min(...edges.map(({ left }) => left)), y: Math.min(...edges.map(({ top }) => top)) };
  const most = { x: Math.max(...edges.map(({ right }) => right)), y: Math.max(...edges.map(({ bottom }) => bottom)) };
  const moved = Array.from(centers, ([id, { x, y }]) => /** @type {const} */ ([id, { x: x - least.x, y: y - least.y }]));
  return { centers: new Map(moved), ways, width: most.x - least.x, height: most.y - least.y };
}

/**
 * The rank of each node: one past the last of its inputs, a leaf just before its first use.
 * @param {Sized[]} nodes
 * @param {Use[]} uses
 */
export function rankNodes(nodes, uses) {
  /** @type {Map<string, number>} */
  const ranks = new Map(nodes.map(({ id }) => [id, 0]));
  const made = new Set(uses.map(({ to }) => to));
  // Nodes come in the order of computation, and so do their uses.
  for (const { from, to } of uses) ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(from) ?? 0) + 1));
  const seen = new Set(made);
  for (const { from, to } of uses) {
    const before = (ranks.get(to) ?? 1) - 1;
    if (!made.has(from)) ranks.set(from, seen.has(from) ? Math.min(ranks.get(from) ?? 0, before) : before);
    seen.add(from);
  }
  return ranks;
}

/** @param {string[]} names */
function countNames(names) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** @param {number[]} values */
function mean(values) {
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}
