/** How far each beat has come at a playhead. */

import { locate } from "../timeline/playhead.js";

/** @typedef {import("../layout/trace.js").UnitsTrace} Trace */

const STAGGER_MS = 40;
const MOST_STAGGER_MS = 240;
const BEAT_MS = { linear: 900, other: 600 };

/**
 * @typedef {object} Moment
 * @property {(kind: string, layer?: number) => number} at progress of a beat, 0 to 1
 * @property {(kind: string, layer: number, index: number, count: number) => number} of the same for
 *   one unit of several, which start one after the other
 * @property {string} kind of the beat that is on
 * @property {number | null} layer of the beat that is on
 * @property {number} u progress of the beat that is on
 */

/**
 * @param {Trace} trace
 * @param {number} playhead
 * @param {boolean} reducedMotion every beat that has begun is then at its end
 * @returns {Moment}
 */
export function createMoment(trace, playhead, reducedMotion) {
  const found = locate(playhead, trace.beats.length);
  const u = reducedMotion && found.u > 0 ? 1 : found.u;
  /** @type {Map<string, number>} */
  const order = new Map(trace.beats.map(({ kind, layer }, index) => [name(kind, layer), index]));
  const beat = trace.beats[found.index];
  /** @param {string} kind @param {number | null} [layer] */
  const at = (kind, layer = null) => {
    const index = order.get(name(kind, layer));
    if (index === undefined || index > found.index) return 0;
    return index < found.index ? 1 : u;
  };
  return {
    at,
    of(kind, layer, index, count) {
      const whole = at(kind, layer);
      if (count < 2 || whole === 0 || whole === 1) return whole;
      const time = kind === "linear" ? BEAT_MS.linear : BEAT_MS.other;
      const delay = Math.min(STAGGER_MS * (count - 1), MOST_STAGGER_MS) / time;
      return clamp((whole - (delay * index) / (count - 1)) / (1 - delay));
    },
    kind: beat?.kind ?? "",
    layer: beat?.layer ?? null,
    u,
  };
}

/**
 * The part of `u` between two times as a progress of its own, eased in and out.
 * @param {number} u
 * @param {number} from
 * @param {number} to
 */
export function during(u, from, to) {
  const t = clamp((u - from) / (to - from));
  return t * t * (3 - 2 * t);
}

/** @param {number} u */
function clamp(u) {
  return Math.min(1, Math.max(0, u));
}

// Kinds that happen once are asked for without a layer, whatever layer the trace gives them.
const ONCE = new Set(["inputs", "loss", "loss_gradient", "update", "afterwards"]);

/** @param {string} kind @param {number | null} layer */
function name(kind, layer) {
  return ONCE.has(kind) ? kind : `${kind} ${layer}`;
}
