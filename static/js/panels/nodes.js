/** What there is to say about a node of the computation graph, or about a message on an edge: pure. */

import { nameEdge, readGrid } from "../layout/entries.js";
import { nameNode } from "../layout/symbols.js";
import { tellStory } from "../scene/graph/story.js";
import { derivative, mark, pill, updateOf, write } from "./rules.js";

/** @typedef {import("../layout/trace.js").NodesTrace} NodesTrace */
/** @typedef {import("../layout/trace.js").NodeView} NodeView */
/** @typedef {import("../layout/trace.js").MessageView} MessageView */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {import("./rules.js").Account} Account */
/** @typedef {import("./rules.js").Moment} Moment */
/** @typedef {{from: NodeView, message: MessageView}} Received */

/** @type {Record<string, string>} */
const KINDS = { input: "Input", parameter: "Parameter", target: "Target", loss: "Loss", state: "State" };
/** @type {Record<string, string>} */
const COMPUTED = { loss: "Loss", state: "State" };
const MOST_TERMS = 4;

/** @param {number | undefined} beat @returns {Moment} */
const whenOver = (beat) => ({ kind: "", layer: null, beat: beat ?? Infinity });

/**
 * The account of a node, or of an edge by its name, or null when there is no such thing.
 * @param {NodesTrace} trace
 * @param {string} id
 * @returns {Account | null}
 */
export function accountNode(trace, id) {
  const node = trace.nodes.find((one) => one.id === id);
  if (node) return ofNode(trace, node);
  const [, to, input] = /^(.*):(\d+)$/.exec(id) ?? [];
  const user = trace.nodes.find((one) => one.id === to);
  return user?.inputs[Number(input)] === undefined ? null : ofEdge(trace, user, Number(input));
}

/** @param {NodesTrace} trace @param {NodeView} node @returns {Account} */
function ofNode(trace, node) {
  const story = tellStory(trace);
  const [value, grad] = [single(trace, node, node.value), single(trace, node, node.grad)];
  const [known, returned] = [whenOver(story.value.get(node.id)), whenOver(story.grad.get(node.id))];
  const beat = trace.beats[story.value.get(node.id) ?? -1];
  const received = listReceived(trace, node);
  const gradient = derivative(trace.loss_latex, node.latex);
  const after = /** @type {any} */ (trace.updates[node.id]?.after ?? null);
  const alone = value !== null;
  return {
    kind: node.op === null ? (KINDS[node.role] ?? "Constant") : (COMPUTED[node.role] ?? "Operation"),
    latex: node.latex,
    value,
    at: known,
    note: describe(trace, node),
    rules: [
      ...(node.op !== null && beat ? [{ symbols: beat.latex, numbers: beat.latex_numbers, at: known }] : []),
      ...(received.length && alone ? [sumUp(trace, node, received, returned)] : []),
    ],
    rows: alone
      ? [
          ...received.map(({ from, message }) => ({
            latex: `\\text{from } ${from.latex}`,
            value: single(trace, node, message.value),
            at: whenOver(story.message.get(nameEdge(from.id, message.input))),
            sign: true,
            id: nameEdge(from.id, message.input),
          })),
          ...(grad === null ? [] : [{ latex: gradient, value: grad, at: returned, sign: true, strong: true, id: node.id }]),
        ]
      : [],
    grids: alone
      ? []
      : [
          { latex: node.latex, rows: readGrid(trace, node, node.value), at: known },
          ...(node.grad === null ? [] : [{ latex: gradient, rows: readGrid(trace, node, node.grad), at: returned }]),
          ...(after === null ? [] : [{ latex: `{${node.latex}}_{\\text{after}}`, rows: readGrid(trace, node, after), at: whenOver(story.update) }]),
        ],
    update: alone && grad !== null && after !== null ? updateOf(trace, node.id, node.latex, value, grad, readGrid(trace, node, after)[0][0], single(trace, node, /** @type {any} */ (trace.updates[node.id].delta))) : null,
    contributions: null,
  };
}

/** @param {NodesTrace} trace @param {NodeView} user @param {number} input @returns {Account} */
function ofEdge(trace, user, input) {
  const story = tellStory(trace);
  const source = trace.nodes.find(({ id }) => id === user.inputs[input]);
  if (!source) throw new Error(`${user.id} uses a node that is not there`);
  const message = user.messages.find((one) => one.input === input);
  const [sent, arrived] = [whenOver(story.message.get(nameEdge(user.id, input))), whenOver(story.grad.get(user.id))];
  const [value, upstream, local] = [single(trace, source, message?.value), single(trace, user, user.grad), single(trace, user, message?.local)];
  const [up, slope] = [derivative(trace.loss_latex, user.latex), derivative(user.latex, source.latex)];
  const product = value !== null && upstream !== null && local !== null;
  return {
    kind: "Message",
    latex: `${up} \\cdot ${slope}`,
    value,
    at: sent,
    note: `from ${call(trace, user)} back to ${call(trace, source)}`,
    rules: product
      ? [{
          symbols: `${mark(user.id, up)} \\cdot ${mark(nameEdge(user.id, input), slope)}${message?.local_latex ? `, \\quad ${slope} = ${message.local_latex}` : ""}`,
          numbers: `${write(value, true)} = ${pill("backward", user.id, upstream)} \\cdot ${pill("loss", nameEdge(user.id, input), local)}`,
          at: sent,
        }]
      : [],
    rows: product
      ? [
          { latex: up, value: upstream, at: arrived, sign: true, id: user.id },
          { latex: slope, value: local, at: sent, id: nameEdge(user.id, input) },
          { latex: "\\text{message}", value, at: sent, sign: true, strong: true, id: source.id },
        ]
      : [],
    grids: product || !message ? [] : [{ latex: "\\text{message}", rows: readGrid(trace, source, message.value), at: sent }],
    update: null,
    contributions: null,
  };
}

/**
 * The gradient as the sum of the messages, each upstream times local where both are one number.
 * @param {NodesTrace} trace @param {NodeView} node @param {Received[]} received @param {Moment} at
 */
function sumUp(trace, node, received, at) {
  const shown = received.slice(0, MOST_TERMS);
  const more = received.length > MOST_TERMS ? " + \\cdots" : "";
  const symbols = shown.map(({ from, message }) => `${mark(from.id, derivative(trace.loss_latex, from.latex))} \\cdot ${mark(nameEdge(from.id, message.input), derivative(from.latex, node.latex))}`);
  const numbers = shown.map(({ from, message }) => {
    const [upstream, local] = [single(trace, from, from.grad), single(trace, from, message.local)];
    if (upstream === null || local === null) return pill("backward", from.id, single(trace, node, message.value));
    return `${pill("backward", from.id, upstream)} \\cdot ${pill("loss", nameEdge(from.id, message.input), local)}`;
  });
  return {
    symbols: `${mark(node.id, derivative(trace.loss_latex, node.latex))} = ${symbols.join(" + ")}${more}`,
    numbers: `${write(single(trace, node, node.grad), true)} = ${numbers.join(" + ")}${more}`,
    at,
  };
}

/** @param {NodesTrace} trace @param {NodeView} node @returns {Received[]} */
function listReceived(trace, node) {
  return trace.nodes.flatMap((from) => from.messages.filter(({ to }) => to === node.id).map((message) => ({ from, message })));
}

/**
 * The number that a node is for the sample, or null when it is several.
 * @param {NodesTrace} trace @param {NodeView} node @param {import("../layout/trace.js").Nested | null | undefined} value
 * @returns {Num | null}
 */
function single(trace, node, value) {
  const grid = readGrid(trace, node, value);
  return grid.length === 1 && grid[0].length === 1 ? grid[0][0] : null;
}

/** @param {NodesTrace} trace @param {NodeView} node */
function describe(trace, node) {
  const grid = readGrid(trace, node, node.value);
  const size = grid.length === 1 && grid[0].length === 1 ? "" : `${grid.length} × ${grid[0]?.length ?? 0}`;
  const place = node.time !== null ? `step ${node.time}` : node.layer ? `layer ${node.layer}` : "";
  return [node.op?.replaceAll("_", " ") ?? "", place, size].filter(Boolean).join(", ");
}

/** @param {NodesTrace} trace @param {NodeView} node */
function call(trace, node) {
  return nameNode(trace, node).replace(/⁽(.*)⁾/, " $1") || node.label || node.id;
}
