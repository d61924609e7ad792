/** Invisible shapes over the picture that can be focused and pointed at, with their names. */

import { formatNumber, toNumber } from "../../layout/number.js";
import { norm, sumMessages } from "../../layout/unrolled.js";
import { tell } from "../graph/handles.js";
import { readGrid } from "../../layout/entries.js";
import { gradientProgress, updateProgress, valueProgress } from "./progress.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/trace.js").Num} Num */

/**
 * Handles stay the same objects while what they say does: there may be thousands.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawHandles(stage) {
  const places = stage.keep("handles", () => listPlaces(stage));
  return places.map(({ mark, say, known }) => stage.keep(`handle ${mark.id} ${known(stage)}`, () => ({ ...mark, label: say(stage) })));
}

/** @typedef {{mark: Mark, known: (stage: Stage) => string, say: (stage: Stage) => string}} Place `known`: what decides what is said */

/** @param {Stage} stage @returns {Place[]} */
function listPlaces({ layout, plan }) {
  /** @param {string} id @param {import("../../layout/layout.js").Area} area @returns {Mark} */
  const rect = (id, { left, top, width, height }) => ({ key: `handle:${id}`, shape: "rect", x: left, y: top, width, height, rx: Math.min(8, width / 4), fill: "none", tone: "handle", id });
  /** @param {Mark} mark @param {string} id @returns {Place} */
  const node = (mark, id) => ({ mark, known: (stage) => followNode(stage, id), say: (stage) => sayNode(stage, id) });
  /** @param {Mark} mark @param {string} edge @param {(stage: Stage) => string} say @returns {Place} */
  const message = (mark, edge, say) => ({ mark, known: (stage) => String(isSent(stage, edge)), say });
  const wires = layout.edges.map(({ id, curve }) => message({ key: `handle:${id}`, shape: "curve", curve, stroke: "transparent", strokeWidth: 14, fill: "none", tone: "handle edge", id }, id, (stage) => sayWire(stage, id)));
  const rails = layout.rails.map(({ id, y, left, right }) => {
    const area = layout.folded ? { left, top: layout.folded.chart.top, width: right - left, height: layout.folded.chart.height } : { left: left + 1, top: y - 10, width: Math.max(8, right - left - 2), height: 34 };
    return message(rect(id, area), id, (stage) => sayRail(stage, id));
  });
  const cells = layout.cells.flatMap(({ time, gates, plot }) => {
    const { z } = plan.steps[time - 1];
    return [
      ...(plot && z ? [node(rect(z, plot), z)] : []),
      ...gates.map(({ id, area, caption }) => node(rect(id, { left: area.left - 1, top: area.top, width: area.width + 2, height: caption + 5 - area.top }), id)),
    ];
  });
  /** @param {string} id @param {import("../../layout/layout.js").Box} box */
  const box = (id, { x, y, w, h }) => node(rect(id, { left: x - w / 2, top: y - h / 2, width: w, height: h }), id);
  const blocks = [...layout.blocks.values()].map((place) => box(place.id, place));
  const cards = layout.cards.flatMap((card, i) => {
    const { shares } = plan.parameters[i];
    const { bars, row, right } = card;
    return [
      box(card.id, card),
      ...shares.map(({ edge, time }, k) => message(rect(edge, { left: bars.left - 2, top: bars.top + (shares.length - 1 - k) * row, width: right - bars.left + 4, height: row }), edge, (stage) => sayShare(stage, card.id, edge, time))),
    ];
  });
  return [...wires, ...rails, ...cells, ...blocks, box(plan.loss, layout.loss), ...cards];
}

/** Whether a message has been sent. @param {Stage} stage @param {string} edge */
function isSent({ at, story }, edge) {
  return at(story.message.get(edge)) >= 1;
}

/** What is known of a node: value, gradient, new value. @param {Stage} stage @param {string} id */
function followNode(stage, id) {
  const shared = stage.plan.nodes.get(id)?.time === null;
  const back = shared ? stage.at(stage.story.grad.get(id)) : gradientProgress(stage, id);
  return `${valueProgress(stage, id) >= 1} ${back >= 1} ${shared && updateProgress(stage, id) >= 1}`;
}

/** What a node is called. @param {Stage} stage @param {string} id */
export function callNode({ plan }, id) {
  const node = plan.nodes.get(id);
  if (!node || node.time === null) return id;
  const kind = node.role === "activation" && node.layer === 2 ? "output" : node.role === "activation" ? "gate" : node.role === "preactivation" ? "" : node.role;
  const letter = id.slice(id.indexOf(".") + 1).replace("output.", "");
  return `${kind ? `${kind} ` : ""}${letter}, ${node.time === 0 ? "before the first step" : `step ${node.time}`}`;
}

/** @param {Stage} stage @param {string} id */
export function sayNode(stage, id) {
  const { plan, trace } = stage;
  const node = plan.nodes.get(id);
  if (!node) return id;
  const name = id === plan.loss ? "loss L" : node.time === null ? `shared parameter ${id}` : callNode(stage, id);
  const after = updateProgress(stage, id) >= 1 ? readGrid(trace, node, /** @type {any} */ (trace.updates[id]?.after)) : [];
  const value = valueProgress(stage, id) >= 1 ? tell(after.length ? after : stage.grid(id)) : "not reached yet";
  const grad = stage.gradient(id);
  const reached = node.time === null ? stage.at(stage.story.grad.get(id)) >= 1 : gradientProgress(stage, id) >= 1;
  if (grad.length === 0) return `${name}: ${value}`;
  return `${name}: ${value}, ${reached ? sayGradient(grad) : "gradient not reached yet"}`;
}

/** @param {Num[][]} grid */
function sayGradient(grid) {
  const single = grid.length === 1 && grid[0].length === 1;
  return single ? `gradient ${tell(grid)}` : `gradient ${tell(grid)}, norm ${formatNumber(norm(grid))}`;
}

/** @param {Stage} stage @param {string} id */
function sayRail(stage, id) {
  const rail = stage.plan.rails.find((one) => one.id === id);
  if (!rail) return id;
  const name = `${callNode(stage, rail.from)}, into step ${rail.time + 1}`;
  if (stage.at(stage.story.message.get(id)) < 1) return `${name}: ${rail.cut ? "cut for gradients" : "nothing sent back yet"}`;
  const arrives = sumMessages(stage.trace, rail.edges);
  return rail.cut ? `${name}: truncated, ${tell(arrives)} arrives and nothing passes` : `${name}: sends back ${tell(arrives)}${arrives.length > 1 ? `, norm ${formatNumber(norm(arrives))}` : ""}`;
}

/** @param {Stage} stage @param {string} id */
function sayWire(stage, id) {
  const wire = stage.layout.edges.find((one) => one.id === id);
  if (!wire) return id;
  const name = `${callNode(stage, wire.from)}, into ${wire.to === stage.plan.loss ? "the loss" : callNode(stage, wire.to)}`;
  if (stage.at(stage.story.message.get(id)) < 1) return `${name}: nothing sent back yet`;
  return `${name}: sends back ${tell(sumMessages(stage.trace, [id]))}`;
}

/** @param {Stage} stage @param {string} id @param {string} edge @param {number} time */
function sayShare(stage, id, edge, time) {
  const name = `share of step ${time} in the gradient of ${id}`;
  if (stage.at(stage.story.message.get(edge)) < 1) return `${name}: not reached yet`;
  const grid = sumMessages(stage.trace, [edge]);
  const single = grid.length === 1 && grid[0].length === 1;
  return `${name}: ${single ? formatNumber(grid[0][0]) : `${tell(grid)}, norm ${formatNumber(toNumber(norm(grid)))}`}`;
}
