/** A recurrent network through time at a playhead: a pure function of run, layout, playhead and selection. */

import { readGrid } from "../../layout/entries.js";
import { toNumber } from "../../layout/number.js";
import { unroll } from "../../layout/unrolled.js";
import { locate } from "../../timeline/playhead.js";
import { tellStory } from "../graph/story.js";
import { drawBlocks } from "./blocks.js";
import { drawCards } from "./cards.js";
import { drawCells } from "./cells.js";
import { drawFolded } from "./folded.js";
import { drawHandles } from "./handles.js";
import { drawJudgement } from "./judged.js";
import { drawLight } from "./light.js";
import { drawRails } from "./rails.js";
import { drawTold } from "./told.js";
import { drawTraffic } from "./traffic.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/layout.js").TimeLayout} TimeLayout */
/** @typedef {import("../../layout/trace.js").NodesTrace} NodesTrace */
/** @typedef {import("../../layout/trace.js").Num} Num */
/**
 * @typedef {object} Known what is the same for every moment of a run
 * @property {import("../../layout/unrolled.js").Unrolled} plan
 * @property {import("../graph/story.js").Story} story
 * @property {Map<string, number>} reach the largest magnitude among values of the same letter
 * @property {boolean} stateful whether the optimizer keeps something between steps
 */
/**
 * @typedef {Known & {trace: NodesTrace, layout: TimeLayout, beat: import("../../layout/trace.js").Beat,
 *   u: number, at: (index: number | undefined) => number, lit: Set<string>,
 *   grid: (id: string) => Num[][], gradient: (id: string) => Num[][],
 *   keep: <T>(key: string, make: () => T) => T}} Stage `at`: how far a beat has come, 0 to 1; `grid`
 *   and `gradient`: of a node, for the sample; `keep` what is the same in every frame of a layout
 */

/** @type {WeakMap<NodesTrace, Known>} */
const known = new WeakMap();
/** A layout is of one run, so what is kept for it is of both. @type {WeakMap<TimeLayout, Map<string, any>>} */
const kept = new WeakMap();

/**
 * @param {NodesTrace} trace
 * @param {TimeLayout} layout
 * @param {number} playhead
 * @param {{selection?: string | null, hover?: string | null, reducedMotion?: boolean,
 *   light?: import("../../layout/chain.js").Light | null}} [looking]
 * @returns {Mark[]} in painting order
 */
export function sceneTime(trace, layout, playhead, { selection = null, hover = null, reducedMotion = false, light = null } = {}) {
  const found = known.get(trace) ?? study(trace);
  known.set(trace, found);
  const now = locate(playhead, trace.beats.length);
  const u = reducedMotion && now.u > 0 ? 1 : now.u;
  const { nodes } = found.plan;
  const memory = kept.get(layout) ?? new Map();
  kept.set(layout, memory);
  /** @type {Stage["keep"]} */
  const keep = (key, make) => {
    let made = memory.get(key);
    if (made === undefined) memory.set(key, (made = make()));
    return made;
  };
  /** @param {string} id @param {"value" | "grad"} what */
  const read = (id, what) =>
    keep(`${what} ${id}`, () => {
      const node = nodes.get(id);
      return node ? readGrid(trace, node, node[what]) : [];
    });
  /** @type {Stage} */
  const stage = {
    ...found,
    trace,
    layout,
    u,
    beat: trace.beats[now.index],
    at: (index) => (index === undefined || index > now.index ? 0 : index < now.index ? 1 : u),
    lit: new Set([selection, hover].filter((id) => id !== null)),
    keep,
    grid: (id) => read(id, "value"),
    gradient: (id) => read(id, "grad"),
  };
  const picture = layout.folded ? drawFolded(stage) : [...drawRails(stage), ...drawCells(stage), ...drawBlocks(stage)];
  return [...picture, ...drawJudgement(stage), ...drawCards(stage), ...drawTraffic(stage), ...(light ? drawLight(stage, light) : []), ...drawTold(stage), ...drawHandles(stage)];
}

/** @param {NodesTrace} trace @returns {Known} */
function study(trace) {
  const plan = unroll(trace);
  /** @type {Map<string, number>} */
  const reach = new Map();
  for (const node of trace.nodes) {
    if (node.time === null) continue;
    const letter = node.id.slice(node.id.indexOf(".") + 1);
    const sizes = readGrid(trace, node, node.value).flat().map((value) => Math.abs(toNumber(value))).filter(Number.isFinite);
    reach.set(letter, Math.max(reach.get(letter) ?? 0, ...sizes));
  }
  const slots = trace.next_network?.optimizer_state?.slots ?? {};
  return { plan, story: tellStory(trace), reach, stateful: Object.keys(slots).length > 0 };
}
