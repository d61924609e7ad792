/** What happens when the race's state changes: playing, remembering. */

import { effect } from "@preact/signals-core";
import { readRaceLink, writeRaceLink } from "./link.js";

/** @typedef {import("./store.js").Race} Race */

const URL_DELAY = 300;
/** At 1x, so many steps in a second, or as many as end a race in so many seconds. */
const [STEPS_PER_SECOND, LONGEST] = [10, 20];

/**
 * Moves the playhead while playing.
 * @param {Race} race
 * @param {ReturnType<typeof import("../../timeline/clock.js").createClock>} clock
 */
export function playRace({ state, actions, derived }, clock) {
  effect(() => {
    if (!state.playing.value) return clock.stop();
    clock.start((elapsed) => {
      const count = derived.steps.peek();
      const next = derived.playhead.peek() + (elapsed / 1000) * state.speed.peek() * Math.max(STEPS_PER_SECOND, count / LONGEST);
      actions.setPlayhead(next);
      if (next >= count) actions.pause();
    });
  });
}

/**
 * The address says what is on the screen, and an address brings it back.
 * @param {Race} race
 */
export function keepRaceLink({ state, actions, derived }) {
  let written = "";
  let surface = JSON.stringify(state.setup.peek().surface);
  const restore = () => {
    if (location.hash === written && location.hash !== "") return;
    written = location.hash;
    const found = readRaceLink(location.hash, state.catalog);
    if (!found) return;
    surface = JSON.stringify(found.setup.surface);
    actions.restore(found);
  };
  restore();
  addEventListener("hashchange", restore);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  effect(() => {
    void [state.setup.value, derived.playhead.value, state.focus.value, state.view.value, state.race.value];
    if (state.playing.value || derived.problem.value) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const look = { playhead: derived.playhead.peek(), focus: state.focus.peek(), view: state.view.peek() };
      const fragment = writeRaceLink(state.setup.peek(), look, state.catalog);
      if (fragment === written) return;
      // Another surface is another place to come back to; all else is a change of this one.
      const now = JSON.stringify(state.setup.peek().surface);
      const moved = now !== surface && !("expression" in state.setup.peek().surface);
      surface = now;
      written = fragment;
      history[moved ? "pushState" : "replaceState"](null, "", fragment);
    }, URL_DELAY);
  });
}
