/** The shared parameters, and the stacks in which the shares of all time steps add up. */

import { formatNumber, toNumber } from "../../layout/number.js";
import { lineWidth, magnitude, signToken } from "../../layout/scale.js";
import { fitNumber, fitText, textWidth } from "../../layout/text.js";
import { norm, sumMessages } from "../../layout/unrolled.js";
import { timeWidth } from "../../layout/cards.js";
import { readGrid } from "../../layout/entries.js";
import { drawBead, roll } from "../bead.js";
import { drawStep } from "../chips.js";
import { during } from "../moment.js";
import { LANDS, updateProgress, valueProgress } from "./progress.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").CardPlace} CardPlace */
/** @typedef {import("../../layout/unrolled.js").Shared} Shared */
/** @typedef {import("../../layout/trace.js").Num} Num */
/**
 * @typedef {object} Stack
 * @property {boolean} alone whether the parameter is one number, whose shares have signs
 * @property {Num[]} shares numbers, or norms; first step to last
 * @property {Num} total
 * @property {Reach} apart of the shares one by one
 * @property {Reach} together of the shares head to tail
 */
/** @typedef {{low: number, high: number}} Reach */

const SIZE = 13;
const SMALL = 11;
const LEGEND = [0.001, 0.01, 0.1, 1];
const PITCH = 58;

/** @param {Stage} stage @returns {Mark[]} */
export function drawCards(stage) {
  return [...drawCaption(stage), ...stage.layout.cards.flatMap((card, i) => drawCard(stage, card, stage.plan.parameters[i]))];
}

/**
 * What stands in a stack; all of it is known beforehand, so that nothing rescales.
 * @param {Stage} stage
 * @param {Shared} parameter
 * @returns {Stack}
 */
export function readStack(stage, { id, shares }) {
  const grids = shares.map(({ edge }) => sumMessages(stage.trace, [edge]));
  const total = stage.gradient(id);
  const alone = total.length === 1 && total[0].length === 1;
  const values = grids.map((grid) => (alone ? (grid[0]?.[0] ?? 0) : norm(grid)));
  const sum = alone ? total[0][0] : norm(total);
  const finite = values.map(toNumber).map((value) => (Number.isFinite(value) ? value : 0));
  let run = 0;
  const running = alone ? [...finite].reverse().map((value) => (run += value)) : [];
  const reach = (/** @type {number[]} */ all) => ({ low: Math.min(0, ...all), high: Math.max(0, ...all) });
  return { alone, shares: values, total: sum, apart: reach(finite), together: reach([...finite, ...running]) };
}

/** @param {Stage} stage @param {CardPlace} card @param {Shared} parameter @returns {Mark[]} */
function drawCard(stage, card, parameter) {
  const { id, x, y, w, h } = card;
  const { lit, beat, u } = stage;
  const active = u < 1 && beat.nodes.includes(id) && (beat.kind === "sum" || beat.kind === "update");
  const known = valueProgress(stage, id);
  const key = `card:${id}`;
  return [
    { key, shape: "rect", x: x - w / 2, y: y - h / 2, width: w, height: h, rx: 10, fill: known > 0 ? "raise" : "paper", stroke: lit.has(id) ? "ink" : active ? beat.phase : "rule", strokeWidth: lit.has(id) || active ? 2 : 1, tone: active ? "lifted" : undefined },
    ...drawHead(stage, card, known),
    ...drawMatrix(stage, card, known),
    ...drawStack(stage, card, parameter),
  ];
}

/** @param {Stage} stage @param {CardPlace} card @param {number} known @returns {Mark[]} */
function drawHead(stage, { id, x, y, w, h }, known) {
  const node = stage.plan.nodes.get(id);
  const [, letter, index] = /^(\w+)_\{?(\w+)\}?$/.exec(node?.latex ?? "") ?? ["", node?.latex ?? id, undefined];
  const [left, right, base] = [x - w / 2 + (w < 96 ? 7 : 11), x + w / 2 - (w < 96 ? 7 : 11), y - h / 2 + 18];
  const key = `card:${id}`;
  /** @type {Mark[]} */
  const marks = [{ key: `${key}:name`, shape: "text", x: left, y: base, text: letter, lowered: index, size: SIZE + 1, italic: true, anchor: "start", fill: known > 0 ? "ink-2" : "ink-3" }];
  if (known <= 0) return marks;
  const grid = stage.grid(id);
  if (grid.length > 1 || grid[0].length > 1) {
    const wide = grid[0].length > 1 || node?.shape.length === 2;
    if (w < 70) return marks;
    return [...marks, { key: `${key}:size`, shape: "text", x: right, y: base, text: wide ? `${grid.length} \u00d7 ${grid[0].length}` : String(grid.length), size: SMALL, anchor: "end", fill: "ink-3", opacity: known }];
  }
  const [value] = grid[0];
  const update = updateProgress(stage, id);
  const { after, delta } = /** @type {any} */ (stage.trace.updates[id] ?? {});
  const next = node && update > 0 ? readGrid(stage.trace, node, after)[0][0] : value;
  const now = roll(value, next, during(update, 0.2, 0.9));
  const size = w < 64 ? SMALL : SIZE;
  const name = letter.length * 11 + (index?.length ?? 0) * 7;
  const text = fitNumber(now, right - left - name - 2, size, true);
  if (textWidth(text, size) > right - left - name + 2) return marks;
  if (!Number.isFinite(toNumber(now))) return [...marks, ...drawBead(`${key}:value`, { x: right - 8, y: base - 5 }, now, "backward", { radius: 7 })];
  marks.push({ key: `${key}:value`, shape: "text", x: right, y: base, text, size, weight: 700, anchor: "end", fill: update > 0 ? "update" : signToken(now), opacity: known });
  const arrow = right - textWidth(text, size) - 22;
  if (update > 0 && node && arrow - 16 > left + 26) marks.push(...drawStep(`${key}:step`, { x: arrow, y: base - 4 }, { moment: { at: () => update }, stateful: stage.stateful }, { delta: readGrid(stage.trace, node, delta)[0][0], grad: stage.gradient(id)[0]?.[0] ?? 0 }));
  return marks;
}

/** @param {Stage} stage @param {CardPlace} card @param {number} known @returns {Mark[]} */
function drawMatrix(stage, { id, grid: place }, known) {
  if (!place || known <= 0) return [];
  const node = stage.plan.nodes.get(id);
  const [value, update] = [stage.grid(id), updateProgress(stage, id)];
  const after = node && update > 0 ? readGrid(stage.trace, node, /** @type {any} */ (stage.trace.updates[id]?.after)) : [];
  const t = during(update, 0.2, 0.9);
  const { left, top, rows, columns, cell } = place;
  /** @type {Mark[]} */
  const marks = [{ key: `matrix:${id}`, shape: "rect", x: left - 1.5, y: top - 1.5, width: columns * cell.w + 3, height: rows * cell.h + 3, rx: 3, fill: "sink", stroke: update > 0 ? "update" : "rule", strokeWidth: 1, dash: place.cut ? "3 3" : undefined, opacity: known }];
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const now = after.length ? roll(value[i][j], after[i][j], t) : value[i][j];
      marks.push({ key: `matrix:${id}:${i}:${j}`, shape: "rect", x: left + j * cell.w + 0.5, y: top + i * cell.h + 0.5, width: cell.w - 1, height: cell.h - 1, rx: Math.min(2, cell.w / 4), fill: signToken(now), opacity: known * (0.1 + 0.85 * magnitude(now)) });
    }
  }
  return marks;
}

/**
 * A bar per time step, the latest on top. Numbers are put head to tail in their sum; of matrices
 * the bars are norms, which do not add up, so that their sum has a bar of its own.
 * @param {Stage} stage
 * @param {CardPlace} card
 * @param {Shared} parameter
 * @returns {Mark[]}
 */
function drawStack(stage, card, parameter) {
  const { id, bars, row, numbered, right } = card;
  const { at, story, lit } = stage;
  const stack = stage.keep(`stack ${id}`, () => readStack(stage, parameter));
  const key = `stack:${id}`;
  const sum = parameter.shares.length > 1 ? at(story.sum.get(id)) : 1;
  const gather = stack.alone && parameter.shares.length > 1 ? during(sum, 0.05, 0.6) : 0;
  // Head to tail they may need more room: the scale follows them.
  const mix = (/** @type {"low" | "high"} */ end) => stack.apart[end] + (stack.together[end] - stack.apart[end]) * gather;
  const perUnit = bars.width / (mix("high") - mix("low") || 1);
  const zero = bars.left - mix("low") * perUnit;
  /** @type {Mark[]} */
  const marks = [{ key: `${key}:zero`, shape: "path", d: `M${zero} ${bars.top - 1}V${bars.top + bars.height + 1}`, stroke: "rule", strokeWidth: 1.25, fill: "none" }];
  let before = 0;
  [...parameter.shares].reverse().forEach(({ time, edge }, i) => {
    const value = stack.shares[parameter.shares.length - 1 - i];
    const number = toNumber(value);
    const top = bars.top + i * row;
    const grown = during(at(story.message.get(edge)), LANDS - 0.08, 1);
    const [start, offset] = [zero, before * perUnit * gather];
    if (Number.isFinite(number)) before += number;
    if (numbered) marks.push({ key: `${key}:${time}:time`, shape: "text", x: bars.left - timeWidth(parameter.shares[parameter.shares.length - 1].time), y: top + row / 2 + 4, text: String(time), size: SMALL, anchor: "start", fill: grown > 0 ? "ink-2" : "ink-3" });
    if (grown <= 0) return;
    if (!Number.isFinite(number)) {
      marks.push(...drawBead(`${key}:${time}`, { x: start + 7, y: top + row / 2 }, value, "backward", { radius: Math.max(2, Math.min(5, row / 2 - 1)), opacity: grown }));
    } else {
      const width = Math.abs(number) * perUnit * grown;
      const inset = row > 5 ? 1.5 : row > 2.5 ? 0.5 : 0;
      marks.push({ key: `${key}:${time}`, shape: "rect", x: start + offset - (number < 0 ? width : 0), y: top + inset, width, height: Math.max(0.3, row - 2 * inset), rx: Math.min(2, row / 4), fill: "backward", opacity: lit.has(edge) ? 1 : 0.72 });
    }
    if (numbered) marks.push({ key: `${key}:${time}:number`, shape: "text", x: right, y: top + row / 2 + 4, text: fitNumber(value, 46, SMALL, stack.alone), size: SMALL, weight: 600, anchor: "end", fill: "backward", opacity: grown });
  });
  const shown = parameter.shares.length > 1 ? during(sum, 0.6, 1) : during(at(story.grad.get(id)), LANDS, 1);
  if (shown > 0) marks.push(...drawTotal(card, parameter, stack, { zero, perUnit }, shown));
  return marks;
}

/** @param {CardPlace} card @param {Shared} parameter @param {Stack} stack @param {{zero: number, perUnit: number}} scale @param {number} u @returns {Mark[]} */
function drawTotal({ id, bars, total: base, right, x, w, numbered }, { shares }, stack, { zero, perUnit }, u) {
  const key = `total:${id}`;
  const several = shares.length > 1;
  const left = x - w / 2 + (w < 96 ? 7 : 11);
  const number = toNumber(stack.total);
  const sign = stack.alone ? (several ? "\u03a3" : "\u2202") : several ? "\u2016\u03a3\u2016" : "\u2016\u2202\u2016";
  const number3 = (/** @type {number} */ digits) => formatNumber(stack.total, { digits, sign: stack.alone });
  const text = fitText([...[3, 2].map((digits) => `${sign} ${number3(digits)}`), ...(w < 80 ? [] : [`${sign} ${number3(1)}`]), number3(2), number3(1)], right - left, SIZE - 1);
  /** @type {Mark[]} */
  const marks = [
    { key: `${key}:rule`, shape: "path", d: `M${left} ${bars.top + bars.height + 2.5}H${right}`, stroke: "rule", strokeWidth: 1, fill: "none", opacity: u },
    { key, shape: "text", x: right, y: base, text, size: SIZE - 1, weight: 700, anchor: "end", fill: "backward", opacity: u },
  ];
  const free = right - textWidth(text, SIZE - 1) - 6;
  const begin = bars.left - (numbered ? timeWidth(shares[shares.length - 1].time) : 0);
  const norms = `\u03a3\u2016\u00b7\u2016 ${formatNumber(stack.shares.reduce((/** @type {number} */ sum, value) => sum + toNumber(value), 0))}`;
  if (!stack.alone && several && begin + textWidth(norms, SMALL) < free) marks.push({ key: `${key}:norms`, shape: "text", x: begin, y: base, text: norms, size: SMALL, anchor: "start", fill: "ink-3", opacity: u });
  else if (several && Number.isFinite(number) && stack.alone) {
    const [from, to] = [Math.min(zero, zero + number * perUnit), Math.max(zero, zero + number * perUnit)];
    const end = Math.min(to, free);
    if (end > from) marks.push({ key: `${key}:bar`, shape: "rect", x: from, y: base - 7, width: (end - from) * u, height: 6, rx: 2, fill: "backward", opacity: u });
  }
  return marks;
}

/** What the bars are, and what the widths of gradients mean. @param {Stage} stage @returns {Mark[]} */
function drawCaption(stage) {
  const { layout, plan } = stage;
  const { caption: y, left, right, narrow } = layout;
  if (!layout.captioned) return [];
  const matrices = plan.parameters.some(({ id }) => stage.grid(id).length > 1);
  const room = narrow ? right - left : right - left - LEGEND.length * PITCH - 16;
  const texts = matrices
    ? ["The shared weights. Bars: the norm of each step\u2019s share, the latest on top. Matrices add up, norms do not.", "Bars: norm of each step\u2019s share, latest on top. Matrices add up, not norms.", "Norm of each step\u2019s share, latest on top", "Shares per step, as norms"]
    : ["The shared weights, and each step\u2019s share of their gradient, the latest on top.", "Each step\u2019s share of the gradient, the latest on top", "Each step\u2019s share, latest on top"];
  /** @type {Mark[]} */
  const marks = [{ key: "caption", shape: "text", x: left, y, text: fitText(texts, room * 1.1, narrow ? SMALL : 12), size: narrow ? SMALL : 12, anchor: "start", fill: "ink-2" }];
  if (narrow) return marks;
  const shown = Math.max(0, ...plan.steps.map(({ output }) => (output ? during(stage.at(stage.story.grad.get(output.a)), 0.5, 1) : 0)));
  return [
    ...marks,
    ...LEGEND.flatMap((value, i) => {
      const x = right - (LEGEND.length - i) * PITCH;
      return [
        { key: `legend:${i}`, shape: /** @type {const} */ ("path"), d: `M${x + 2} ${y - 4}h14`, stroke: "backward", strokeWidth: 1 + (lineWidth(value) - 1) * 0.8, fill: "none", opacity: 0.85 * shown },
        { key: `legend:${i}:value`, shape: /** @type {const} */ ("text"), x: x + 20, y, text: formatNumber(value), size: SMALL, anchor: /** @type {const} */ ("start"), fill: "ink-3", opacity: shown },
      ];
    }),
  ];
}
