/** Messages that meet at a unit and pile up to its gradient. */

import { toNumber } from "../layout/number.js";
import { during } from "./moment.js";
import { gradientProgress } from "./units.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("./network.js").Stage} Stage */

const HEIGHT = 34;
const WIDTH = 7;
const MOST = 24;

/**
 * At the output port of every unit with several outgoing edges, while their messages come in, a
 * stack around a zero line. Nothing piles up where there is one message.
 * @param {Stage} stage
 * @returns {Mark[]}
 */
export function drawSums(stage) {
  const { trace, layout, outgoing, moment } = stage;
  if (moment.kind !== "messages" || moment.layer === null) return [];
  const units = trace.units.filter(({ layer }) => layer === (moment.layer ?? 0) - 1);
  /** @param {string} id */
  const messages = (id) => (outgoing.get(id) ?? []).map(({ message }) => toNumber(message)).filter(Number.isFinite);
  const largest = Math.max(...units.map(({ id }) => messages(id).reduce((sum, value) => sum + Math.abs(value), 0)));
  return units.flatMap((unit) => {
    const [u, place, values] = [gradientProgress(stage, unit), layout.units.get(unit.id), messages(unit.id)];
    if (u <= 0 || u >= 1 || !place || place.form === "cell" || values.length < 2 || values.length > MOST || !(largest > 0)) return [];
    const perUnit = HEIGHT / largest;
    const zero = place.out.y + (layout.down ? 22 : 0);
    const left = place.out.x + (layout.down ? -WIDTH - 8 : 5);
    let [up, down] = [zero, zero];
    const opacity = 1 - during(u, 0.94, 1);
    /** @type {Mark[]} */
    const marks = [{ key: `sum:${unit.id}:zero`, shape: "path", d: `M${left - 3} ${zero}h${WIDTH + 6}`, stroke: "ink-3", strokeWidth: 1, fill: "none", opacity }];
    values.forEach((value, i) => {
      const start = 0.7 + (0.12 * i) / values.length;
      const height = Math.abs(value) * perUnit * during(u, start, start + 0.08);
      if (!(height > 0)) return;
      const y = value > 0 ? (up -= height) : down;
      if (value < 0) down += height;
      marks.push({ key: `sum:${unit.id}:${i}`, shape: "rect", x: left, y, width: WIDTH, height: Math.max(0.5, height - 0.75), fill: "backward", opacity });
    });
    return marks;
  });
}
