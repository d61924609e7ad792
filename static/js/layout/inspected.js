/** The number that an inspector is about: what the API calls it, and what it is in the question. */

import { listEntries } from "./entries.js";
import { nameNode, subscript } from "./symbols.js";

/** @typedef {import("./trace.js").Trace} Trace */
/** @typedef {import("./trace.js").UnitsTrace} UnitsTrace */
/** @typedef {import("./trace.js").NodesTrace} NodesTrace */
/** @typedef {import("./trace.js").NodeView} NodeView */
/** @typedef {import("./trace.js").Num} Num */
/** @typedef {import("./chain.js").Entry} Entry */
/**
 * @typedef {object} Inspected
 * @property {Entry} entry
 * @property {string | null} edit the number that can be changed, as the question names it
 * @property {string} name in plain text
 * @property {string} latex
 * @property {Num} value
 * @property {Num} grad
 * @property {string[]} places of the entries of the same node, where it has several
 * @property {string} place of this one
 */

const EDITABLE = new Set(["input", "target", "parameter"]);

/**
 * @param {Trace} trace
 * @param {string | null} id what is selected
 * @param {string} [place] which of its entries, such as `[0][1]`; the first unless given
 * @returns {Inspected | null} null where no one number has a gradient
 */
export function findInspected(trace, id, place = "") {
  if (id === null) return null;
  return trace.nodes ? findEntry(trace, id, place) : findPart(trace, id);
}

/** @param {UnitsTrace} trace @param {string} id @returns {Inspected | null} */
function findPart(trace, id) {
  const alone = { places: [], place: "" };
  const weight = trace.weights.find((one) => one.id === id);
  if (weight) return { ...alone, entry: readId(id), edit: id, name: weight.label, latex: weight.latex, value: weight.value, grad: weight.grad };
  const owner = trace.units.find(({ bias_id }) => bias_id === id);
  if (owner && owner.bias !== null && owner.grad_bias !== null) {
    return { ...alone, entry: readId(id), edit: id, name: "bias", latex: owner.latex_bias ?? "b", value: owner.bias, grad: owner.grad_bias };
  }
  const unit = trace.units.find((one) => one.id === id);
  if (!unit) return null;
  const { label: name, latex_a: latex, a: value, grad_a: grad } = unit;
  if (unit.layer === 0) return { ...alone, entry: readId(id), edit: id, name, latex, value, grad };
  return { ...alone, entry: { node: `layer${unit.layer}.a`, index: [unit.index] }, edit: null, name, latex, value, grad };
}

/** @param {NodesTrace} trace @param {string} id @param {string} place @returns {Inspected | null} */
function findEntry(trace, id, place) {
  const node = trace.nodes.find((one) => one.id === id);
  if (!node || node.grad === null || id === trace.loss_node) return null;
  const values = listEntries(trace, node, node.value);
  const at = Math.max(0, values.findIndex((one) => one.place === place));
  const { place: own, value } = values[at];
  const { index } = readId(id + own);
  const several = values.length > 1;
  const name = nameNode(trace, node) || node.label;
  return {
    entry: { node: id, index },
    edit: node.op === null && EDITABLE.has(node.role) ? id + own : null,
    name: several ? `${name} ${own}` : name,
    latex: several ? subscript(node.latex, index) : node.latex,
    value,
    grad: listEntries(trace, node, node.grad)[at].value,
    places: several ? values.map((one) => one.place) : [],
    place: several ? own : "",
  };
}

/** @param {string} id such as `layer1.weight[0][1]` @returns {Entry} */
function readId(id) {
  const [node, ...index] = id.split(/[[\]]+/).filter(Boolean);
  return { node, index: index.map(Number) };
}
