/** In which beat each number of a graph becomes known. */

import { nameEdge } from "../../layout/entries.js";

/** @typedef {import("../../layout/trace.js").NodesTrace} NodesTrace */
/**
 * Indices of beats.
 * @typedef {object} Story
 * @property {Map<string, number>} value by node
 * @property {Map<string, number>} grad by node; none where nothing comes back
 * @property {Map<string, number>} message by edge, as `nameEdge` names it
 * @property {Map<string, number>} sum by node, where several messages add up
 * @property {Set<string>} outputs where the backward pass begins
 * @property {number} update
 * @property {number} afterwards
 */

/** @type {WeakMap<NodesTrace, Story>} */
const told = new WeakMap();

/** @param {NodesTrace} trace @returns {Story} */
export function tellStory(trace) {
  const known = told.get(trace);
  if (known) return known;
  const inputs = new Map(trace.nodes.map((node) => [node.id, node.inputs]));
  /** @type {Story} */
  const story = { value: new Map(), grad: new Map(), message: new Map(), sum: new Map(), outputs: new Set(), update: Infinity, afterwards: Infinity };
  trace.beats.forEach(({ kind, phase, nodes, edges }, index) => {
    if (kind === "update" || kind === "afterwards") story[kind] = index;
    else if (phase !== "backward") for (const id of nodes) story.value.set(id, index);
    else if (kind === "seed") for (const id of nodes) story.outputs.add(id) && story.grad.set(id, index);
    else if (kind === "sum") for (const id of nodes) [story.sum, story.grad].forEach((known) => known.set(id, index));
    else {
      // Told by time, the loss sends first; that its own gradient is 1 goes without saying.
      if (kind === "loss_gradient") for (const { id } of trace.nodes.filter(({ role }) => role === "loss")) story.grad.set(id, index);
      for (const { to, input } of edges) {
        story.message.set(nameEdge(to, input), index);
        const source = inputs.get(to)?.[input];
        if (source !== undefined) story.grad.set(source, index);
      }
    }
  });
  told.set(trace, story);
  return story;
}
