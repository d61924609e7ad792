/** The nudge test: what the gradient predicts a small change does to the loss, and what it does. */

import { computed, effect, signal, untracked } from "@preact/signals-core";
import { snap, roundUp } from "../layout/axes.js";
import { toNumber } from "../layout/number.js";
import { makeInquiry } from "./inspection.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./inspection.js").Inspection} Inspection */
/** @typedef {import("./inspection.js").Inquiry} Inquiry */
/** @typedef {import("./inspection.js").Result} Result */
/** @typedef {import("../layout/trace.js").Num} Num */
/** @typedef {ReturnType<typeof createNudge>} Nudge */

/** Points by which the loss's own curve is drawn, one of them at 0. */
const POINTS = 17;
/** A person sees no more answers than this in a second, and the server has others to answer. */
const PACE = 50;

/**
 * @param {Store} store
 * @param {Inspection} inspection
 */
export function createNudge({ state, actions }, { chosen, goal, asked: explained }) {
  const delta = signal(0);
  /** Whether a hand was here: before that nothing is asked. */
  const touched = signal(false);
  const problem = signal(/** @type {import("./state.js").Problem | null} */ (null));
  /** Actual changes of the loss by delta. */
  const known = signal(/** @type {Map<number, Num>} */ (new Map([[0, 0]])));

  const subject = computed(() => (chosen.value?.edit ? chosen.value : null));
  const reach = computed(() => roundUp(Math.max(1, Math.abs(toNumber(subject.value?.value ?? 0)) || 1)));
  const predicted = computed(() => toNumber(subject.value?.grad ?? NaN) * delta.value);
  const actual = computed(() => known.value.get(delta.value) ?? null);
  /** The hand's delta before all, then those that the curve still lacks, from the middle outward. */
  const wanted = computed(() => {
    if (!subject.value || !touched.value || problem.value) return null;
    const half = (POINTS - 1) / 2;
    const grid = Array.from({ length: POINTS }, (_, i) => snapTo(((i - half) / half) * reach.value, reach.value));
    grid.sort((a, b) => Math.abs(a) - Math.abs(b));
    return [delta.value, ...grid].find((one) => !known.value.has(one)) ?? null;
  });
  const asked = computed(() => {
    const [found, next] = [subject.value, wanted.value];
    return found && next !== null ? { ...makeInquiry(state.trace.value, "/networks/nudge", { of: found.entry, delta: next }), delta: next } : null;
  });

  const begin = () => {
    delta.value = 0;
    touched.value = false;
    problem.value = null;
    known.value = new Map([[0, 0]]);
  };
  /** Another number, or the same of another run. */
  const about = computed(() => explained.value?.body);
  effect(() => {
    void about.value;
    untracked(begin);
  });

  return {
    pace: PACE,
    goal,
    subject,
    reach,
    delta,
    predicted,
    actual,
    known,
    problem,
    asked,
    /** @param {Result} result @param {Inquiry & {delta: number}} about */
    receive(result, about) {
      if ("problem" in result) problem.value = result.problem;
      else known.value = new Map([...known.peek(), [about.delta, result.answer.actual]]);
    },
    /** @param {number} next */
    move(next) {
      touched.value = true;
      problem.value = null;
      delta.value = snapTo(next, reach.peek());
    },
    reset: () => void (delta.value = 0),
    /** The nudged value becomes the network's, as an edit like any other. */
    keep() {
      const found = subject.peek();
      if (found?.edit && delta.peek() !== 0) actions.setValue(found.edit, addUp(toNumber(found.value), delta.peek()));
    },
  };
}

/** The step of a hand. @param {number} reach */
export function nudgeStep(reach) {
  return roundUp(reach / 100);
}

/** @param {number} value @param {number} reach */
function snapTo(value, reach) {
  return Math.min(reach, Math.max(-reach, snap(value, reach)));
}

/** Twelve digits: a sum of decimals should not show what binary made of it. @param {number} a @param {number} b */
export function addUp(a, b) {
  return Number((a + b).toPrecision(12));
}
