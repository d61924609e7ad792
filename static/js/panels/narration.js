/** What the beat says: a sentence under the picture, and the same for a screen reader. */

import { computed, effect } from "@preact/signals-core";
import { locate, segments } from "../timeline/playhead.js";
import { h, part } from "./dom.js";

/** @typedef {import("../state/store.js").Store} Store */

/** @type {Record<string, string>} */
export const PHASES = { forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" };

/**
 * @param {Store} store
 * @param {() => boolean} [on] whether it is heard
 */
export function mountNarration({ state }, on = () => true) {
  const chip = h("span", { class: "chip" });
  const text = h("span", { class: "text" });
  const sentence = part("sentence");
  sentence.append(chip, text);
  const index = computed(() => locate(state.playhead.value, state.trace.value.beats.length).index);
  effect(() => {
    const { beats, health } = state.trace.value;
    const beat = beats[index.value];
    const phase = segments(beats).find(({ end }) => index.value < end);
    if (!phase) return;
    const count = `${PHASES[beat.phase]} · ${index.value - phase.start + 1} of ${phase.end - phase.start}`;
    sentence.dataset.phase = beat.phase;
    chip.textContent = count;
    const broken = health.first_non_finite;
    const warning = broken && beat.nodes.includes(broken.node) ? ` Here the numbers stop being finite: ${broken.node}.` : "";
    text.textContent = beat.text + warning;
  });
  effect(() => {
    if (!on()) return;
    // While playing, a sentence every half second would never let a screen reader finish one.
    const beat = state.trace.value.beats[index.value];
    if (!state.playing.value) part("narration").textContent = `${beat.title}. ${text.textContent}`;
    else if (index.value === 0 || beat.phase !== state.trace.value.beats[index.value - 1].phase) {
      part("narration").textContent = PHASES[beat.phase];
    }
  });
}
