/** The ways to look at a run. */

import { graph } from "./graph.js";
import { network } from "./network.js";
import { time } from "./time.js";

/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {import("../layout/trace.js").Reading} Reading */
/** @typedef {import("../layout/curve.js").Point} Point */
/** @typedef {import("../scene/marks.js").Mark} Mark */
/** @typedef {import("../layout/chain.js").Light} Light */
/** @typedef {{selection: string | null, hover: string | null, reducedMotion: boolean, light: Light | null}} Looking */
/** @typedef {{width: number, height: number}} Size */
/**
 * @template T the traces that it reads
 * @template {{down: boolean, edges: readonly unknown[]}} L its layouts
 * @typedef {object} View
 * @property {string} id
 * @property {string} title
 * @property {Reading} reads what it asks the API for
 * @property {string} hint what it is, for those who come by keyboard
 * @property {number} most with more edges than this they go to the canvas
 * @property {(spec: any) => boolean} accepts
 * @property {(trace: T, size: Size) => L} layout
 * @property {(trace: T, layout: L, playhead: number, looking: Looking) => Mark[]} scene
 * @property {(trace: T) => string | null} first where the keyboard comes in
 * @property {(trace: T, layout: L, id: string, direction: import("./walk.js").Direction) => string | null} walk
 * @property {(trace: T, id: string) => {id: string, value: Num} | null} edits the number that can be
 *   changed under an id, with the name of its place in the question
 * @property {(trace: T, layout: L, id: string) => Point | null} place where something stands
 * @property {(layout: L) => (Point & {id: string})[]} spots what a finger may mean
 * @property {(trace: T, layout: L, playhead: number, whole: boolean) => import("../layout/camera.js").Camera} [camera]
 *   where it is looked at from before anyone zooms, or from where all of it is seen; views without
 *   one always fit and do not zoom
 */

/** @type {View<any, any>[]} */
export const views = [network, time, graph];

/**
 * The views in which a network can be seen.
 * @param {any} spec
 */
export function listViews(spec) {
  return views.filter((view) => view.accepts(spec));
}

/**
 * The view with this id if it shows what the trace was asked for, or the first that does.
 * @param {string} id
 * @param {any} spec
 * @param {Reading} reading
 * @returns {View<any, any>}
 */
export function findView(id, spec, reading) {
  const open = listViews(spec).filter((view) => view.reads === reading);
  return open.find((view) => view.id === id) ?? open[0] ?? views[0];
}

/**
 * What the view with this id asks for: the first open one where it is closed, and null where it
 * is no picture.
 * @param {string} id
 * @param {any} spec
 * @returns {Reading | null}
 */
export function findReading(id, spec) {
  const open = listViews(spec);
  const view = open.find((one) => one.id === id);
  return view ? view.reads : views.some((one) => one.id === id) ? open[0].reads : null;
}
