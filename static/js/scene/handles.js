/** Invisible shapes over the picture that can be focused and pointed at, with their names. */

import { formatNumber, toNumber } from "../layout/number.js";
import { litPlaces } from "./chips.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./network.js").Stage} Stage */

const SMALLEST = 24;

/**
 * A handle for every input, weight, bias, unit, target and the loss, in reading order.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawHandles(stage) {
  const { trace, layout, names, moment, dense } = stage;
  const backward = (/** @type {number} */ layer) => moment.at("weights", layer) >= 1;
  /** @type {Mark[]} */
  const edges = layout.edges.map((edge) => {
    const { value, after, grad } = trace.weights[edge.index];
    const now = moment.at("update") >= 1 && after !== null ? after : value;
    return {
      key: `handle:${edge.id}`,
      shape: "curve",
      curve: edge.curve,
      stroke: dense ? "none" : "transparent",
      strokeWidth: 14,
      fill: "none",
      tone: "handle edge",
      id: edge.id,
      label: `weight ${names.get(edge.id)} from ${names.get(edge.from)} to ${names.get(edge.to)}: ${formatNumber(now)}${ending(backward(edge.layer), grad)}`,
    };
  });
  /** @type {Mark[]} */
  const units = trace.units.flatMap((unit) => {
    const place = layout.units.get(unit.id);
    if (!place) return [];
    const reached = unit.layer === 0 ? moment.at("inputs") > 0 : moment.at("activation", unit.layer) >= 1;
    const returned = unit.layer === trace.layers.length - 1 ? moment.at("loss_gradient") : moment.at("messages", unit.layer + 1);
    const value = reached ? formatNumber(unit.a) : "not reached yet";
    const kind = unit.layer === 0 ? "input " : "";
    const mask = !reached || unit.mask === null || unit.mask === undefined ? "" : toNumber(unit.mask) === 0 ? ", left out by dropout" : `, times ${formatNumber(unit.mask)} for dropout`;
    return [box(`handle:${unit.id}`, place, unit.id, `${kind}${names.get(unit.id)}: ${value}${mask}${ending(returned >= 1, unit.grad_a)}`)];
  });
  const seen = new Set();
  /** @type {Mark[]} */
  const biases = layout.biases.flatMap((bias) => {
    const unit = stage.values.get(bias.unit);
    if (!unit || seen.has(bias.id)) return [];
    seen.add(bias.id);
    const now = moment.at("update") >= 1 && unit.bias_after !== null ? unit.bias_after : unit.bias;
    const size = Math.max(bias.r * 2, bias.roomy ? SMALLEST : 14);
    return [box(`handle:${bias.id}`, { x: bias.x, y: bias.y, w: size, h: size }, bias.id, `bias ${names.get(bias.id)} of ${names.get(bias.unit)}: ${formatNumber(now)}${ending(backward(unit.layer), unit.grad_bias)}`)];
  });
  const row = trace.targets[trace.sample] ?? [];
  const y = trace.loss_nodes.find(({ id }) => id === "y")?.grad;
  const lost = moment.at("loss_gradient") >= 1;
  const targets = layout.targets.map(({ id, index, x, y: top, r }) =>
    box(`handle:${id}`, { x, y: top, w: 2 * r, h: 2 * r }, id, `target ${names.get(id)}: ${formatNumber(row[index])}${ending(lost, Array.isArray(y) ? y[index] : null)}`),
  );
  const value = moment.at("loss") >= 1 ? formatNumber(trace.loss) : "not reached yet";
  const loss = box("handle:loss", layout.loss, "loss", `loss L: ${value}${ending(lost, 1)}`);
  const selected = layout.edges.find(({ id }) => id === stage.selection);
  const chips = selected ? [{ ...box(`edit:${selected.id}`, litPlaces(stage, selected)[0], selected.id, `edit weight ${names.get(selected.id)}`), tone: "handle chip" }] : [];
  return [...edges, ...units, ...biases, ...targets, loss, ...chips];
}

/** @param {boolean} reached @param {import("../layout/trace.js").Num | null | undefined} grad */
function ending(reached, grad) {
  return grad === null || grad === undefined ? "" : reached ? `, gradient ${formatNumber(grad)}` : ", gradient not reached yet";
}

/** @param {string} key @param {import("../layout/layout.js").Box} place @param {string} id @param {string} label @returns {Mark} */
function box(key, { x, y, w, h }, id, label) {
  return { key, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: Math.min(w, h) * 0.2, fill: "none", tone: "handle", id, label };
}
