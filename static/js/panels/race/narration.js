/** What the step says: a sentence under the map, and the same for a screen reader. */

import { effect } from "@preact/signals-core";
import { rank, tellMoment } from "../../layout/race/runs.js";
import { h, part } from "../dom.js";

/** @param {import("../../state/race/store.js").Race} race */
export function mountRaceNarration({ state, derived }) {
  const chip = h("span", { class: "chip" });
  const text = h("span", { class: "text" });
  const sentence = part("sentence");
  sentence.dataset.phase = "update";
  sentence.append(chip, text);
  let lost = 0;
  effect(() => {
    const [runs, step] = [derived.runs.value, derived.shown.value];
    if (!state.race.value) return;
    chip.textContent = `Step ${step} of ${derived.steps.value}`;
    text.textContent = tellMoment(runs, step);
    const gone = rank(runs, step).filter(({ diverged }) => diverged !== null);
    // While playing, a sentence every step would never let a screen reader finish one.
    if (!state.playing.value) part("narration").textContent = `Step ${step}. ${text.textContent}`;
    else if (gone.length > lost) part("narration").textContent = `${gone.map(({ run, diverged }) => `${run.name} diverged at step ${diverged}`).join("; ")}.`;
    lost = gone.length;
  });
}
