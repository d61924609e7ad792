/** Paths of the chain rule in the picture of a network: the rest steps back, what they run through is lit. */

import { pointAt } from "../layout/curve.js";
import { nameWire } from "../layout/routes.js";
import { textWidth, typeSize } from "../layout/text.js";
import { drawBiases } from "./chips.js";
import { drawLoss, drawTargets } from "./loss.js";
import { drawUnits } from "./units.js";
import { drawFactor, drawRing, drawVeil, drawWay } from "./veil.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./network.js").Stage} Stage */
/** @typedef {import("../layout/chain.js").Light} Light */

/**
 * @param {Stage} stage
 * @param {Light} light
 * @returns {Mark[]}
 */
export function drawLight(stage, { parts, factors }) {
  const { layout } = stage;
  const units = [...layout.units.values()].filter(({ id }) => parts.has(id));
  const biases = layout.biases.filter(({ id, unit }) => parts.has(id) && parts.has(unit));
  const targets = layout.targets.filter(({ id }) => parts.has(id));
  const lost = parts.has("loss");
  const on = { ...stage, layout: { ...layout, units: new Map(units.map((unit) => [unit.id, unit])), biases, targets } };
  const ways = [
    ...[...layout.edges, ...targets].map(({ id, curve }) => ({ id, key: id, curve })),
    ...layout.wires.map(({ unit, curve }) => ({ id: nameWire(unit), key: nameWire(unit), curve })),
    // Units may share one.
    ...biases.filter(({ roomy }) => roomy).map(({ id, unit, curve }) => ({ id, key: `${id} ${unit}`, curve })),
  ].filter(({ id }) => parts.has(id));
  const share = (/** @type {string} */ id) => parts.get(id) ?? 0;
  const again = [...drawBiases(on), ...drawUnits(on), ...(targets.length ? drawTargets(on) : []), ...(lost ? drawLoss(stage) : [])];
  return [
    drawVeil({ x: 0, y: 0, width: layout.width, height: layout.height }),
    ...ways.flatMap(({ id, key, curve }) => drawWay(key, curve, share(id), layout.scale)),
    ...again.map((mark) => ({ ...mark, key: `light:${mark.key}` })),
    ...units.map((unit) => drawRing(unit.id, unit, unit.form === "cell" ? 2 : unit.form === "disc" ? unit.h / 2 : Math.min(18, unit.h * 0.16), share(unit.id))),
    ...biases.map(({ id, unit, x, y, r }) => drawRing(`${id} ${unit}`, { x, y, w: 2 * r, h: 2 * r }, r, share(id))),
    ...targets.map(({ id, x, y, r }) => drawRing(id, { x, y, w: 2 * r, h: 2 * r }, r, share(id))),
    ...(lost ? [drawRing("loss", layout.loss, 14, share("loss"))] : []),
    ...drawFactors(stage, ways, factors),
  ];
}

/**
 * Factors stand on the middle of ways, and those of units over them, where they are inside the stage.
 * @param {Stage} stage
 * @param {{id: string, curve: import("../layout/curve.js").Curve}[]} ways
 * @param {Light["factors"]} factors
 * @returns {Mark[]}
 */
function drawFactors({ layout }, ways, factors) {
  const size = typeSize(13, layout.scale);
  const curves = new Map(ways.map(({ id, curve }) => [id, curve]));
  return [...factors].flatMap(([id, factor]) => {
    const [curve, unit] = [curves.get(id), layout.units.get(id)];
    if (curve) return drawFactor(id, inside(layout, pointAt(curve, 0.5), size), factor, size);
    if (!unit || unit.form === "cell") return [];
    // Away from the middle, where on a narrow stage the edges arrive.
    const at = layout.down ? { x: unit.x + unit.w / 4, y: unit.y - unit.h / 2 - 2 } : { x: unit.x, y: unit.y - unit.h / 2 - 2 };
    return drawFactor(id, inside(layout, at, size), factor, size);
  });
}

/** @param {{width: number, height: number}} layout @param {{x: number, y: number}} at @param {number} size */
function inside({ width, height }, { x, y }, size) {
  const [w, h] = [textWidth("\u00d7 \u22120.00123", size) / 2 + 8, size / 2 + 7];
  return { x: Math.min(width - w, Math.max(w, x)), y: Math.min(height - h, Math.max(h, y)) };
}
