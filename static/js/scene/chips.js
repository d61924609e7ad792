/** Numbers on edges and biases: value, gradient with its factors, the step of the update. */

import { pointAt } from "../layout/curve.js";
import { formatNumber, toNumber } from "../layout/number.js";
import { magnitude, signToken } from "../layout/scale.js";
import { fitNumber, fitText, textWidth, typeSize } from "../layout/text.js";
import { drawBead, roll } from "./bead.js";
import { share } from "./edges.js";
import { during } from "./moment.js";
import { drawTag } from "./units.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./network.js").Stage} Stage */
/** @typedef {import("../layout/layout.js").Box} Box */
/** @typedef {import("../layout/layout.js").EdgePlace} EdgePlace */
/** @typedef {import("../layout/trace.js").WeightView} WeightView */

/**
 * Chips and tags of all edges that have room for them.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawChips(stage) {
  return stage.layout.edges.flatMap((edge) => (edge.chip && !stage.lit.has(edge.id) ? drawNumbers(stage, edge, edge.chip, edge.tag) : []));
}

/**
 * Chip and tag of edges that are pointed at, selected or told about, over everything else.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawLitChips(stage) {
  const { layout, lit } = stage;
  const told = spotlight(stage);
  return layout.edges
    .filter(({ id, chip }) => lit.has(id) || (id === told && !chip))
    .flatMap((edge) => {
      const [chip, tag] = litPlaces(stage, edge);
      // What nobody has asked for must not cover anything.
      if (!lit.has(edge.id) && [chip, tag].some((box) => cover(layout, box) > 0)) return [];
      return drawNumbers(stage, edge, chip, tag);
    });
}

/**
 * Where the chip of a lit edge stands, and its tag under it, inside the stage.
 * @param {{layout: import("../layout/layout.js").Layout, trace: import("../layout/trace.js").UnitsTrace}} stage
 * @param {EdgePlace} edge
 * @returns {[Box, Box]}
 */
export function litPlaces({ layout, trace }, edge) {
  const size = typeSize(12, layout.scale);
  const h = size + 10;
  const w = textWidth("0".repeat(trace.weights[edge.index].label.length + 8), size) + 10;
  const wide = Math.max(w, textWidth("\u2202L/\u2202w = \u22120.123 \u00b7 \u22120.123", size));
  const tall = 2.1 * h + (trace.batch > 1 ? 24 : 0);
  const { x, y } = edge.chip ?? findClearing(edge, layout, wide, h + tall + 8);
  const middle = { x: Math.min(layout.width - wide / 2 - 6, Math.max(wide / 2 + 6, x)), y: Math.min(layout.height - tall - h / 2 - 12, Math.max(h / 2 + 6, y)) };
  const chip = edge.chip ?? { ...middle, w, h };
  const roomy = edge.tag && edge.tag.h > 34 && trace.batch === 1;
  return [chip, roomy && edge.tag ? edge.tag : { x: middle.x, y: Math.max(chip.y, middle.y) + h / 2 + 5 + tall / 2, w: wide, h: tall }];
}

/**
 * Where a layer's edges have no room for tags, the one with the largest gradient speaks for all.
 * @param {Stage} stage
 * @returns {string | null}
 */
function spotlight({ moment, layout, trace, lit }) {
  if (moment.kind !== "weights" || moment.u >= 1 || [...lit].some((id) => id.includes(".weight["))) return null;
  const edges = layout.edges.filter(({ layer }) => layer === moment.layer);
  /** @param {EdgePlace} edge */
  const size = (edge) => Math.abs(toNumber(trace.weights[edge.index].grad)) || 0;
  const largest = edges.reduce((best, edge) => (size(edge) > size(best) ? edge : best), edges[0]);
  return largest?.id ?? null;
}

/** @param {Stage} stage @param {EdgePlace} edge @param {Box} chip @param {Box | null} tag @returns {Mark[]} */
function drawNumbers(stage, edge, chip, tag) {
  const weight = stage.trace.weights[edge.index];
  const size = typeSize(12, stage.layout.scale);
  const update = weight.after === null ? 0 : during(stage.moment.at("update"), 0.2, 0.9);
  const value = weight.after === null ? weight.value : roll(weight.value, weight.after, update);
  const token = signToken(value);
  const key = `chip:${edge.id}`;
  const number = formatNumber(value, { sign: true });
  const selected = stage.selection === edge.id;
  /** @type {Mark[]} */
  const marks = [
    { key, shape: "rect", x: chip.x - chip.w / 2, y: chip.y - chip.h / 2, width: chip.w, height: chip.h, rx: 6, fill: "raise", stroke: selected ? "ink" : token, strokeWidth: selected ? 2 : 1.25 },
    { key: `${key}:text`, shape: "text", x: chip.x, y: chip.y + size * 0.36, text: fitText([`${weight.label} ${number}`, number], chip.w - 4, size), size, weight: 600, anchor: "middle", fill: token },
    ...drawStep(`${key}:step`, { x: chip.x, y: chip.y - chip.h / 2 - 6 }, stage, weight),
  ];
  if (tag) marks.push(...drawGradient(stage, edge, weight, tag, size));
  return marks;
}

/**
 * The gradient of a weight: its factors and the result where two lines fit, and with a batch what
 * each sample contributes.
 * @param {Stage} stage
 * @param {EdgePlace} edge
 * @param {WeightView} weight
 * @param {Box} tag
 * @param {number} size
 * @returns {Mark[]}
 */
function drawGradient(stage, edge, weight, tag, size) {
  const u = share(stage, edge, "weights");
  const batch = stage.trace.batch > 1 && weight.contributions !== null;
  const opacity = during(u, batch ? 0.5 : 0.74, batch ? 0.65 : 0.95);
  if (opacity <= 0) return [];
  const key = `gradient-tag:${edge.id}`;
  const total = formatNumber(weight.grad, { sign: true });
  if (tag.h <= 34) return drawTag(key, tag, fitText([`\u2202L/\u2202${weight.label} ${total}`, `\u2202 ${total}`, total], tag.w - 4, size), size, opacity);
  const [delta, a] = [stage.values.get(edge.to)?.grad_z ?? 0, stage.values.get(edge.from)?.a ?? 0];
  const factors = `${formatNumber(delta)} \u00b7 ${formatNumber(a)}`;
  const own = weight.contributions?.[stage.trace.sample] ?? weight.grad;
  const mean = batch ? during(u, 0.8, 1) : 1;
  const top = tag.y - tag.h / 2;
  const result = batch && mean < 0.5 ? formatNumber(own, { sign: true }) : total;
  /** @type {Mark[]} */
  const marks = [
    { key, shape: "rect", x: tag.x - tag.w / 2, y: top, width: tag.w, height: tag.h, rx: 8, fill: "backward-tint", stroke: "backward", strokeWidth: 1.25, opacity },
    { key: `${key}:rule`, shape: "text", x: tag.x, y: top + size + 4, text: fitText([`\u2202L/\u2202${weight.label} = ${factors}`, `\u2202L/\u2202w = ${factors}`, factors, "\u2202L/\u2202w"], tag.w - 8, size), size, weight: 600, anchor: "middle", fill: "backward", opacity },
    { key: `${key}:result`, shape: "text", x: tag.x, y: top + 2 * size + 11, text: batch && mean >= 0.5 ? `\u03a3 ${result}` : result, size: size * 1.25, weight: 700, anchor: "middle", fill: signToken(batch && mean < 0.5 ? own : weight.grad), opacity },
  ];
  if (batch && tag.h > 3 * size) marks.push(...drawHistogram(`${key}:samples`, { ...tag, y: top + tag.h - 16, h: 22 }, stage.trace.sample, weight, during(u, 0.6, 0.85)));
  return marks;
}

const MOST_BARS = 12;

/**
 * A bar per sample, the chosen one in full color; with many samples, how many fall where.
 * @param {string} key
 * @param {Box} box
 * @param {number} sample
 * @param {WeightView} weight
 * @param {number} u
 * @returns {Mark[]}
 */
function drawHistogram(key, box, sample, weight, u) {
  const values = (weight.contributions ?? []).map(toNumber).filter(Number.isFinite);
  const counted = values.length > MOST_BARS;
  const bars = counted ? countBins(values) : values;
  const largest = Math.max(...bars.map(Math.abs)) || 1;
  const pitch = Math.min(14, (box.w - 16) / bars.length);
  const [up, down] = [Math.max(0, ...bars) / largest, Math.max(0, ...bars.map((bar) => -bar)) / largest];
  const perUnit = box.h / (up + down || 1);
  const zero = box.y - box.h / 2 + up * perUnit;
  const left = box.x - (pitch * bars.length) / 2;
  /** @type {Mark[]} */
  const marks = [{ key: `${key}:zero`, shape: "path", d: `M${left - 2} ${zero}H${left + pitch * bars.length + 2}`, stroke: "backward", strokeWidth: 1, fill: "none", opacity: u }];
  bars.forEach((bar, i) => {
    const height = (Math.abs(bar) / largest) * perUnit * u;
    if (height > 0) marks.push({ key: `${key}:${i}`, shape: "rect", x: left + i * pitch + 1, y: bar > 0 ? zero - height : zero, width: Math.max(1, pitch - 2), height, fill: "backward", opacity: counted || i === sample ? 1 : 0.45 });
  });
  return marks;
}

/** @param {number[]} values */
function countBins(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const bins = new Array(MOST_BARS).fill(0);
  for (const value of values) bins[Math.min(MOST_BARS - 1, Math.floor(((value - low) / (high - low || 1)) * MOST_BARS))]++;
  return bins;
}

/**
 * The step that the update takes, as an arrow; beside it the gradient's where they can differ.
 * @param {string} key
 * @param {{x: number, y: number}} at
 * @param {{moment: Pick<import("./moment.js").Moment, "at">, stateful: boolean}} stage
 * @param {{delta: import("../layout/trace.js").Num | null, grad: import("../layout/trace.js").Num}} moved
 * @returns {Mark[]}
 */
export function drawStep(key, at, { moment, stateful }, { delta, grad }) {
  const u = moment.at("update");
  if (u <= 0 || delta === null) return [];
  const arrows = [{ name: "step", value: toNumber(delta), token: "update", y: at.y }];
  if (stateful) arrows.push({ name: "gradient", value: -toNumber(grad), token: "backward", y: at.y - 6 });
  return arrows.flatMap(({ name, value, token, y }) => {
    if (!value || !Number.isFinite(value)) return [];
    const length = (6 + 22 * magnitude(value)) * during(u, 0, 0.5) * Math.sign(value);
    const tip = at.x + length / 2;
    const head = Math.sign(value) * 4;
    return [{ key: `${key}:${name}`, shape: /** @type {const} */ ("path"), d: `M${at.x - length / 2} ${y}H${tip}M${tip - head} ${y - 3}L${tip} ${y}L${tip - head} ${y + 3}`, stroke: token, strokeWidth: 1.75, fill: "none" }];
  });
}

/**
 * Biases: a small dotted disc with its number where there is room, else a dot at the unit.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawBiases(stage) {
  const { layout, moment, values, lit, names } = stage;
  return layout.biases.flatMap((place) => {
    const unit = values.get(place.unit);
    if (!unit || unit.bias === null || place.r === 0) return [];
    const { layer, index } = unit;
    const count = stage.trace.layers[layer].units;
    const key = `bias:${place.unit}`;
    const update = unit.bias_after === null ? 0 : during(moment.at("update"), 0.2, 0.9);
    const value = unit.bias_after === null ? unit.bias : roll(unit.bias, unit.bias_after, update);
    const forward = moment.of("linear", layer, index, count);
    const marked = lit.has(place.id);
    /** @type {Mark[]} */
    const marks = [];
    if (place.roomy) marks.push({ key: `${key}:wire`, shape: "curve", curve: place.curve, stroke: forward > 0 ? "ink-2" : "ink-3", strokeWidth: 1.25, dash: "2 4", fill: "none" });
    marks.push({ key, shape: "circle", x: place.x, y: place.y, r: place.r, fill: place.roomy ? "raise" : "paper", stroke: marked ? "ink" : "ink-3", strokeWidth: marked ? 2 : 1.25, dash: "2 3" });
    const size = typeSize(Math.max(11, place.r * 0.72) / layout.scale, layout.scale);
    if (place.roomy) {
      marks.push({ key: `${key}:value`, shape: "text", x: place.x, y: place.y + size * 0.36, text: fitNumber(value, place.r * 2, size), size, weight: 600, anchor: "middle", fill: "ink" });
      if (place.r > 16) marks.push({ key: `${key}:name`, shape: "text", x: place.x, y: place.y + place.r + size + 3, text: names.get(place.id), size, italic: true, anchor: "middle", fill: "ink-2" });
    }
    const u = forward;
    if (u > 0.5 && u < 0.93 && place.roomy) marks.push(...drawBead(`bead:${key}`, pointAt(place.curve, during(u, 0.55, 0.88)), unit.bias, signToken(unit.bias), { scale: 0.8, opacity: 1 - during(u, 0.88, 0.93) }));
    const back = moment.of("weights", layer, index, count);
    if (back > 0 && back < 0.95 && place.roomy) marks.push(...drawBead(`back:${key}`, pointAt(place.curve, 1 - during(back, 0, 0.7)), unit.grad_z ?? 0, "backward", { scale: 0.8, opacity: 1 - during(back, 0.75, 0.95) }));
    const arrived = during(back, 0.74, 0.95);
    if (arrived > 0 && place.roomy && place.r > 16) marks.push(...drawTag(`${key}:gradient`, { x: place.x + place.r + 6 + size * 3.3, y: place.y + place.r * 0.6, w: size * 6.6, h: size + 9 }, `\u2202L/\u2202b ${formatNumber(unit.grad_bias, { sign: true })}`, Math.max(11, size * 0.85), arrived));
    if (place.roomy) marks.push(...drawStep(`${key}:step`, { x: place.x, y: place.y - place.r - 6 }, stage, { delta: unit.bias_delta, grad: unit.grad_bias ?? 0 }));
    return marks;
  });
}

/**
 * The point along an edge where a box centered on it covers least of the units and targets.
 * @param {EdgePlace} edge
 * @param {import("../layout/layout.js").Layout} layout
 * @param {number} w
 * @param {number} h
 */
function findClearing(edge, layout, w, h) {
  const covered = (/** @type {{x: number, y: number}} */ { x, y }) => cover(layout, { x, y: y + h / 2, w, h });
  const places = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8].map((t) => pointAt(edge.curve, t));
  return places.reduce((best, place) => (covered(place) < covered(best) ? place : best));
}

/**
 * How much of the units, inputs and targets a box would hide, in square pixels.
 * @param {import("../layout/layout.js").Layout} layout
 * @param {Box} box
 */
function cover(layout, box) {
  const things = [...layout.units.values(), ...layout.targets.map(({ x, y, r }) => ({ x, y, w: 2 * r, h: 2 * r }))];
  return things.reduce((sum, thing) => sum + shared(box.x - thing.x, (box.w + thing.w) / 2) * shared(box.y - thing.y, (box.h + thing.h) / 2), 0);
}

/** How far two intervals reach into each other. @param {number} distance @param {number} reach */
function shared(distance, reach) {
  return Math.max(0, reach - Math.abs(distance));
}
