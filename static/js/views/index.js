/** The ways to look at a run. */

import { network } from "./network.js";

/** @typedef {import("../layout/trace.js").Trace} Trace */
/** @typedef {import("../layout/layout.js").Layout} Layout */
/** @typedef {import("../scene/marks.js").Mark} Mark */
/**
 * @typedef {object} View
 * @property {string} id
 * @property {string} title
 * @property {number} most with more edges than this they go to the canvas
 * @property {(trace: Trace) => boolean} accepts
 * @property {(trace: Trace, size: {width: number, height: number}) => Layout} layout
 * @property {(trace: Trace, layout: Layout, playhead: number, looking: {selection: string | null, hover: string | null, reducedMotion: boolean}) => Mark[]} scene
 */

/** @type {View[]} */
export const views = [network];

/**
 * The view with this id, or the first that accepts the run.
 * @param {string} id
 * @param {Trace} trace
 * @returns {View}
 */
export function findView(id, trace) {
  const open = views.filter((view) => view.accepts(trace));
  return open.find((view) => view.id === id) ?? open[0] ?? views[0];
}
