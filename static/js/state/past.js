/** What can be undone and done again; the many small changes of one gesture are one. */

import { batch } from "@preact/signals-core";

const MOST = 200;

/**
 * @template T
 * @param {object} options
 * @param {() => T} options.read how things are now
 * @param {(value: T) => void} options.pose puts them as they were, or were to be
 * @param {{value: boolean}} options.canUndo told what is possible
 * @param {{value: boolean}} options.canRedo
 * @param {number} [options.most] of what can be undone
 */
export function createPast({ read, pose, canUndo, canRedo, most = MOST }) {
  /** @type {T[]} */
  const past = [];
  /** @type {T[]} */
  const future = [];
  /** What is being changed by many small edits in a row. @type {string | null} */
  let gesture = null;

  const tell = () => {
    canUndo.value = past.length > 0;
    canRedo.value = future.length > 0;
  };
  /** @param {T[]} from @param {T[]} to */
  const go = (from, to) => {
    const next = from.pop();
    if (next === undefined) return;
    gesture = null;
    to.push(read());
    batch(() => {
      pose(next);
      tell();
    });
  };
  /** Whether an edit goes on with the gesture before it. @param {string | null} during */
  const goesOn = (during) => during !== null && during === gesture;

  return {
    goesOn,
    /** To be called before every edit. @param {string | null} [during] the gesture that it is part of */
    keep(during = null) {
      if (!goesOn(during)) past.push(read());
      gesture = during;
      past.splice(0, past.length - most);
      future.length = 0;
      batch(tell);
    },
    /** The gesture is over: what comes next is undone apart from it. */
    settle: () => void (gesture = null),
    undo: () => go(past, future),
    redo: () => go(future, past),
  };
}
