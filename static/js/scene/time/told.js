/** What is pointed at or selected says its numbers, where they have no room of their own. */

import { formatNumber } from "../../layout/number.js";
import { textWidth } from "../../layout/text.js";
import { measureGrid, norm, sumMessages } from "../../layout/unrolled.js";
import { gradientProgress, valueProgress } from "./progress.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/trace.js").Num} Num */

const SIZE = 12;
const HEIGHT = 24;

/** @param {Stage} stage @returns {Mark[]} */
export function drawTold(stage) {
  const { layout, lit } = stage;
  return [...lit].flatMap((id) => {
    const spot = layout.spots.find((one) => one.id === id);
    const parts = spot ? tellParts(stage, id) : [];
    if (!spot || parts.length === 0) return [];
    const w = parts.reduce((sum, { text }) => sum + textWidth(text, SIZE) + 8, 12);
    const left = Math.min(layout.width - w - 4, Math.max(4, spot.x - w / 2));
    const top = spot.y - 44 > 4 ? spot.y - 44 : spot.y + 20;
    let at = left + 10;
    return [
      { key: `told:${id}`, shape: /** @type {const} */ ("rect"), x: left, y: top, width: w, height: HEIGHT, rx: 7, fill: "raise", stroke: "ink", strokeWidth: 1.25, tone: "lifted" },
      ...parts.map(({ text, fill, italic }, i) => {
        const mark = { key: `told:${id}:${i}`, shape: /** @type {const} */ ("text"), x: at, y: top + 16.5, text, size: SIZE, weight: italic ? 400 : 600, italic, anchor: /** @type {const} */ ("start"), fill };
        at += textWidth(text, SIZE) + 8;
        return mark;
      }),
    ];
  });
}

/** @param {Stage} stage @param {string} id @returns {{text: string, fill: string, italic?: boolean}[]} */
function tellParts(stage, id) {
  const { layout, plan } = stage;
  const rail = plan.rails.find((one) => one.id === id);
  if (rail) return tellMessage(stage, rail.edges, `${rail.letter} ${rail.time} \u2190 ${rail.letter} ${rail.time + 1}`, rail.edges[0]);
  const card = plan.parameters.findIndex(({ shares }) => shares.some(({ edge }) => edge === id));
  if (card >= 0) {
    const step = plan.parameters[card].shares.find(({ edge }) => edge === id);
    return layout.cards[card].numbered ? [] : tellMessage(stage, [id], `step ${step?.time}`, id);
  }
  if (layout.edges.some((one) => one.id === id)) return tellMessage(stage, [id], "", id);
  const node = plan.nodes.get(id);
  const place = layout.blocks.get(id);
  if (!node || node.time === null || (place && place.value.numbered && (!place.grad || place.grad.numbered))) return [];
  const letter = id.slice(id.indexOf(".") + 1).replace("output.", "");
  const [value, grad] = [stage.grid(id), stage.gradient(id)];
  return [
    { text: `${letter} ${node.time}`, fill: "ink-2", italic: true },
    ...(valueProgress(stage, id) > 0 ? [{ text: list(value), fill: "ink" }] : []),
    ...(gradientProgress(stage, id) > 0 && grad.length ? [{ text: `${grad.length > 1 ? "\u2016\u2202\u2016" : "\u2202"} ${formatNumber(measureGrid(grad), { sign: grad.length === 1 })}`, fill: "backward" }] : []),
  ];
}

/** @param {Stage} stage @param {string[]} edges @param {string} name @param {string} first */
function tellMessage(stage, edges, name, first) {
  if (stage.at(stage.story.message.get(first)) < 1) return [];
  const grid = sumMessages(stage.trace, edges);
  if (grid.length === 0) return [];
  const alone = grid.length === 1 && grid[0].length === 1;
  const text = alone ? formatNumber(grid[0][0], { sign: true }) : `\u2016\u00b7\u2016 ${formatNumber(norm(grid))}`;
  return [...(name ? [{ text: name, fill: "ink-2", italic: true }] : []), { text, fill: "backward" }];
}

const MOST = 3;

/** @param {Num[][]} grid */
function list(grid) {
  const shown = grid.flat().slice(0, MOST).map((value) => formatNumber(value));
  return shown.join(", ") + (grid.length > MOST ? " \u2026" : "");
}
