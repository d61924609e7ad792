/** The numbers of a run as rows, each with the moment from which it is known. */

import { listEntries } from "../layout/entries.js";
import { nameNode } from "../layout/symbols.js";
import { tellStory } from "../scene/graph/story.js";

/** @typedef {import("../layout/trace.js").Trace} Trace */
/** @typedef {import("../layout/trace.js").UnitsTrace} UnitsTrace */
/** @typedef {import("../layout/trace.js").NodesTrace} NodesTrace */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {import("./rules.js").Moment} Moment */
/** @typedef {{value: Num | null | undefined, at: Moment, sign?: boolean}} Cell */
/** @typedef {{id: string, name: string, cells: Cell[]}} Row */
/** @typedef {{caption: string, heads: string[], rows: Row[]}} Table */

/** @param {string} kind @param {number | null} [layer] @returns {Moment} */
const when = (kind, layer = null) => ({ kind, layer });
/** @param {number | undefined} beat @returns {Moment} */
const whenOver = (beat) => ({ kind: "", layer: null, beat: beat ?? Infinity });

/**
 * When the loss is known. The graph of one unit does not compute it.
 * @param {Trace} trace
 * @returns {Moment}
 */
export function findLossMoment(trace) {
  if (!trace.nodes) return when("loss");
  const { value, outputs } = tellStory(trace);
  const [output] = trace.nodes.filter(({ id, role }) => role === "loss" || (trace.network.spec.kind === "expression" && outputs.has(id)));
  return output ? whenOver(value.get(output.id)) : when("given");
}

/** @param {Trace} trace @returns {Table[]} */
export function listTables(trace) {
  const loss = {
    caption: "Loss",
    heads: ["L", "after the step"],
    rows: [{ id: "loss", name: "loss", cells: [{ value: trace.loss, at: findLossMoment(trace) }, { value: trace.loss_after, at: when("afterwards") }] }],
  };
  if (trace.nodes) return [loss, { caption: "Nodes", heads: ["value", "gradient", "after"], rows: nodeRows(trace) }];
  return [
    loss,
    { caption: "Units", heads: ["z", "a", "slope", "dL/da", "dL/dz"], rows: unitRows(trace) },
    { caption: "Weights and biases", heads: ["value", "gradient", "after"], rows: [...weightRows(trace), ...biasRows(trace)] },
  ];
}

/** @param {NodesTrace} trace @returns {Row[]} */
function nodeRows(trace) {
  const story = tellStory(trace);
  return trace.nodes.flatMap((node) => {
    const name = nameNode(trace, node) || node.op === null ? node.id : `${node.id}, ${node.label}`;
    const grads = listEntries(trace, node, node.grad);
    const after = listEntries(trace, node, /** @type {any} */ (trace.updates[node.id]?.after ?? null));
    return listEntries(trace, node, node.value).map(({ place, value }, i) => ({
      id: node.id,
      name: `${name}${place}`,
      cells: [
        { value, at: whenOver(story.value.get(node.id)) },
        { value: grads[i]?.value, at: whenOver(story.grad.get(node.id)), sign: true },
        { value: after[i]?.value, at: when("update"), sign: true },
      ],
    }));
  });
}

/** @param {UnitsTrace} trace @returns {Row[]} */
function unitRows(trace) {
  const last = trace.layers.length - 1;
  return trace.units.map((unit) => ({
    id: unit.id,
    name: unit.label,
    cells: [
      { value: unit.z, at: when("linear", unit.layer) },
      { value: unit.a, at: when(unit.layer ? "activation" : "inputs", unit.layer || null) },
      { value: unit.slope, at: when("slope", unit.layer) },
      { value: unit.grad_a, at: unit.layer === last ? when("loss_gradient") : when("messages", unit.layer + 1), sign: true },
      { value: unit.grad_z, at: when("slope", unit.layer), sign: true },
    ],
  }));
}

/** @param {UnitsTrace} trace @returns {Row[]} */
function weightRows(trace) {
  const names = new Map(trace.units.map(({ id, label }) => [id, label]));
  return trace.weights.map((weight) => ({
    id: weight.id,
    name: `${names.get(weight.from)} → ${names.get(weight.to)}`,
    cells: [
      { value: weight.value, at: when("given"), sign: true },
      { value: weight.grad, at: when("weights", weight.layer), sign: true },
      { value: weight.after, at: when("update"), sign: true },
    ],
  }));
}

/** @param {UnitsTrace} trace @returns {Row[]} */
function biasRows(trace) {
  return trace.units.filter(({ bias_id: id }) => id).map((unit) => ({
    id: unit.bias_id ?? "",
    name: `bias of ${unit.label}`,
    cells: [
      { value: unit.bias, at: when("given"), sign: true },
      { value: unit.grad_bias, at: when("weights", unit.layer), sign: true },
      { value: unit.bias_after, at: when("update"), sign: true },
    ],
  }));
}
