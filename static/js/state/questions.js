/** Pure edits of a question: what the trace is computed from. */

import { listNames } from "./expression.js";
import { isRecurrent, withEntry, withRecurrentSpec } from "./sequences.js";

/** @typedef {import("./state.js").Question} Question */
/** @typedef {import("./state.js").NetworkDocument} NetworkDocument */

const PLACE = /^(x|y|(?:layer\d+|cell|output)\.\w+)\[(\d+)\](?:\[(\d+)\])?$/;

/**
 * The question with one number changed: a weight, a bias, or an input or target of the sample.
 * @param {Question} question
 * @param {string} id such as `layer1.weight[0][1]`, `layer1.bias[0]`, `x[0]`, `y[0]`, of a
 *   recurrent network `cell.weight_hh[0][1]`, `time1.x[0]`, or a name of an expression
 * @param {number} value
 * @returns {Question}
 */
export function withValue(question, id, value) {
  if (question.network.spec.kind === "expression") return withNamed(question, id, value);
  const place = PLACE.exec(id);
  if (!place) return (isRecurrent(question.network.spec) && withEntry(question, id, value)) || question;
  const [, name, first, second] = place;
  if (name === "x" || name === "y") {
    const key = name === "x" ? "inputs" : "targets";
    const rows = question[key].map((/** @type {number[]} */ row, /** @type {number} */ i) =>
      i === question.sample ? row.with(Number(first), value) : row,
    );
    return { ...question, [key]: rows };
  }
  const before = question.network.parameters?.[name];
  if (!before) return question;
  const after =
    second === undefined
      ? /** @type {number[]} */ (before).with(Number(first), value)
      : /** @type {number[][]} */ (before).map((row, j) =>
          j === Number(first) ? row.with(Number(second), value) : row,
        );
  const parameters = { ...question.network.parameters, [name]: after };
  return { ...question, network: { ...question.network, parameters } };
}

/** @param {Question} question @param {string} name @param {number} value @returns {Question} */
function withNamed(question, name, value) {
  const { network, inputs } = question;
  if (Object.hasOwn(inputs, name)) return { ...question, inputs: { ...inputs, [name]: value } };
  if (!Object.hasOwn(network.parameters ?? {}, name)) return question;
  const parameters = { ...network.parameters, [name]: value };
  return { ...question, network: { ...network, parameters } };
}

/**
 * What a name of an expression was last: its value, and whether it learns.
 * @typedef {Map<string, {value: number, learns: boolean}>} Known
 */

/**
 * The names of an expression as they are now.
 * @param {Question} question
 * @returns {Known}
 */
export function readNames({ network, inputs }) {
  const entries = (/** @type {Record<string, number>} */ values, /** @type {boolean} */ learns) =>
    Object.entries(values).map(([name, value]) => /** @type {const} */ ([name, { value, learns }]));
  return new Map([...entries(inputs, false), ...entries(network.parameters ?? {}, true)]);
}

/**
 * The question for another text: names keep what is known of them, new ones begin at 1.
 * @param {Question} question
 * @param {string} text
 * @param {Known} known
 * @returns {Question}
 */
export function withExpression(question, text, known) {
  const names = listNames(text).map((name) => ({ name, ...(known.get(name) ?? { value: 1, learns: false }) }));
  const values = (/** @type {boolean} */ learning) =>
    Object.fromEntries(names.filter(({ learns }) => learns === learning).map(({ name, value }) => [name, value]));
  const parameters = values(true);
  const spec = { ...question.network.spec, expression: text, parameters: Object.keys(parameters) };
  const network = { spec, parameters, optimizer_state: null, step: 0 };
  return { ...question, network, inputs: values(false) };
}

/**
 * The question for another spec: parameters whose shape and origin are unchanged stay, the others
 * are left for the seed to draw; samples are cut or filled with zeros to fit.
 * @param {Question} question
 * @param {any} spec
 * @param {string} targetKind what targets the loss takes: any, probabilities, distribution, signs
 * @returns {Question}
 */
export function withSpec(question, spec, targetKind) {
  if (isRecurrent(spec)) return withRecurrentSpec(question, spec, (row) => fitTarget(row, targetKind));
  const old = question.network.spec;
  const parameters = question.network.parameters ?? {};
  const shapes = parameterShapes(spec);
  const kept = Object.entries(parameters).filter(([name, value]) => {
    const layer = Number(/\d+/.exec(name)) - 1;
    const same = JSON.stringify(shapeOf(value)) === JSON.stringify(shapes[name]);
    const origin = JSON.stringify(old.layers[layer]?.initializer);
    return same && origin === JSON.stringify(spec.layers[layer]?.initializer);
  });
  const redrawn = spec.seed !== old.seed;
  const trainable = Object.fromEntries(
    Object.entries(question.network.trainable ?? {}).filter(([name]) => name in shapes),
  );
  return {
    ...question,
    preset: null,
    network: {
      spec,
      parameters: redrawn ? {} : Object.fromEntries(kept),
      trainable,
      optimizer_state: null,
      step: 0,
    },
    inputs: question.inputs.map((/** @type {number[]} */ row) => resize(row, spec.inputs)),
    targets: question.targets.map((/** @type {number[]} */ row) =>
      fitTarget(resize(row, spec.layers.at(-1).units), targetKind),
    ),
  };
}

/**
 * A target that the loss can take, as near as possible to the one there was.
 * @param {number[]} row
 * @param {string} kind
 * @returns {number[]}
 */
export function fitTarget(row, kind) {
  if (kind === "signs") return row.map((value) => (value > 0 ? 1 : -1));
  if (kind === "probabilities") return row.map((value) => Math.min(1, Math.max(0, value)));
  if (kind !== "distribution") return row;
  const sum = row.reduce((total, value) => total + value, 0);
  if (row.every((value) => value >= 0) && Math.abs(sum - 1) < 1e-6) return row;
  const largest = row.indexOf(Math.max(...row));
  return row.map((_, i) => (i === largest ? 1 : 0));
}

/**
 * @param {any} spec
 * @returns {Record<string, number[]>}
 */
function parameterShapes(spec) {
  /** @type {Record<string, number[]>} */
  const shapes = {};
  let fanIn = spec.inputs;
  spec.layers.forEach((/** @type {any} */ layer, /** @type {number} */ index) => {
    shapes[`layer${index + 1}.weight`] = [layer.units, fanIn];
    if (layer.use_bias !== false) {
      shapes[`layer${index + 1}.bias`] = [layer.shared_bias ? 1 : layer.units];
    }
    fanIn = layer.units;
  });
  return shapes;
}

/** @param {any} value @returns {number[]} */
function shapeOf(value) {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

/** @param {number[]} row @param {number} length */
function resize(row, length) {
  return Array.from({ length }, (_, i) => row[i] ?? 0);
}
