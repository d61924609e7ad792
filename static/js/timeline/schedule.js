/** How long beats take, and where the playhead is after some time. */

/** @typedef {{kind: string}} Timed */

const LINEAR_MS = 900;
const BEAT_MS = 600;
const CYCLE_MS = 20_000;

/**
 * The time of each beat at 1x, in milliseconds. A cycle that would take more than 20 s is
 * compressed, the longest phases first, until it does not.
 * @param {readonly (Timed & {phase: string})[]} beats
 * @returns {number[]}
 */
export function durations(beats) {
  const plain = beats.map(({ kind }) => (kind === "linear" ? LINEAR_MS : BEAT_MS));
  /** @type {Map<string, number>} */
  const phases = new Map();
  beats.forEach(({ phase }, i) => phases.set(phase, (phases.get(phase) ?? 0) + plain[i]));
  const most = capPhases([...phases.values()]);
  return plain.map((time, i) => time * Math.min(1, most / (phases.get(beats[i].phase) ?? 1)));
}

/**
 * The playhead after `elapsed` milliseconds of play; it stops at the end.
 * @param {number} playhead
 * @param {number} elapsed
 * @param {readonly number[]} times
 * @param {number} speed
 * @returns {number}
 */
export function advance(playhead, elapsed, times, speed) {
  let left = elapsed * speed;
  let at = Math.max(0, playhead);
  while (left > 0 && at < times.length) {
    const beat = Math.floor(at);
    const rest = (beat + 1 - at) * times[beat];
    if (left < rest) return at + left / times[beat];
    left -= rest;
    at = beat + 1;
  }
  return Math.min(at, times.length);
}

/**
 * The time that no phase may exceed for all of them to fit into a cycle.
 * @param {number[]} times
 */
function capPhases(times) {
  let room = CYCLE_MS;
  const rising = times.sort((a, b) => a - b);
  for (let i = 0; i < rising.length; i++) {
    const share = room / (rising.length - i);
    if (rising[i] > share) return share;
    room -= rising[i];
  }
  return Infinity;
}
