/** The computation graph at a playhead: a pure function of run, layout, playhead and selection. */

import { nameEdge } from "../../layout/entries.js";
import { locate } from "../../timeline/playhead.js";
import { drawEdges, drawLegend, drawLitEdges, drawTraffic } from "./edges.js";
import { drawHandles } from "./handles.js";
import { drawLight } from "./light.js";
import { drawNodes } from "./nodes.js";
import { tellStory } from "./story.js";
import { drawSums } from "./sums.js";

/** @typedef {import("../marks.js").Mark} Mark */
/** @typedef {import("../../layout/layout.js").GraphLayout} GraphLayout */
/** @typedef {import("../../layout/trace.js").NodesTrace} NodesTrace */
/** @typedef {import("../../layout/trace.js").NodeView} NodeView */
/** @typedef {import("../../layout/trace.js").MessageView} MessageView */
/**
 * What is the same for every moment of a run.
 * @typedef {object} Known
 * @property {import("./story.js").Story} story
 * @property {Map<string, NodeView>} nodes
 * @property {Map<string, MessageView>} messages by the edge that they come back on
 * @property {Map<string, number>} received how many messages a node gets
 * @property {boolean} stateful whether the optimizer keeps something between steps
 */
/**
 * @typedef {Known & {trace: NodesTrace, layout: GraphLayout, index: number, u: number,
 *   beat: import("../../layout/trace.js").Beat, at: (index: number | undefined) => number,
 *   selection: string | null, lit: Set<string>}} Stage `at`: how far a beat has come, 0 to 1
 */

/** @type {WeakMap<NodesTrace, Known>} */
const known = new WeakMap();

/**
 * @param {NodesTrace} trace
 * @param {GraphLayout} layout
 * @param {number} playhead
 * @param {{selection?: string | null, hover?: string | null, reducedMotion?: boolean,
 *   light?: import("../../layout/chain.js").Light | null}} [looking]
 * @returns {Mark[]} in painting order
 */
export function sceneGraph(trace, layout, playhead, { selection = null, hover = null, reducedMotion = false, light = null } = {}) {
  const found = known.get(trace) ?? study(trace);
  known.set(trace, found);
  const now = locate(playhead, trace.beats.length);
  const u = reducedMotion && now.u > 0 ? 1 : now.u;
  const stage = {
    ...found,
    trace,
    layout,
    index: now.index,
    u,
    beat: trace.beats[now.index],
    at: (/** @type {number | undefined} */ index) => (index === undefined || index > now.index ? 0 : index < now.index ? 1 : u),
    selection,
    lit: new Set([selection, hover].filter((id) => id !== null)),
  };
  // While paths are lit, the selected edge tells its own numbers among theirs.
  const over = light ? { ...stage, lit: new Set(hover === null ? [] : [hover]) } : stage;
  return [...drawLegend(stage), ...drawEdges(stage), ...drawNodes(stage), ...drawTraffic(stage), ...drawSums(stage), ...(light ? drawLight(stage, light) : []), ...drawLitEdges(over), ...drawHandles(stage)];
}

/** @param {NodesTrace} trace @returns {Known} */
function study(trace) {
  /** @type {Map<string, number>} */
  const received = new Map();
  /** @type {Map<string, MessageView>} */
  const messages = new Map();
  for (const { id, messages: sent } of trace.nodes) {
    for (const message of sent) {
      received.set(message.to, (received.get(message.to) ?? 0) + 1);
      messages.set(nameEdge(id, message.input), message);
    }
  }
  const slots = trace.next_network?.optimizer_state?.slots ?? {};
  return {
    story: tellStory(trace),
    nodes: new Map(trace.nodes.map((node) => [node.id, node])),
    messages,
    received,
    stateful: Object.keys(slots).length > 0,
  };
}
