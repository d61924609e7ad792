/** Everything in the picture of an unrolled network that can be reached, row by row. */

import { pointAt } from "./curve.js";

/** @typedef {import("./layout.js").TimeLayout} TimeLayout */
/** @typedef {{id: string, row: number, x: number, y: number}} Spot */

/**
 * @param {import("./unrolled.js").Unrolled} plan
 * @param {Omit<TimeLayout, "spots">} layout
 * @returns {Spot[]} from the top row to the bottom, in each from left to right
 */
export function listSpots(plan, { blocks, cells, rails, edges, loss, cards }) {
  /** @type {Spot[][]} */
  const rows = [[{ id: plan.loss, row: 0, x: loss.x, y: loss.y }]];
  /** @param {string} id @returns {Spot[]} */
  const block = (id) => {
    const place = blocks.get(id);
    return place ? [{ id, row: 0, x: place.x, y: place.y }] : [];
  };
  /** @param {(step: import("./unrolled.js").TimeStep) => string | undefined} pick @returns {Spot[]} */
  const wires = (pick) =>
    plan.steps.flatMap((step) => {
      const found = edges.find(({ id }) => id === pick(step));
      return found ? [{ id: found.id, row: 0, ...pointAt(found.curve, 0.5) }] : [];
    });
  rows.push(wires(({ output }) => output?.judged));
  rows.push(plan.steps.flatMap(({ output }) => (output ? block(output.y) : [])));
  rows.push(plan.steps.flatMap(({ output }) => (output ? block(output.a) : [])));
  rows.push(wires(({ output }) => output?.into));
  const letters = plan.steps[0].states.map(({ letter }) => letter);
  for (const [number, letter] of letters.entries()) {
    const last = number === letters.length - 1;
    if (last) rows.push(cells.flatMap(({ gates }) => gates.map(({ id, area }) => ({ id, row: 0, x: area.left + area.width / 2, y: area.top + area.height / 2 }))));
    if (last) rows.push(cells.flatMap(({ time, plot }) => (plot && plan.steps[time - 1].z ? [{ id: plan.steps[time - 1].z ?? "", row: 0, x: plot.left + plot.width / 2, y: plot.top + plot.height / 2 }] : [])));
    const states = [...plan.start, ...plan.steps.flatMap((step) => step.states)].filter((state) => state.letter === letter);
    const between = cells.length ? rails.filter((rail) => rail.letter === letter) : [];
    rows.push([...states.flatMap(({ id }) => block(id)), ...between.map(({ id, y, left, right }) => ({ id, row: 0, x: (left + right) / 2, y }))]);
  }
  rows.push(wires(({ into }) => into));
  rows.push(plan.steps.flatMap(({ x }) => block(x)));
  if (cells.length === 0) {
    for (const letter of letters) rows.push(rails.filter((rail) => rail.letter === letter).map(({ id, y, left, right }) => ({ id, row: 0, x: (left + right) / 2, y })));
  }
  rows.push(cards.map(({ id, x, y, h }) => ({ id, row: 0, x, y: y - h / 2 + 14 })));
  const most = Math.max(...plan.parameters.map(({ shares }) => shares.length));
  for (let back = 0; back < most; back++) {
    rows.push(
      cards.flatMap(({ bars, row }, i) => {
        const { shares } = plan.parameters[i];
        const share = shares[shares.length - 1 - back];
        return share ? [{ id: share.edge, row: 0, x: bars.left + bars.width / 2, y: bars.top + (back + 0.5) * row }] : [];
      }),
    );
  }
  return rows.filter((row) => row.length).flatMap((row, number) => row.sort((a, b) => a.x - b.x).map((spot) => ({ ...spot, row: number })));
}

/**
 * The neighbor in the row, or the nearest of the next row.
 * @param {readonly Spot[]} spots
 * @param {string} id
 * @param {"forward" | "back" | "next" | "previous"} direction
 * @returns {string | null} null at an end
 */
export function walkSpots(spots, id, direction) {
  const at = spots.find((spot) => spot.id === id);
  if (!at) return null;
  const row = spots.filter((spot) => spot.row === at.row);
  if (direction === "forward" || direction === "back") return row[row.indexOf(at) + (direction === "forward" ? 1 : -1)]?.id ?? null;
  const other = spots.filter((spot) => spot.row === at.row + (direction === "next" ? 1 : -1));
  return other.reduce((/** @type {Spot | null} */ best, spot) => (best === null || Math.abs(spot.x - at.x) < Math.abs(best.x - at.x) ? spot : best), null)?.id ?? null;
}
