/** The entries of a node's value, for the sample that is shown. */

/** @typedef {import("./trace.js").NodesTrace} NodesTrace */
/** @typedef {import("./trace.js").NodeView} NodeView */
/** @typedef {import("./trace.js").Nested} Nested */
/** @typedef {import("./trace.js").Num} Num */

/** Roles whose values belong to no sample. */
const SHARED = new Set(["parameter", "loss"]);

/**
 * Whether the first axis of a node counts samples.
 * @param {Pick<NodesTrace, "batch">} trace
 * @param {Pick<NodeView, "role" | "shape">} node
 */
export function isBatched({ batch }, { role, shape }) {
  return !SHARED.has(role) && shape.length > 0 && shape[0] === batch;
}

/**
 * Value, gradient or message of a node as a grid for the chosen sample: one number is a grid of one,
 * a vector a column, a matrix its rows.
 * @param {Pick<NodesTrace, "batch" | "sample">} trace
 * @param {Pick<NodeView, "role" | "shape">} node
 * @param {Nested | null | undefined} value
 * @returns {Num[][]} empty where there is nothing
 */
export function readGrid(trace, node, value) {
  const own = Array.isArray(value) && isBatched(trace, node) ? value[trace.sample] : value;
  if (own === null || own === undefined) return [];
  if (!Array.isArray(own)) return [[own]];
  return own.map((row) => /** @type {Num[]} */ (Array.isArray(row) ? row : [row]));
}

/**
 * The same one by one, with the place of each, such as `[1][0]`, behind the node's id.
 * @param {Pick<NodesTrace, "batch" | "sample">} trace
 * @param {Pick<NodeView, "role" | "shape">} node
 * @param {Nested | null | undefined} value
 * @returns {{place: string, value: Num}[]}
 */
export function listEntries(trace, node, value) {
  const grid = readGrid(trace, node, value);
  const axes = node.shape.length - (isBatched(trace, node) ? 1 : 0);
  return grid.flatMap((row, i) => row.map((entry, j) => ({ place: [`[${i}]`, `[${j}]`].slice(0, axes).join(""), value: entry })));
}

/**
 * The id of an edge, and of the message that comes back along it.
 * @param {string} to the node that uses another
 * @param {number} input as which of its inputs
 */
export function nameEdge(to, input) {
  return `${to}:${input}`;
}
