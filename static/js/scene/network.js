/** The picture of a network at a playhead: a pure function of run, layout, playhead and selection. */

import { formatNumber, toNumber } from "../layout/number.js";
import { LEGEND_VALUES, lineWidth, signToken } from "../layout/scale.js";
import { typeSize } from "../layout/text.js";
import { drawBiases, drawChips, drawLitChips } from "./chips.js";
import { drawEdges, drawTraffic } from "./edges.js";
import { drawHandles } from "./handles.js";
import { listParts } from "./instrument.js";
import { drawLight } from "./light.js";
import { drawLoss, drawTargets, drawWires } from "./loss.js";
import { createMoment } from "./moment.js";
import { drawSums } from "./sums.js";
import { drawUnfolded, drawUnitGradients, drawUnits } from "./units.js";

/** @typedef {import("./marks.js").Mark} Mark */
/** @typedef {import("../layout/layout.js").Layout} Layout */
/** @typedef {import("../layout/trace.js").UnitsTrace} Trace */
/** @typedef {import("../layout/trace.js").UnitView} UnitView */
/** @typedef {import("../layout/trace.js").WeightView} WeightView */
/**
 * What is the same for every moment of a run.
 * @typedef {object} Known
 * @property {Map<string, UnitView>} values units by id
 * @property {Map<string, WeightView[]>} incoming weights by the unit that they lead to
 * @property {Map<string, WeightView[]>} outgoing weights by the unit that they come from
 * @property {Map<string, string>} names plain names by id
 * @property {[number, number][]} reach per layer, the largest sums below and above zero
 * @property {boolean} stateful whether the optimizer keeps something between steps
 */
/**
 * @typedef {Known & {trace: Trace, layout: Layout, moment: import("./moment.js").Moment,
 *   selection: string | null, lit: Set<string>, dense: boolean, crowded: boolean, beadScale: number}} Stage
 */

/** Past so many edges they go to a canvas, thinner. */
export const MOST_DRAWN_EDGES = 300;

/** @type {WeakMap<Trace, Known>} */
const known = new WeakMap();

/**
 * @param {Trace} trace
 * @param {Layout} layout
 * @param {number} playhead
 * @param {{selection?: string | null, hover?: string | null, reducedMotion?: boolean,
 *   light?: import("../layout/chain.js").Light | null}} [looking]
 * @returns {Mark[]} in painting order
 */
export function sceneNetwork(trace, layout, playhead, { selection = null, hover = null, reducedMotion = false, light = null } = {}) {
  const found = known.get(trace) ?? study(trace);
  known.set(trace, found);
  const dense = layout.edges.length > MOST_DRAWN_EDGES;
  const lit = new Set([selection, hover].filter((id) => id !== null));
  const folded = [...layout.units.values()].some(({ form }) => form !== "instrument");
  const crowded = folded && layout.edges.length > 30;
  const beadScale = dense ? 0.5 : Math.max(0.7, Math.min(1.2, layout.scale)) * (crowded ? 0.8 : 1);
  const stage = { ...found, trace, layout, moment: createMoment(trace, playhead, reducedMotion), selection, lit, dense, crowded, beadScale };
  // While paths are lit, what is selected shows its numbers among theirs.
  const over = light ? { ...stage, lit: new Set(hover === null ? [] : [hover]) } : stage;
  return [
    ...drawEdges(stage),
    ...drawWires(stage),
    ...drawColumns(stage),
    ...drawBiases(stage),
    ...drawUnits(stage),
    ...drawTargets(stage),
    ...drawLoss(stage),
    ...drawChips(stage),
    ...drawTraffic(stage),
    ...drawSums(stage),
    ...drawUnitGradients(stage),
    ...(light ? drawLight(stage, light) : []),
    ...drawUnfolded(over),
    ...drawLitChips(over),
    ...drawHandles(stage),
  ];
}

/** @param {Trace} trace @returns {Known} */
function study(trace) {
  const incoming = groupBy(trace.weights, "to");
  const outgoing = groupBy(trace.weights, "from");
  const names = new Map(trace.units.map(({ id, label }) => [id, label]));
  for (const { id, label } of trace.weights) names.set(id, label);
  for (const unit of trace.units) if (unit.bias_id) names.set(unit.bias_id, "b");
  const outputs = trace.targets[0]?.length ?? 0;
  for (let k = 0; k < outputs; k++) names.set(`y[${k}]`, outputs > 1 ? `y ${k + 1}` : "y");
  const reach = trace.layers.map(({ layer }) => {
    /** @type {[number, number]} */
    const ends = [0, 0];
    for (const unit of trace.units) {
      if (unit.layer !== layer || layer === 0) continue;
      const sums = [0, 0];
      for (const { value } of listParts(incoming.get(unit.id) ?? [], unit)) sums[value < 0 ? 0 : 1] += Math.abs(value);
      sums.forEach((sum, i) => (ends[i] = Math.max(ends[i], sum)));
    }
    return ends;
  });
  const slots = trace.next_network?.optimizer_state?.slots ?? {};
  return { values: new Map(trace.units.map((unit) => [unit.id, unit])), incoming, outgoing, names, reach, stateful: Object.keys(slots).length > 0 };
}

/** @param {WeightView[]} weights @param {"from" | "to"} end */
function groupBy(weights, end) {
  /** @type {Map<string, WeightView[]>} */
  const groups = new Map();
  for (const weight of weights) {
    const group = groups.get(weight[end]);
    if (group) group.push(weight);
    else groups.set(weight[end], [weight]);
  }
  return groups;
}

/** Labels at the columns and the legend of widths. @param {Stage} stage @returns {Mark[]} */
function drawColumns({ layout }) {
  const size = typeSize(12, layout.scale);
  /** @type {Mark[]} */
  const marks = layout.columns.map(({ layer, text, x, y, anchor }) => ({ key: `column:${layer}`, shape: "text", x, y, text, size, anchor, fill: "ink-3", halo: layout.down ? "paper" : undefined }));
  if (!layout.legend) return marks;
  const { x, y } = layout.legend;
  LEGEND_VALUES.forEach((value, i) => {
    const left = x + i * 54;
    marks.push(
      { key: `legend:${i}`, shape: "path", d: `M${left} ${y - 10}h38`, stroke: signToken(value), strokeWidth: lineWidth(value), fill: "none" },
      { key: `legend:${i}:value`, shape: "text", x: left + 19, y: y + 8, text: formatNumber(toNumber(value), { sign: true }), size: 11, anchor: "middle", fill: "ink-3" },
    );
  });
  return marks;
}
