/** Where the paths of the chain rule run in a picture of the network or of its graph. */

import { isBatched, nameEdge } from "./entries.js";
import { toNumber } from "./number.js";
import { nameNode } from "./symbols.js";

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {import("./trace.js").UnitsTrace} UnitsTrace */
/** @typedef {import("./trace.js").NodesTrace} NodesTrace */
/** @typedef {import("./trace.js").NodeView} NodeView */
/** @typedef {import("./trace.js").Num} Num */
/** @typedef {import("./chain.js").Entry} Entry */
/** @typedef {import("./chain.js").Explanation} Explanation */
/** @typedef {import("./chain.js").Path} Path */
/** @typedef {import("./chain.js").Route} Route */
/** @typedef {import("./chain.js").Step} Step */
/** @typedef {import("./chain.js").Light} Light */
/** @typedef {{id: string, latex: string, words: string}} Place */

const PARAMETER = /^layer(\d+)\.(weight|bias)$/;
const COMPUTED = /^layer(\d+)\./;
/** The part that stands for the way from a unit into the loss. */
export const nameWire = (/** @type {string} */ unit) => `wire:${unit}`;

/**
 * The routes of all paths, the ones that count most first.
 * @param {Trace} trace
 * @param {Pick<Explanation, "paths" | "symbols">} explanation
 * @returns {Route[]}
 */
export function findRoutes(trace, { paths, symbols }) {
  const routes = trace.nodes ? routeNodes(trace, paths, symbols) : routeAllUnits(trace, paths);
  return routes.sort((a, b) => size(b.product) - size(a.product));
}

/**
 * The light of one route, with its factors.
 * @param {Route} route
 * @returns {Light}
 */
export function lightOne({ parts, steps, entries }) {
  const told = steps.flatMap(({ part, factor }) => (factor === null ? [] : [/** @type {[string, Num]} */ ([part, factor])]));
  return { parts: new Map(parts.map((part) => [part, 1])), factors: new Map(told), entries: new Map(entries.map(({ node, index }) => [node, index])) };
}

/**
 * The light of all routes: of each part, how much of what comes back runs through it, beside the
 * part through which most does.
 * @param {readonly Route[]} routes
 * @returns {Light}
 */
export function lightAll(routes) {
  /** @type {Map<string, number>} */
  const sums = new Map();
  for (const { parts, product } of routes) {
    for (const part of new Set(parts)) sums.set(part, (sums.get(part) ?? 0) + size(product));
  }
  const most = Math.max(...sums.values());
  const share = (/** @type {number} */ sum) => (sum === Infinity ? 1 : sum / most || 0);
  return { parts: new Map(Array.from(sums, ([part, sum]) => [part, share(sum)])), factors: new Map(), entries: new Map() };
}

/** @param {Num} value */
function size(value) {
  const number = Math.abs(toNumber(value));
  return Number.isNaN(number) ? Infinity : number;
}

/** @typedef {ReturnType<typeof study>} Index */

/** @param {UnitsTrace} trace @param {readonly Path[]} paths */
function routeAllUnits(trace, paths) {
  const known = study(trace);
  return merge(paths.map((path) => routeUnits(known, path)));
}

/** @param {UnitsTrace} trace */
function study({ units, weights, batch }) {
  const owners = units.map((unit) => /** @type {const} */ ([unit.bias_id, unit]));
  return {
    batch,
    units: new Map(units.map((unit) => [unit.id, unit])),
    owners: new Map(owners.reverse()),
    weights: new Map(weights.map((weight) => [weight.id, weight])),
    edges: new Map(weights.map(({ id, from, to }) => [`${from} ${to}`, id])),
  };
}

/**
 * In the picture of units and weights: what happens inside a unit, or inside the loss, is one step.
 * @param {Index} known
 * @param {Path} path
 * @returns {Route}
 */
function routeUnits(known, { entries, factors, product }) {
  const places = entries.map((entry) => placeUnit(known, entry));
  /** @type {Step[]} */
  const steps = [];
  factors.forEach((factor, i) => {
    const [from, to] = [places[i], places[i + 1]];
    const step = { ...name(entries[i], from, to), factor };
    const last = steps[steps.length - 1];
    if (last && (last.part === step.part || from.id === "loss")) last.factor = multiply(last.factor, factor);
    else steps.push(step);
  });
  const passed = places.filter(({ id }, i) => id !== places[i - 1]?.id);
  const batched = known.batch > 1 ? entries.find(({ node }) => !PARAMETER.test(node)) : undefined;
  return finish(passed, steps, product, batched?.index[0] ?? null);

  /**
   * The part between two places, and what its factor is.
   * @param {Entry} entry @param {Place} from @param {Place} to
   * @returns {Pick<Step, "part" | "tone">}
   */
  function name({ node }, from, to) {
    if (PARAMETER.test(node)) return { part: from.id, tone: "forward" };
    if (to.id === "loss") return { part: from.id.startsWith("y[") ? from.id : nameWire(from.id), tone: "backward" };
    const edge = known.edges.get(`${from.id} ${to.id}`);
    return edge ? { part: edge, tone: "forward" } : { part: to.id, tone: "loss" };
  }
}

/** @param {Index} known @param {Entry} entry @returns {Place} */
function placeUnit(known, { node, index }) {
  const last = index[index.length - 1] ?? 0;
  const [, , parameter] = PARAMETER.exec(node) ?? [];
  if (parameter === "weight") {
    const id = `${node}[${index.join("][")}]`;
    const weight = known.weights.get(id);
    return { id, latex: weight?.latex ?? "w", words: `weight ${weight?.label ?? ""}` };
  }
  if (parameter) {
    const id = `${node}[${last}]`;
    return { id, latex: known.owners.get(id)?.latex_bias ?? "b", words: "the bias" };
  }
  const layer = COMPUTED.exec(node)?.[1];
  if (layer !== undefined || node === "x") {
    const id = layer === undefined ? `x[${last}]` : `layer${layer}[${last}]`;
    const unit = known.units.get(id);
    return { id, latex: unit?.latex_a ?? "a", words: unit?.label ?? id };
  }
  if (node === "y") return { id: `y[${last}]`, latex: "y", words: "the target" };
  return { id: "loss", latex: "L", words: "the loss" };
}

/**
 * Paths that run alike in the picture become one: their products add up.
 * @param {Route[]} routes
 * @returns {Route[]}
 */
function merge(routes) {
  /** @type {Map<string, Route[]>} */
  const alike = new Map();
  for (const route of routes) alike.set(route.key, [...(alike.get(route.key) ?? []), route]);
  return Array.from(alike.values(), (group) => {
    const [first] = group;
    if (group.length === 1) return first;
    const differs = first.steps.map(({ factor }, i) => group.some(({ steps }) => steps[i].factor !== factor));
    // Where all else is the same, the factors of one step add up as the products do.
    const alone = differs.filter(Boolean).length === 1;
    const steps = first.steps.map((step, i) => (differs[i] ? { ...step, factor: alone ? add(group.map(({ steps }) => steps[i].factor)) : null } : step));
    return { ...first, steps, product: add(group.map(({ product }) => product)), count: group.length };
  });
}

/**
 * In the graph: node by node along its edges.
 * @param {NodesTrace} trace
 * @param {readonly Path[]} paths
 * @param {Explanation["symbols"]} symbols
 * @returns {Route[]}
 */
function routeNodes(trace, paths, symbols) {
  const latex = new Map(symbols.map((entry) => [`${entry.node} ${entry.index}`, entry.latex]));
  const nodes = new Map(trace.nodes.map((node) => [node.id, node]));
  return paths.flatMap(({ entries, inputs, factors, product }) => {
    const passed = entries.map(({ node }) => nodes.get(node));
    if (!passed.every((node) => node !== undefined)) return [];
    const steps = factors.map((factor, i) => ({ part: nameEdge(passed[i + 1].id, inputs[i]), factor, tone: colorStep(passed[i + 1]) }));
    const own = entries.map(({ node, index }, i) => ({ node, index: isBatched(trace, passed[i]) ? index.slice(1) : index }));
    const places = passed.map((node, i) => placeNode(trace, node, own[i].index, latex.get(`${node.id} ${entries[i].index}`)));
    const batched = trace.batch > 1 ? passed.findIndex((node) => isBatched(trace, node)) : -1;
    return [{ ...finish(places, steps, product, entries[batched]?.index[0] ?? null), entries: own }];
  });
}

/** @param {NodeView} to @returns {Step["tone"]} */
function colorStep({ id, role }) {
  if (role === "preactivation") return "forward";
  return /(^|\.)loss(\.|$)/.test(id) ? "backward" : "loss";
}

/** @param {NodesTrace} trace @param {NodeView} node @param {number[]} index @param {string} [latex] @returns {Place} */
function placeNode(trace, node, index, latex = node.latex) {
  const several = node.shape.slice(node.shape.length - index.length).some((length) => length > 1);
  const name = nameNode(trace, node) || node.label;
  return { id: node.id, latex, words: several ? `${name} ${index.map((i) => i + 1).join(" ")}` : name };
}

/** @param {Place[]} places @param {Step[]} steps @param {Num} product @param {number | null} sample @returns {Route} */
function finish(places, steps, product, sample) {
  const along = steps.map(({ part }) => part);
  return {
    key: [sample, ...places.map(({ id, latex }) => `${id} ${latex}`), ...along].join(" > "),
    latex: places.map(({ latex }) => latex),
    words: places.map(({ words }) => words),
    parts: [...new Set([...places.map(({ id }) => id), ...along])],
    steps,
    entries: [],
    product,
    count: 1,
    sample,
  };
}

/** @param {Num | null} a @param {Num} b @returns {Num | null} */
function multiply(a, b) {
  return a === null ? null : write(toNumber(a) * toNumber(b));
}

/** @param {(Num | null)[]} values @returns {Num} */
function add(values) {
  return write(values.reduce((/** @type {number} */ sum, value) => sum + toNumber(value), 0));
}

/** @param {number} value @returns {Num} */
function write(value) {
  return Number.isFinite(value) ? value : /** @type {Num} */ (String(value));
}
