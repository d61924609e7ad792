/** Where to look: at everything while that can be read, else at what the beat is about. */

import { fitAll, lookAt, mix } from "../../layout/camera.js";
import { locate } from "../../timeline/playhead.js";
import { during } from "../moment.js";

/** @typedef {import("../../layout/camera.js").Camera} Camera */
/** @typedef {import("../../layout/layout.js").GraphLayout} GraphLayout */
/** @typedef {import("../../layout/trace.js").NodesTrace} NodesTrace */

const LARGEST = 1.5;
/** Smaller than this the numbers are too small to read. */
const READABLE = 0.85;
const CLOSE = 1;

/**
 * @param {NodesTrace} trace
 * @param {GraphLayout} layout
 * @param {number} playhead
 * @param {boolean} whole everything, whether it can be read or not
 * @returns {Camera}
 */
export function aimCamera(trace, layout, playhead, whole) {
  const { width, height, down, picture } = layout;
  const margins = down ? { left: 12, top: 16, right: 12, bottom: 64 } : { left: 20, top: 72, right: 20, bottom: 64 };
  const all = fitAll(picture, layout, margins, LARGEST);
  if (whole || all.k >= READABLE) return all;
  /** @param {number} index */
  const aim = (index) => {
    const beat = trace.beats[index];
    if (!beat || beat.nodes.length !== 1 || beat.phase === "update") return all;
    const ends = beat.edges.flatMap(({ from, to }) => [from, to]);
    const places = [...beat.nodes, ...ends].flatMap((id) => layout.nodes.get(id) ?? []);
    const middle = (/** @type {"x" | "y"} */ axis) => (Math.min(...places.map((place) => place[axis])) + Math.max(...places.map((place) => place[axis]))) / 2;
    return lookAt({ x: middle("x"), y: middle("y") }, CLOSE, picture, layout, margins);
  };
  const { index, u } = locate(playhead, trace.beats.length);
  return mix(aim(index - 1), aim(index), during(u, 0, 0.5), { width, height });
}
