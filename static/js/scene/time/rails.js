/** What connects the columns: the state to the right, its gradient to the left, and the ways up. */

import { cutStart, moveAside } from "../../layout/curve.js";
import { formatNumber, toNumber } from "../../layout/number.js";
import { textWidth } from "../../layout/text.js";
import { norm, sumMessages } from "../../layout/unrolled.js";
import { during } from "../moment.js";
import { gradientWidth } from "./blocks.js";
import { ARRIVED, LANDS, LEAVES } from "./progress.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").RailPlace} RailPlace */
/** @typedef {import("../../layout/layout.js").WirePlace} WirePlace */
/** @typedef {import("../../layout/unrolled.js").Rail} Rail */

/** How far under the state its gradient runs. */
export const UNDER = 7;
const SIZE = 11;

/** @param {Stage} stage @returns {Mark[]} */
export function drawRails(stage) {
  return [...stage.layout.edges.flatMap((wire) => drawWire(stage, wire)), ...stage.layout.rails.flatMap((place, i) => drawRail(stage, place, stage.plan.rails[i]))];
}

/** @param {Stage} stage @param {RailPlace} place @param {Rail} rail @returns {Mark[]} */
function drawRail(stage, { id, y, left, right }, rail) {
  const { story, at, lit } = stage;
  const passed = during(at(story.value.get(rail.to)), 0, ARRIVED);
  const marked = lit.has(id);
  /** @type {Mark[]} */
  const marks = [
    { key: `rail:${id}`, shape: "path", d: `M${left} ${y}H${right}`, stroke: marked ? "ink" : passed > 0 ? "ink-2" : "ink-3", strokeWidth: marked ? 2.25 : passed > 0 ? 1.75 : 1.25, fill: "none", opacity: passed > 0 || marked ? 1 : 0.6 },
    { key: `rail:${id}:head`, shape: "path", d: `M${right - 6} ${y - 3.5}L${right - 1} ${y}L${right - 6} ${y + 3.5}`, stroke: passed > 0 ? "ink-2" : "ink-3", strokeWidth: 1.5, fill: "none", opacity: passed > 0 ? 1 : 0.6 },
  ];
  if (right - left >= 28 && rail.time > 0 && !rail.cut) marks.push({ key: `rail:${id}:name`, shape: "text", x: (left + right) / 2 - 4, y: y - 8, text: rail.letter, lowered: String(rail.time), size: 12, italic: true, anchor: "middle", fill: passed > 0 ? "ink-2" : "ink-3" });
  const back = backProgress(stage, rail);
  const [arrives, passes] = [rail.cut ? stage.gradient(rail.cut) : sumMessages(stage.trace, rail.edges), sumMessages(stage.trace, rail.cut ? [`${rail.cut}:0`] : rail.edges)];
  if (back > 0 && toNumber(norm(arrives)) !== 0) {
    const middle = (left + right) / 2;
    const end = rail.cut && toNumber(norm(passes)) === 0 ? middle + 4 : left + 1;
    const tip = right + (end - right) * Math.min(1, back);
    marks.push({ key: `back:${id}`, shape: "path", d: `M${right - 1} ${y + UNDER}H${tip}`, stroke: "backward", strokeWidth: gradientWidth(arrives), fill: "none", opacity: 0.85 });
    marks.push(...writeFactor(stage, { y, left, right }, rail, back));
  }
  if (rail.cut) marks.push(...drawScissors(id, { x: (left + right) / 2, y: y + UNDER }, Math.min(1, (right - left) / 26), marked));
  return marks;
}

/** How far a gradient has come along a rail. @param {Stage} stage @param {Rail} rail */
export function backProgress({ story, at }, { edges }) {
  return during(at(story.message.get(edges[0])), LEAVES, LANDS);
}

/**
 * By how much the gradient was multiplied, where all of it came by this way.
 * @param {Stage} stage
 * @param {{y: number, left: number, right: number}} place
 * @param {Rail} rail
 * @param {number} u
 * @returns {Mark[]}
 */
function writeFactor(stage, { y, left, right }, rail, u) {
  const { states } = stage.plan.steps[rail.time];
  const mixed = rail.letter === states[states.length - 1].letter && states.length > 1;
  if (mixed || rail.cut) return [];
  const [before, after] = [stage.gradient(rail.to), sumMessages(stage.trace, rail.edges)];
  const alone = before.length === 1 && after.length === 1;
  const [upstream, product] = alone ? [toNumber(before[0][0]), toNumber(after[0][0])] : [toNumber(norm(before)), toNumber(norm(after))];
  const factor = product / upstream;
  const text = `\u00d7${formatNumber(factor, { digits: right - left >= 44 ? 3 : 2 })}`;
  if (!Number.isFinite(factor) || textWidth(text, SIZE) > right - left + 2) return [];
  return [{ key: `factor:${rail.id}`, shape: "text", x: (left + right) / 2, y: y + UNDER + 18, text, size: SIZE, weight: 600, anchor: "middle", fill: "backward", halo: "paper", opacity: during(u, 0.4, 1) }];
}

/** Nothing comes back past here. @param {string} id @param {{x: number, y: number}} at @param {number} scale @param {boolean} marked @returns {Mark[]} */
export function drawScissors(id, { x, y }, scale, marked) {
  const s = (/** @type {number} */ part) => part * scale;
  const d = `M${x} ${y - 17}V${y + 20}`;
  const blades = `M${x - s(3.6)} ${y + s(6.2)}L${x + s(4)} ${y - s(9)}M${x + s(3.6)} ${y + s(6.2)}L${x - s(4)} ${y - s(9)}`;
  const ring = (/** @type {number} */ side) => ({ key: `cut:${id}:${side}`, shape: /** @type {const} */ ("circle"), x: x + side * s(4.6), y: y + s(9), r: s(3), fill: "paper", stroke: marked ? "ink" : "ink-2", strokeWidth: 1.5 });
  return [
    { key: `cut:${id}:line`, shape: "path", d, stroke: "ink-3", strokeWidth: 1.25, dash: "2 3", fill: "none" },
    { key: `cut:${id}`, shape: "path", d: blades, stroke: marked ? "ink" : "ink-2", strokeWidth: 1.5, fill: "none" },
    ring(-1),
    ring(1),
  ];
}

/** From input to cell, from cell to output, from output to loss. @param {Stage} stage @param {WirePlace} wire @returns {Mark[]} */
function drawWire(stage, { id, from, curve }) {
  const { story, at, lit } = stage;
  const user = id.slice(0, id.lastIndexOf(":"));
  const passed = at(story.value.get(user));
  const marked = lit.has(id);
  /** @type {Mark[]} */
  const marks = [{ key: `wire:${id}`, shape: "curve", curve, stroke: marked ? "ink" : passed > 0 ? "ink-2" : "ink-3", strokeWidth: marked ? 2.25 : passed > 0 ? 1.5 : 1.25, fill: "none", opacity: passed > 0 || marked ? 1 : 0.6 }];
  const back = wireBack(stage, id);
  const size = from.endsWith(".a") ? stage.gradient(from) : sumMessages(stage.trace, [id]);
  if (back > 0 && toNumber(norm(size)) !== 0) {
    const aside = moveAside(curve, 5);
    marks.push({ key: `back:${id}`, shape: "curve", curve: back < 1 ? cutStart(aside, 1 - back) : aside, stroke: "backward", strokeWidth: gradientWidth(size), fill: "none", opacity: 0.85 });
  }
  return marks;
}

/** How far a gradient has come back along a wire. @param {Stage} stage @param {string} id */
export function wireBack({ story, at }, id) {
  return during(at(story.message.get(id)), 0.1, LANDS);
}
