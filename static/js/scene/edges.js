/** Weights as edges, and what travels along them: products forward, gradients backward. */

import { cutStart, moveAside, pointAt } from "../layout/curve.js";
import { formatNumber, toNumber } from "../layout/number.js";
import { beadRadius, lineWidth, magnitude, signToken } from "../layout/scale.js";
import { drawBead, roll } from "./bead.js";
import { landing } from "./instrument.js";
import { during } from "./moment.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./network.js").Stage} Stage */
/** @typedef {import("../layout/layout.js").EdgePlace} EdgePlace */
/** @typedef {import("../layout/trace.js").WeightView} WeightView */

/** With more edges than this in a layer the beads carry no numbers. */
const MOST_NUMBERED = 4;

/** @param {Stage} stage @returns {Mark[]} */
export function drawEdges(stage) {
  const { layout, trace } = stage;
  /** @type {Mark[]} */
  const marks = [];
  for (const edge of layout.edges) drawEdge(marks, stage, edge, trace.weights[edge.index]);
  return marks;
}

/** @param {Mark[]} marks @param {Stage} stage @param {EdgePlace} edge @param {WeightView} weight */
function drawEdge(marks, stage, edge, weight) {
  const { moment, lit, dense, layout } = stage;
  const update = weight.after === null ? 0 : during(moment.at("update"), 0.2, 0.9);
  const value = weight.after === null ? weight.value : roll(weight.value, weight.after, update);
  const reached = moment.at("linear", edge.layer) > 0;
  const marked = lit.has(edge.id) || lit.has(edge.from) || lit.has(edge.to);
  const scale = Math.max(0.7, Math.min(1, layout.scale)) * (dense ? 0.5 : stage.crowded ? 0.7 : 1);
  if (update > 0 && !dense && weight.after !== weight.value) {
    marks.push({ key: `ghost:${edge.id}`, shape: "curve", curve: edge.curve, stroke: signToken(weight.value), strokeWidth: lineWidth(weight.value, scale) + 3, opacity: 0.2, fill: "none" });
  }
  const strength = reached ? 1 : 0.45;
  // Among the many all lines are thin, which is fast, and strength shows as opacity.
  const many = dense && !marked;
  marks.push({
    key: `edge:${edge.id}`,
    shape: "curve",
    curve: edge.curve,
    stroke: signToken(value),
    strokeWidth: many ? 1 : lineWidth(value, scale) * pulse(stage, edge),
    opacity: lit.has(edge.id) ? 1 : marked ? 0.9 : many ? strength * (0.1 + 0.5 * magnitude(value)) : strength * 0.72,
    fill: "none",
    bulk: true,
  });
  const back = during(share(stage, edge, "weights"), 0, 0.7);
  if (back > 0 && toNumber(weight.grad) !== 0 && (!dense || marked)) {
    const aside = moveAside(edge.curve, offset(stage, weight));
    marks.push({ key: `gradient:${edge.id}`, shape: "curve", curve: back < 1 ? cutStart(aside, 1 - back) : aside, stroke: "backward", strokeWidth: 1 + (lineWidth(weight.grad, scale) - 1) * 0.5, opacity: 0.85, fill: "none", bulk: true });
  }
}

/** The edge swells a little while its weight multiplies. @param {Stage} stage @param {EdgePlace} edge */
function pulse(stage, edge) {
  const u = stage.moment.layer !== edge.layer ? 0 : stage.moment.kind === "linear" ? share(stage, edge, "linear") : stage.moment.kind === "messages" ? share(stage, edge, "messages") : 0;
  return 1 + 0.4 * during(u, 0.35, 0.5) * (1 - during(u, 0.5, 0.7));
}

/** Where the line of the gradient runs beside the edge. @param {Stage} stage @param {WeightView} weight */
function offset({ layout }, weight) {
  const away = lineWidth(weight.value) / 2 + lineWidth(weight.grad) / 4 + 2;
  return layout.down ? -away : away;
}

/**
 * Progress of a beat on one edge: units of the column that it is about start one by one.
 * @param {Stage} stage
 * @param {EdgePlace} edge
 * @param {"linear" | "weights" | "messages"} kind
 */
export function share({ moment, trace, layout }, edge, kind) {
  const layer = kind === "messages" ? edge.layer - 1 : edge.layer;
  const unit = layout.units.get(kind === "messages" ? edge.from : edge.to);
  return moment.of(kind, edge.layer, unit?.index ?? 0, trace.layers[layer].units);
}

/**
 * What is on its way on the edges of the layer whose beat is on.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawTraffic(stage) {
  const { moment, layout, trace } = stage;
  const { kind, layer } = moment;
  if (kind !== "linear" && kind !== "weights" && kind !== "messages") return [];
  if (moment.at(kind, layer ?? 0) >= 1) return [];
  const edges = layout.edges.filter((edge) => edge.layer === layer);
  /** @type {Mark[]} */
  const marks = [];
  for (const edge of edges) {
    const weight = trace.weights[edge.index];
    const text = edges.length <= MOST_NUMBERED || stage.lit.has(edge.id);
    const u = share(stage, edge, kind);
    if (kind === "linear") marks.push(...drawProduct(stage, edge, weight, u, text));
    else if (kind === "messages") marks.push(...drawMessage(stage, edge, weight, u, text));
    else marks.push(...drawMeeting(stage, edge, weight, u, text));
  }
  return marks;
}

/** @param {Stage} stage @param {EdgePlace} edge @param {WeightView} weight @param {number} u @param {boolean} text */
function drawProduct(stage, edge, weight, u, text) {
  const { values, incoming } = stage;
  if (u <= 0) return [];
  const source = values.get(edge.from);
  const all = incoming.get(edge.to) ?? [];
  const land = landing(all.indexOf(weight), all.length + (values.get(edge.to)?.bias === null ? 0 : 1));
  if (u >= land + 0.06) return [];
  const early = u < 0.5;
  const t = early ? during(u, 0, 0.5) * 0.5 : 0.5 + during(u, 0.5, land) * 0.5;
  const value = early || !source ? (source?.a ?? 0) : weight.product;
  const grown = during(u, 0.42, 0.58);
  const [before, after] = [beadRadius(source?.a ?? 0), beadRadius(weight.product)];
  return drawBead(`bead:${edge.id}`, pointAt(edge.curve, t), value, early ? "forward" : signToken(value), {
    radius: (before + (after - before) * grown) * stage.beadScale,
    opacity: 1 - during(u, land, land + 0.06),
    bulk: stage.dense,
    scale: stage.layout.scale,
    text: text ? formatNumber(value, { sign: !early }) : false,
    below: true,
    aside: stage.layout.down,
  });
}

/** @param {Stage} stage @param {EdgePlace} edge @param {WeightView} weight @param {number} u @param {boolean} text */
function drawMessage(stage, edge, weight, u, text) {
  if (u <= 0) return [];
  const delta = stage.values.get(edge.to)?.grad_z ?? 0;
  const early = u < 0.42;
  const value = early ? delta : weight.message;
  const [before, after] = [beadRadius(delta), beadRadius(weight.message)];
  return drawBead(`bead:${edge.id}`, pointAt(edge.curve, 1 - during(u, 0, 0.84)), value, "backward", {
    radius: (before + (after - before) * during(u, 0.36, 0.52)) * stage.beadScale,
    opacity: 1 - during(u, 0.86, 0.98),
    bulk: stage.dense,
    scale: stage.layout.scale,
    text: text ? formatNumber(value, { sign: true }) : false,
    below: true,
    aside: stage.layout.down,
  });
}

/**
 * The delta runs back along the edge and meets the activation that waits there.
 * @param {Stage} stage
 * @param {EdgePlace} edge
 * @param {WeightView} weight
 * @param {number} u
 * @param {boolean} text
 */
function drawMeeting(stage, edge, weight, u, text) {
  if (u <= 0) return [];
  const [source, target] = [stage.values.get(edge.from), stage.values.get(edge.to)];
  const aside = moveAside(edge.curve, offset(stage, weight));
  const look = { bulk: stage.dense, scale: stage.layout.scale, aside: stage.layout.down };
  const gone = 1 - during(u, 0.72, 0.9);
  const numbered = (/** @type {import("../layout/trace.js").Num} */ value) => (text ? formatNumber(value) : false);
  return [
    ...drawBead(`waiting:${edge.id}`, pointAt(aside, 0.3 + 0.15 * during(u, 0.5, 0.72)), source?.a ?? 0, "forward", { ...look, radius: beadRadius(source?.a ?? 0) * 0.8 * stage.beadScale, opacity: during(u, 0, 0.2) * gone, text: numbered(source?.a ?? 0), below: true }),
    ...drawBead(`bead:${edge.id}`, pointAt(aside, 1 - 0.52 * during(u, 0, 0.7)), target?.grad_z ?? 0, "backward", { ...look, radius: beadRadius(target?.grad_z ?? 0) * stage.beadScale, opacity: gone, text: numbered(target?.grad_z ?? 0), below: true }),
  ];
}
