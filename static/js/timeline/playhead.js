/** Playhead arithmetic: at k, the first k beats are over; in between, one is on. */

/** @typedef {{phase: string}} Phased */

/**
 * The beat under the playhead and how much of it is over.
 * @param {number} playhead
 * @param {number} count
 * @returns {{index: number, u: number}}
 */
export function locate(playhead, count) {
  const at = clamp(playhead, count);
  const index = Math.max(0, Math.ceil(at) - 1);
  return { index, u: at - index };
}

/**
 * The end of the beat that is on, or of the next one.
 * @param {number} playhead
 * @param {number} count
 */
export function stepForward(playhead, count) {
  return clamp(Math.floor(playhead) + 1, count);
}

/**
 * The end of the beat before.
 * @param {number} playhead
 * @param {number} count
 */
export function stepBack(playhead, count) {
  return clamp(Math.ceil(playhead) - 1, count);
}

/**
 * The end of the next phase's first beat, or the end of the last.
 * @param {number} playhead
 * @param {readonly Phased[]} beats
 */
export function nextPhase(playhead, beats) {
  const starts = segments(beats).map(({ start }) => start + 1);
  return starts.find((start) => start > playhead) ?? beats.length;
}

/**
 * The end of the first beat of this phase, or of the one before when the playhead is there already.
 * @param {number} playhead
 * @param {readonly Phased[]} beats
 */
export function previousPhase(playhead, beats) {
  const starts = segments(beats).map(({ start }) => start + 1);
  return starts.findLast((start) => start < playhead) ?? 0;
}

/**
 * Runs of beats of one phase; `end` is the index after the last.
 * @param {readonly Phased[]} beats
 * @returns {{phase: string, start: number, end: number}[]}
 */
export function segments(beats) {
  /** @type {{phase: string, start: number, end: number}[]} */
  const runs = [];
  beats.forEach(({ phase }, index) => {
    const last = runs.at(-1);
    if (last?.phase === phase) last.end = index + 1;
    else runs.push({ phase, start: index, end: index + 1 });
  });
  return runs;
}

/**
 * The same moment of another run: as far into the same phase, and at its end when it was there.
 * @param {number} playhead
 * @param {readonly Phased[]} before
 * @param {readonly Phased[]} after
 */
export function carry(playhead, before, after) {
  const from = segments(before).find(({ end }) => playhead <= end);
  const to = segments(after).find(({ phase }) => phase === from?.phase);
  if (!from || !to) return clamp(playhead, after.length);
  return playhead === from.end ? to.end : to.start + clamp(playhead - from.start, to.end - to.start);
}

/** @param {number} playhead @param {number} count */
function clamp(playhead, count) {
  return Math.min(count, Math.max(0, playhead));
}
