/** The sentence under the lab's picture, and the same for a screen reader. */

import { effect } from "@preact/signals-core";
import { clipGradients } from "../../layout/lab/clip.js";
import { judge, nameVerdict } from "../../layout/lab/findings.js";
import { tellTime, tellTimeStep } from "../../layout/lab/timewords.js";
import { measureRatio, tellFlow, tellStep } from "../../layout/lab/words.js";
import { formatNumber } from "../../layout/number.js";
import { h, part } from "../dom.js";
import { tellSweep } from "./sweepinspector.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */

/** @param {Lab} lab */
export function mountLabNarration({ state }) {
  const chip = h("span", { class: "chip" });
  const text = h("span", { class: "text" });
  const sentence = part("sentence");
  sentence.append(chip, text);
  effect(() => {
    if (state.mode.value === "sweep") {
      sentence.dataset.phase = "backward";
      chip.textContent = state.stale.value && !state.sweeping.value ? "Out of date" : "Sweep";
      text.textContent = tellSweep({ state });
      return;
    }
    const through = state.mode.value === "time";
    const [flow, cells, count] = [state.answer.value, state.cells.value, state.count.value];
    if (through ? !cells.length : !flow) {
      chip.textContent = "Backward";
      text.textContent = "The first measurement is under way.";
      return;
    }
    const reached = state.reached.value;
    const done = state.playhead.value >= count;
    const clips = state.shown.value === "update";
    sentence.dataset.phase = clips && done ? "update" : "backward";
    if (!done) {
      chip.textContent = `Backward \u00b7 ${Math.ceil(state.playhead.value)} of ${count}`;
      text.textContent = reached === null ? `The pass begins at the output and goes from the last ${through ? "time step" : "layer"} to the first.` : through ? tellTimeStep(cells, reached) : flow ? tellStep(flow, reached) : "";
    } else {
      chip.textContent = clips ? "Update" : through || !flow || count < 2 ? `${count} ${through ? "steps" : "layers"}` : nameVerdict(judge(measureRatio(flow).left));
      if (through) text.textContent = tellTime(cells, state.answeredTime.value);
      else if (flow) text.textContent = clips ? tellClipping(flow, state.clip.value, state.answered.value.width) : tellFlow(flow, state.answered.value);
    }
  });
  effect(() => {
    // A live region that spoke at every layer, or at every place of a slider, would never end a sentence.
    if ((state.quick.value && state.mode.value !== "sweep") || state.sweeping.value || state.sliding.value || state.playing.value) return;
    void [state.answer.value, state.cells.value, state.mode.value, state.playhead.value, state.view.value, state.clip.value, state.stale.value];
    part("narration").textContent = `${chip.textContent}: ${text.textContent}`;
  });
}

/**
 * @param {import("../../layout/lab/flow.js").Flow} flow
 * @param {import("../../layout/lab/clip.js").Clip} clip
 * @param {number} width
 */
function tellClipping({ layers }, clip, width) {
  if (clip.by === "none") return "Nothing is clipped: the update uses these gradients as they are. Choose a way to clip them on the left.";
  const { norm, norm_after } = clipGradients(layers, width * width, clip);
  const [before, after, at] = [norm, norm_after, clip.at].map((value) => formatNumber(value));
  if (!Number.isFinite(norm)) return "The norm of all gradients is not a finite number: there is nothing that clipping could scale.";
  if (clip.by === "value") return `Every entry beyond \u00b1${at} is cut to it: the norm of all weights\u2019 gradients goes from ${before} to about ${after}, and their direction changes.`;
  if (norm <= clip.at) return `The norm of all weights\u2019 gradients is ${before}, within ${at}: nothing is clipped.`;
  return `The norm of all weights\u2019 gradients is ${before}: every layer is scaled by ${formatNumber(clip.at / norm)}, so that it becomes ${at}. Their direction stays, and so do the ratios between layers.`;
}
