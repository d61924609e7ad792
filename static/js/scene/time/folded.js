/** Many time steps as strips: states as shades, and what comes back to each on a log scale. */

import { formatNumber, toNumber } from "../../layout/number.js";
import { signToken } from "../../layout/scale.js";
import { fitText, textWidth } from "../../layout/text.js";
import { norm } from "../../layout/unrolled.js";
import { drawBead } from "../bead.js";
import { drawScissors } from "./rails.js";
import { gradientProgress, valueProgress } from "./progress.js";
import { drawBlocks } from "./blocks.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").FoldedPlace} FoldedPlace */
/** @typedef {import("../../layout/layout.js").BlockPlace} BlockPlace */

/** The chart shows so many powers of ten at most. */
const MOST_DECADES = 12;
const SMALL = 11;

/** @param {Stage} stage @returns {Mark[]} */
export function drawFolded(stage) {
  const { folded, blocks } = stage.layout;
  if (!folded) return [];
  const strips = stage.plan.steps.flatMap(({ states }) => states.flatMap(({ id }) => drawStrip(stage, blocks.get(id))));
  const alone = stage.plan.steps.flatMap(({ output }) => (output && !folded.judged ? [output.a, output.y] : []));
  const judged = drawBlocks({ ...stage, layout: { ...stage.layout, blocks: new Map(alone.flatMap((id) => (blocks.get(id) ? [[id, /** @type {BlockPlace} */ (blocks.get(id))]] : []))) } });
  return [...drawGrounds(stage, folded), ...strips, ...drawInputs(stage, folded), ...judged, ...drawChart(stage, folded)];
}

/** @param {Stage} stage @param {FoldedPlace} folded @returns {Mark[]} */
function drawGrounds({ layout }, { states, input, chart }) {
  const { left, width } = input;
  /** @param {string} key @param {number} top @param {number} height @param {string} name @returns {Mark[]} */
  const ground = (key, top, height, name) => [
    { key: `ground:${key}`, shape: "rect", x: left - 1, y: top - 1, width: width + 2, height: height + 2, rx: 4, fill: "raise", stroke: "rule", strokeWidth: 1 },
    { key: `ground:${key}:name`, shape: "text", x: left - 8, y: top + height / 2 + 4, text: name, size: 13, italic: true, anchor: "end", fill: "ink-2" },
  ];
  const count = layout.columns.length;
  const ticks = pickTicks(count).map((time) => ({ key: `tick:${time}`, shape: /** @type {const} */ ("text"), x: layout.columns[time - 1], y: chart.top + chart.height + 15, text: String(time), size: SMALL, anchor: /** @type {const} */ ("middle"), fill: "ink-3" }));
  return [...states.flatMap(({ letter, top, height }) => ground(letter, top, height, letter)), ...ground("x", input.top, input.height, "x"), ...ticks];
}

/** The first, the last, and round ones between. @param {number} count */
function pickTicks(count) {
  const step = [5, 10, 20, 50].find((size) => count / size <= 8) ?? 100;
  const round = Array.from({ length: Math.floor(count / step) }, (_, i) => (i + 1) * step).filter((time) => count - time >= step / 2);
  return [1, ...round.filter((time) => time - 1 >= step / 2), count];
}

/** A state as cells shaded by size, in the hue of their sign. @param {Stage} stage @param {BlockPlace | undefined} place @returns {Mark[]} */
function drawStrip(stage, place) {
  if (!place) return [];
  const u = valueProgress(stage, place.id);
  const most = stage.reach.get(place.id.slice(place.id.indexOf(".") + 1)) || 1;
  if (u <= 0) return [];
  if (u >= 1) return stage.keep(`strip ${place.id}`, () => shade(stage, place, most, 1));
  return shade(stage, place, most, u);
}

/** @param {Stage} stage @param {BlockPlace} place @param {number} most @param {number} u @returns {Mark[]} */
function shade(stage, place, most, u) {
  const top = place.y - place.h / 2;
  const gap = place.w > 4 ? 0.5 : 0;
  return stage.grid(place.id).slice(0, place.rows).map(([value], i) => {
    const size = Math.min(1, Math.abs(toNumber(value)) / most);
    const finite = Number.isFinite(toNumber(value));
    return { key: `strip:${place.id}:${i}`, shape: /** @type {const} */ ("rect"), x: place.x - place.w / 2 + gap, y: top + i * place.row + gap, width: place.w - 2 * gap, height: place.row - 2 * gap, fill: finite ? signToken(value) : "backward", stroke: finite ? undefined : "paper", strokeWidth: finite ? undefined : 1, opacity: u * (finite ? 0.08 + 0.87 * size : 1), bulk: true };
  });
}

/** @param {Stage} stage @param {FoldedPlace} folded @returns {Mark[]} */
function drawInputs(stage, { input }) {
  const most = stage.reach.get("x") || 1;
  return stage.plan.steps.flatMap(({ x: id }) => {
    const place = stage.layout.blocks.get(id);
    const u = valueProgress(stage, id);
    if (!place || u <= 0) return [];
    const grid = stage.grid(id);
    if (grid.length > 1) return drawStrip(stage, place);
    return u >= 1 ? stage.keep(`input ${id}`, () => bar(id, place, 1)) : bar(id, place, u);
  });
  /** @param {string} id @param {BlockPlace} place @param {number} u @returns {Mark[]} */
  function bar(id, place, u) {
    const grid = stage.grid(id);
    const gap = place.w > 4 ? 0.75 : 0.2;
    const value = toNumber(grid[0][0]);
    const zero = input.top + input.height / 2;
    const height = Number.isFinite(value) ? (Math.abs(value) / most) * (input.height / 2 - 1) * u : 0;
    return [{ key: `strip:${id}:0`, shape: /** @type {const} */ ("rect"), x: place.x - place.w / 2 + gap, y: value < 0 ? zero : zero - Math.max(0.5, height), width: place.w - 2 * gap, height: Math.max(0.5, height), fill: signToken(value), opacity: 0.8, bulk: true }];
  }
}

/** The powers of ten that the gradients of the states span. @param {Stage} stage */
function findDecades(stage) {
  const sizes = stage.plan.steps.flatMap(({ states }) => states.map(({ id }) => toNumber(norm(stage.gradient(id))))).filter((size) => size > 0 && Number.isFinite(size)).map(Math.log10);
  const high = sizes.length ? Math.ceil(Math.max(...sizes)) : 0;
  const low = Math.max(high - MOST_DECADES, Math.min(high - 2, sizes.length ? Math.floor(Math.min(...sizes)) : -2));
  return { high, low };
}

/**
 * A bar per time step: the norm of the gradient of its state.
 * @param {Stage} stage
 * @param {FoldedPlace} folded
 * @returns {Mark[]}
 */
function drawChart(stage, { chart }) {
  const { plan, layout, lit } = stage;
  const { high, low } = stage.keep("decades", () => findDecades(stage));
  const { left, top, width, height } = chart;
  const place = (/** @type {number} */ power) => top + 4 + ((high - power) / (high - low)) * (height - 8);
  const step = Math.ceil((high - low) / Math.max(1, Math.floor(height / 22)));
  const powers = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, i) => high - i * step);
  /** @type {Mark[]} */
  const marks = [
    { key: "chart", shape: "rect", x: left - 1, y: top - 1, width: width + 2, height: height + 2, rx: 4, fill: "raise", stroke: "rule", strokeWidth: 1 },
    ...powers.flatMap((power) => [
      { key: `chart:${power}`, shape: /** @type {const} */ ("path"), d: `M${left} ${place(power)}h${width}`, stroke: "rule", strokeWidth: 1, fill: "none" },
      { key: `chart:${power}:text`, shape: /** @type {const} */ ("text"), x: left - 6, y: place(power) + 4, text: power === 0 ? "1" : "10", raised: power === 0 ? undefined : String(power).replace("-", "\u2212"), size: SMALL, anchor: /** @type {const} */ ("end"), fill: "ink-3" },
    ]),
  ];
  /** @type {Mark[]} */
  const ticks = [];
  for (const [i, { states }] of plan.steps.entries()) {
    states.forEach(({ id }, k) => {
      const u = gradientProgress(stage, id);
      const grid = stage.gradient(id);
      if (u <= 0 || grid.length === 0) return;
      const size = stage.keep(`norm ${id}`, () => toNumber(norm(grid)));
      const each = layout.pitch;
      const gap = each > 4 ? 1 : each * 0.1;
      const x = layout.columns[i] - each / 2 + gap;
      const last = k === states.length - 1;
      if (!Number.isFinite(size)) return marks.push(...drawBead(`bar:${id}`, { x: x + each / 2, y: top + 10 }, norm(grid), "backward", { radius: Math.max(2, Math.min(6, each / 2)), opacity: u }));
      // Nothing at all has no logarithm: a hollow foot instead of a bar.
      if (size === 0) return marks.push({ key: `bar:${id}`, shape: "rect", x, y: top + height - 3, width: each - 2 * gap, height: 2, fill: "none", stroke: "ink-3", strokeWidth: 0.75, opacity: u });
      const level = place(Math.max(low, Math.log10(size)));
      if (!last) return ticks.push({ key: `bar:${id}`, shape: "path", d: `M${x} ${level}h${Math.max(0.4, each - 2 * gap)}`, stroke: "ink", strokeWidth: 1.5, fill: "none", opacity: u });
      const tall = Math.max(1.5, (top + height - level) * u);
      marks.push({ key: `bar:${id}`, shape: "rect", x, y: top + height - tall, width: Math.max(0.4, each - 2 * gap), height: tall, rx: Math.min(2, each / 4), fill: "backward", opacity: lit.has(id) ? 1 : 0.85 });
    });
  }
  marks.push(...ticks);
  for (const { id, time, cut } of plan.rails) {
    if (cut === null || layout.rails.every((rail) => rail.id !== id)) continue;
    const x = layout.columns[time - 1] + layout.pitch / 2;
    marks.push({ key: `chart:cut:${id}`, shape: "path", d: `M${x} ${top - 4}V${top + height}`, stroke: "ink-3", strokeWidth: 1, dash: "2 3", fill: "none" });
    if (layout.pitch >= 7) marks.push(...drawScissors(id, { x, y: top - 9 }, 0.6, lit.has(id)));
  }
  const letters = plan.steps[0].states.map(({ letter }) => letter);
  const [bars, ...lines] = letters.map((letter) => `\u2016\u2202L/\u2202${letter}\u2016`).reverse();
  const text = lines.length ? `bars ${bars}, lines ${lines.join(", ")}` : `${bars} per step`;
  marks.push({ key: "chart:name", shape: "text", x: left, y: top - 6, text, size: SMALL, anchor: "start", fill: "ink-2", halo: "paper" });
  const [first, end] = [plan.steps[0].states, plan.steps[plan.steps.length - 1].states].map((states) => states[states.length - 1].id);
  if (gradientProgress(stage, first) >= 1) {
    const [a, b] = [toNumber(norm(stage.gradient(first))), toNumber(norm(stage.gradient(end)))];
    const share = a / b;
    if (Number.isFinite(share)) marks.push({ key: "chart:share", shape: "text", x: left + width, y: top - 6, text: fitText([`step 1 gets ${formatNumber(share)} of what step ${plan.steps.length} gets`, `step 1: ${formatNumber(share)} of it`, ""], width - textWidth(text, SMALL) - 8, SMALL), size: SMALL, weight: 600, anchor: "end", fill: "backward" });
  }
  return marks;
}

