/** What the graph of a recurrent network is made of, time step by time step. */

import { nameEdge, readGrid } from "./entries.js";
import { toNumber } from "./number.js";

/** @typedef {import("./trace.js").NodesTrace} NodesTrace */
/** @typedef {import("./trace.js").NodeView} NodeView */
/** @typedef {import("./trace.js").Num} Num */
/**
 * What the state hands from one step to the next.
 * @typedef {object} Rail
 * @property {string} id the first of its edges, which stands for all
 * @property {string[]} edges by which the next step uses the state
 * @property {string} letter
 * @property {number} time of the step that hands it on
 * @property {string} from the state
 * @property {string} to the state that comes of it
 * @property {string | null} cut the node that lets no gradient back
 */
/**
 * @typedef {{id: string, letter: string}} Part
 * @typedef {{a: string, y: string, into: string, judged: string}} Judged output, target, the edge
 *   from the state to the output, and that from the output to the loss
 * @typedef {{time: number, x: string, into: string, states: Part[], gates: Part[], z: string | null, output: Judged | null}} TimeStep
 *   `into`: the edge from the input to the cell
 * @typedef {{id: string, layer: number, shares: {time: number, edge: string}[]}} Shared a parameter and
 *   the edges on which each step sends its share of the gradient, first to last
 */
/**
 * @typedef {object} Unrolled
 * @property {TimeStep[]} steps
 * @property {Part[]} start the states before the first step
 * @property {Rail[]} rails
 * @property {Shared[]} parameters
 * @property {Map<string, NodeView>} nodes
 * @property {string} loss
 */

/** @type {WeakMap<NodesTrace, Unrolled>} */
const known = new WeakMap();
/** The layers of a recurrent network. */
export const [CELL, OUTPUT] = [1, 2];

/** @param {NodesTrace} trace @returns {Unrolled} */
export function unroll(trace) {
  const found = known.get(trace) ?? takeApart(trace);
  known.set(trace, found);
  return found;
}

/** @param {NodesTrace} trace @returns {Unrolled} */
function takeApart({ nodes }) {
  /** @type {Map<number, NodeView[]>} */
  const times = new Map();
  for (const node of nodes) {
    if (node.time === null) continue;
    const list = times.get(node.time) ?? [];
    times.set(node.time, list);
    list.push(node);
  }
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const uses = findUses(nodes);
  const count = Math.max(...times.keys());
  const shown = letterOf(nodes.find(({ layer, role }) => layer === OUTPUT && role === "preactivation")?.inputs[0] ?? "");
  const steps = Array.from({ length: count }, (_, i) => readStep(i + 1, times.get(i + 1) ?? [], shown, byId, uses));
  const start = statesOf(times.get(0) ?? [], shown);
  const rails = [start, ...steps.slice(0, -1).map(({ states }) => states)].flatMap((states, time) => states.flatMap((state) => readRail(state, time, uses)));
  const parameters = nodes
    .filter(({ role }) => role === "parameter")
    .map(({ id, layer }) => ({
      id,
      layer: layer ?? CELL,
      shares: (uses.get(id) ?? []).map(({ to, edge }) => ({ time: to.time ?? 0, edge })),
    }));
  return { steps, start, rails, parameters, nodes: byId, loss: nodes.find(({ role }) => role === "loss")?.id ?? "" };
}

/** @typedef {Map<string, {to: NodeView, edge: string}[]>} Uses by the node that is used */

/** @param {NodeView[]} nodes @returns {Uses} */
function findUses(nodes) {
  /** @type {Uses} */
  const uses = new Map();
  for (const to of nodes) {
    to.inputs.forEach((from, input) => {
      const list = uses.get(from) ?? [];
      list.push({ to, edge: nameEdge(to.id, input) });
      uses.set(from, list);
    });
  }
  return uses;
}

/** The states, last the one that the output reads. @param {NodeView[]} nodes @param {string} shown @returns {Part[]} */
function statesOf(nodes, shown) {
  const parts = nodes.filter(({ role }) => role === "state").map(({ id }) => ({ id, letter: letterOf(id) }));
  return parts.sort((a, b) => Number(a.letter === shown) - Number(b.letter === shown));
}

/**
 * @param {number} time @param {NodeView[]} nodes @param {string} shown the letter of the state that
 *   the output reads @param {Map<string, NodeView>} byId @param {Uses} uses
 * @returns {TimeStep}
 */
function readStep(time, nodes, shown, byId, uses) {
  const inside = nodes.filter(({ layer }) => layer === CELL);
  const role = (/** @type {string | undefined} */ id) => byId.get(id ?? "")?.role;
  const x = inside.find((node) => node.role === "input")?.id ?? "";
  const states = statesOf(inside, shown);
  const state = states[states.length - 1].id;
  // What is bent from a preactivation is a gate, unless it is the state itself.
  const gates = inside.filter((node) => node.role === "activation" && role(node.inputs[0]) === "preactivation").map(({ id }) => ({ id, letter: letterOf(id) }));
  const own = byId.get(state)?.inputs ?? [];
  const z = own.length === 1 && role(own[0]) === "preactivation" ? own[0] : null;
  const a = nodes.find((node) => node.layer === OUTPUT && node.role === "activation");
  const y = nodes.find((node) => node.role === "target");
  const output = a && y ? { a: a.id, y: y.id, into: edgeInto(uses, state, OUTPUT), judged: (uses.get(a.id) ?? [])[0]?.edge ?? "" } : null;
  return { time, x, into: (uses.get(x) ?? [])[0]?.edge ?? "", states, gates, z, output };
}

/** @param {Uses} uses @param {string} id @param {number} layer */
function edgeInto(uses, id, layer) {
  return (uses.get(id) ?? []).find(({ to }) => to.layer === layer)?.edge ?? "";
}

/** @param {Part} state @param {number} time @param {Uses} uses @returns {Rail[]} */
function readRail({ id, letter }, time, uses) {
  const cut = (uses.get(id) ?? []).find(({ to }) => to.op === "stop_gradient")?.to.id ?? null;
  const edges = (uses.get(cut ?? id) ?? []).filter(({ to }) => to.layer === CELL && to.time === time + 1).map(({ edge }) => edge);
  return edges.length ? [{ id: edges[0], edges, letter, time, from: id, to: `time${time + 1}.${letter}`, cut }] : [];
}

/** @param {string} id */
function letterOf(id) {
  return id.slice(id.indexOf(".") + 1);
}

/**
 * What comes back along edges that end at one node, entry by entry.
 * @param {NodesTrace} trace
 * @param {readonly string[]} edges
 * @returns {Num[][]} empty where nothing comes back
 */
export function sumMessages(trace, edges) {
  const { nodes } = unroll(trace);
  const grids = edges.flatMap((edge) => {
    const [to, input] = [edge.slice(0, edge.lastIndexOf(":")), Number(edge.slice(edge.lastIndexOf(":") + 1))];
    const user = nodes.get(to);
    const source = nodes.get(user?.inputs[input] ?? "");
    const message = user?.messages.find((one) => one.input === input);
    return message && source ? [readGrid(trace, source, message.value)] : [];
  });
  if (grids.length < 2) return grids[0] ?? [];
  return grids[0].map((row, i) => row.map((_, j) => nameNumber(grids.reduce((sum, grid) => sum + toNumber(grid[i][j]), 0))));
}

/**
 * The Euclidean length of all entries; of a single one, its size with its sign.
 * @param {Num[][]} grid
 * @returns {Num}
 */
export function measureGrid(grid) {
  return grid.length === 1 && grid[0].length === 1 ? grid[0][0] : norm(grid);
}

/** The Euclidean length of all entries. @param {Num[][]} grid @returns {Num} */
export function norm(grid) {
  let length = 0;
  for (const row of grid) for (const value of row) length = Math.hypot(length, toNumber(value));
  return nameNumber(length);
}

/** A number as it goes on the wire. @param {number} value @returns {Num} */
function nameNumber(value) {
  return Number.isFinite(value) ? value : /** @type {Num} */ (String(value));
}
