/** What is on its way in the beat that is on: values to the right and up, gradients to the left and down. */

import { pointAt } from "../../layout/curve.js";
import { toNumber } from "../../layout/number.js";
import { norm, sumMessages } from "../../layout/unrolled.js";
import { drawBead } from "../bead.js";
import { drawParcel } from "../graph/parcel.js";
import { during } from "../moment.js";
import { drawPassing } from "./cells.js";
import { ARRIVED, LANDS, LEAVES } from "./progress.js";
import { UNDER } from "./rails.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("./time.js").Stage} Stage */
/** @typedef {import("../../layout/layout.js").WirePlace} WirePlace */

/** @param {Stage} stage @returns {Mark[]} */
export function drawTraffic(stage) {
  const { beat, u, layout } = stage;
  if (u <= 0 || u >= 1 || layout.folded) return [];
  const { time } = beat;
  if (beat.kind === "step") return [...enter(stage, time ?? 1), ...rise(stage, stage.plan.steps[(time ?? 1) - 1].into, ARRIVED)];
  if (beat.kind === "output") return rise(stage, stage.plan.steps[(time ?? 1) - 1].output?.into, 0.55);
  if (beat.kind === "loss") return stage.plan.steps.flatMap(({ output }) => rise(stage, output?.judged, 0.7));
  if (beat.kind === "loss_gradient") return stage.plan.steps.flatMap(({ output }) => fall(stage, output?.judged, output?.a));
  if (beat.kind === "output_back") return fall(stage, stage.plan.steps[(time ?? 1) - 1].output?.into, undefined);
  if (beat.kind === "step_back") return [...drawPassing(stage, layout.cells[(time ?? 1) - 1]), ...leave(stage, time ?? 1), ...fall(stage, stage.plan.steps[(time ?? 1) - 1].into, undefined, LEAVES), ...share(stage, time ?? 1)];
  return [];
}

/** The states before come in from the left. @param {Stage} stage @param {number} time @returns {Mark[]} */
function enter({ plan, layout, grid, u }, time) {
  return plan.rails.flatMap((rail, i) => {
    if (rail.time !== time - 1) return [];
    const { y, left, right } = layout.rails[i];
    const at = { x: left + (right - left) * during(u, 0.02, ARRIVED), y };
    return drawParcel(`bead:${rail.id}`, at, grid(rail.from), { token: "forward", signed: true, opacity: 1 - during(u, ARRIVED - 0.02, ARRIVED + 0.08), side: "above" });
  });
}

/** A value goes up a wire. @param {Stage} stage @param {string | undefined} id @param {number} arrives @returns {Mark[]} */
function rise({ layout, grid, u }, id, arrives) {
  const wire = layout.edges.find((one) => one.id === id);
  if (!wire) return [];
  return drawParcel(`bead:${wire.id}`, pointAt(wire.curve, during(u, 0.02, arrives)), grid(wire.from), { token: "forward", signed: true, opacity: 1 - during(u, arrives - 0.02, arrives + 0.08), side: "right" });
}

/**
 * A gradient comes down a wire.
 * @param {Stage} stage
 * @param {string | undefined} id
 * @param {string | undefined} whole the node whose gradient it brings, where that is more than what
 *   one edge sends
 * @param {number} [leaves]
 * @returns {Mark[]}
 */
function fall(stage, id, whole, leaves = 0.1) {
  const { layout, u } = stage;
  const wire = layout.edges.find((one) => one.id === id);
  if (!wire || u <= leaves) return [];
  const grid = whole ? stage.gradient(whole) : sumMessages(stage.trace, [wire.id]);
  const at = pointAt(wire.curve, 1 - during(u, leaves, LANDS));
  // The number would hide what the column says.
  if (layout.narrow && layout.pitch < 90) return drawBead(`bead:${wire.id}`, at, norm(grid), "backward", { opacity: 1 - during(u, LANDS, LANDS + 0.1) });
  return drawParcel(`bead:${wire.id}`, at, grid, { token: "backward", opacity: 1 - during(u, LANDS, LANDS + 0.1), side: "left" });
}

/** The gradient of the state goes on to the left; where the state is cut it ends. @param {Stage} stage @param {number} time @returns {Mark[]} */
function leave(stage, time) {
  const { plan, layout, u } = stage;
  return plan.rails.flatMap((rail, i) => {
    if (rail.time !== time - 1 || u <= LEAVES) return [];
    const { y, left, right } = layout.rails[i];
    const way = during(u, LEAVES, LANDS);
    const grid = sumMessages(stage.trace, rail.edges);
    const end = rail.cut ? (left + right) / 2 + 4 : left;
    const at = { x: right + (end - right) * way, y: y + UNDER };
    const marks = drawParcel(`bead:${rail.id}`, at, grid, { token: "backward", opacity: 1 - during(u, LANDS, LANDS + 0.1), side: "below" });
    if (rail.cut && way > 0.8 && toNumber(norm(grid)) !== 0) {
      const t = during(u, LANDS - 0.08, 1);
      marks.push({ key: `swallow:${rail.id}`, shape: "circle", ...at, r: 5 + 13 * t, stroke: "backward", strokeWidth: 2, fill: "none", opacity: 1 - t });
    }
    return marks;
  });
}

/** Each shared weight gets what this step has for it. @param {Stage} stage @param {number} time @returns {Mark[]} */
function share(stage, time) {
  const { plan, layout, u } = stage;
  const cell = layout.cells[time - 1];
  if (u <= LEAVES) return [];
  return layout.cards.flatMap(({ bars, row }, i) => {
    const { shares } = plan.parameters[i];
    const at = shares.findIndex((one) => one.time === time);
    if (at < 0 || plan.parameters[i].layer !== 1) return [];
    const size = norm(sumMessages(stage.trace, [shares[at].edge]));
    const to = { x: bars.left + bars.width / 2, y: bars.top + (shares.length - 1 - at + 0.5) * row };
    const from = { x: cell.x, y: cell.y + cell.h / 2 };
    const curve = [from.x, from.y, from.x, (from.y + to.y) / 2, to.x, (from.y + to.y) / 2, to.x, to.y];
    return drawBead(`share:${shares[at].edge}`, pointAt(curve, during(u, LEAVES, LANDS)), size, "backward", { scale: 0.8, opacity: 1 - during(u, LANDS, LANDS + 0.1) });
  });
}
