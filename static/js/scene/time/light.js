/** Paths of the chain rule through time: the rest steps back, what they run through is lit. */

import { drawRing, drawVeil, drawWay } from "../veil.js";
import { drawBlocks } from "./blocks.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/chain.js").Light} Light */

/**
 * @param {Stage} stage
 * @param {Light} light
 * @returns {Mark[]}
 */
export function drawLight(stage, { parts }) {
  const { layout, plan } = stage;
  const share = (/** @type {string} */ id) => parts.get(id) ?? 0;
  const rails = layout.folded ? [] : layout.rails.flatMap(({ id, left, right, y }, i) => {
    const edges = plan.rails[i].edges.filter((edge) => parts.has(edge));
    const third = (right - left) / 3;
    return edges.length ? drawWay(id, [left, y, left + third, y, right - third, y, right, y], Math.max(...edges.map(share)), 1) : [];
  });
  const wires = layout.edges.flatMap(({ id, curve }) => (parts.has(id) ? drawWay(id, curve, share(id), 1) : []));
  const blocks = [...layout.blocks].filter(([id]) => parts.has(id));
  const areas = layout.cells.flatMap(({ time, gates, plot }) => {
    const { z } = plan.steps[time - 1];
    return [...gates, ...(plot && z ? [{ id: z, area: plot }] : [])].filter(({ id }) => parts.has(id));
  });
  const bars = layout.cards.flatMap(({ bars: { left, top }, row, right }, i) => {
    const { shares } = plan.parameters[i];
    return shares.flatMap(({ edge }, k) => (parts.has(edge) ? [{ id: edge, x: (left + right) / 2, y: top + (shares.length - 0.5 - k) * row, w: right - left, h: row }] : []));
  });
  const whole = { x: 0, y: 0, width: layout.width, height: layout.height };
  return [
    drawVeil(whole),
    ...rails,
    ...wires,
    ...drawBlocks({ ...stage, layout: { ...layout, blocks: new Map(blocks) } }).map((mark) => ({ ...mark, key: `light:${mark.key}` })),
    ...blocks.map(([id, place]) => drawRing(id, place, Math.min(7, place.h / 3), share(id))),
    ...areas.map(({ id, area }) => drawRing(id, { x: area.left + area.width / 2, y: area.top + area.height / 2, w: area.width - 4, h: area.height - 4 }, 4, share(id))),
    ...layout.cards.filter(({ id }) => parts.has(id)).map((card) => drawRing(card.id, card, 10, share(card.id))),
    ...bars.map((bar) => ({ key: `light:${bar.id}`, shape: /** @type {const} */ ("rect"), x: bar.x - bar.w / 2, y: bar.y - bar.h / 2, width: bar.w, height: bar.h, rx: Math.min(4, bar.h / 2), fill: "backward", opacity: 0.15 + 0.25 * share(bar.id) })),
    ...(parts.has(plan.loss) ? [drawRing(plan.loss, layout.loss, 10, share(plan.loss))] : []),
  ];
}
