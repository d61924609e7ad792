/** The sentence under the picture, and what to do where it could not go on. */

import { effect } from "@preact/signals-core";
import { formatNumber } from "../../layout/number.js";
import { isRecurrent } from "../../state/sequences.js";
import { isOwn, isSequences } from "../../state/training/setup.js";
import { h, icon, part } from "../dom.js";
import { writeCount } from "./control.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

const SPEAK_EVERY = 4000;
/** @type {Record<string, string>} */
const REASONS = {
  loss: "Stopped: the loss is as low as was asked for.",
  patience: "Stopped: the loss has not become lower for as long as was asked for.",
  problem: "Stopped: the server could not go on.",
};
const PHASES = { forward: "on the way forward", backward: "on the way back", update: "in the update" };

/** @param {Training} training */
export function mountVerdict({ state, actions }) {
  const chip = h("span", { class: "chip" });
  const text = h("span", { class: "text" });
  const walk = h("button", { class: "text-button walk", type: "button", title: "The next step's batch: forward, backward and update, beat by beat", onclick: actions.walk }, icon("M4 12h4l2.5-6 4 12 2.5-6h3"), "Walk through this step");
  const card = h("div", { class: "divergence", role: "alert", hidden: true });
  part("saying").append(card, h("div", { class: "saying" }, h("p", {}, chip, text), walk));
  effect(() => {
    walk.disabled = state.frame.value === null || (state.samples.value?.inputs.length ?? 0) < 2;
    walk.classList.toggle("busy", state.mode.value === "opening");
  });
  effect(() => {
    const frame = state.frame.value;
    chip.textContent = frame ? `Step ${writeCount(frame.step)}` : "Step 0";
  });
  effect(() => {
    const told = tell(state);
    if (text.textContent !== told) text.textContent = told;
  });
  effect(() => {
    const found = state.diverged.value;
    card.hidden = found === null;
    if (!found) return;
    const recurrent = isRecurrent(state.setup.peek().spec);
    const where = found.layer === null ? "" : recurrent ? `, in the ${found.layer === 1 ? "cell" : "output"}` : `, in layer ${found.layer}`;
    card.replaceChildren(
      h("strong", {}, `It diverged at step ${writeCount(found.step)}${where}`),
      h("p", {}, `${nameNode(found.node)} is not a finite number any more, ${PHASES[found.phase]}. ${found.detail}`),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", class: "text-button", onclick: () => actions.goTo(found.network) }, "Step back to just before"),
        h("button", { type: "button", class: "text-button", onclick: () => actions.goTo(found.calm.network) }, `Back to calm step ${writeCount(found.calm.step)}`),
        h(
          "button",
          {
            type: "button",
            class: "text-button strong",
            onclick: () => {
              actions.goTo(found.calm.network);
              actions.halveRate();
              actions.play();
            },
          },
          "Halve the learning rate",
        ),
      ),
    );
  });
  speak(state);
}

/** @param {Training["state"]} state */
function tell(state) {
  const [setup, samples, problem] = [state.setup.value, state.samples.value, state.problem.value];
  if (problem) return problem.detail || problem.title;
  if (state.lost.value) return "The connection is gone; it goes on from the last step as soon as it is back.";
  if (!samples) return "Fetching the data.";
  if (samples.inputs.length < 2) return "Draw at least two points.";
  const reason = state.ended.value;
  if (reason && REASONS[reason]) return REASONS[reason];
  const count = samples.inputs.length;
  const held = Math.min(Math.round(count * setup.validation_fraction), count - 1);
  const learned = count - held;
  const batch = Math.min(setup.batch_size ?? learned, learned);
  const steps = Math.ceil(learned / batch);
  if (state.running.value) {
    const rate = state.rate.value;
    return rate === null ? "" : `${writeCount(Math.round(rate))} steps a second.`;
  }
  const name = isOwn(setup.data) ? "Your own data" : "";
  const batches = batch === learned ? "all at once" : `${batch} at a time, ${steps} steps an epoch`;
  const what = isSequences(samples) ? `sequences of ${samples.inputs[0].length} steps` : "samples";
  return `${name ? `${name}: ` : ""}${learned} ${what} to learn from${held ? ` and ${held} to check with` : ""}; ${batches}.`;
}

/** @param {string} node such as layer2.z or time3.h */
function nameNode(node) {
  const [, time, inside] = /^time(\d+)\.(.+)$/.exec(node) ?? [];
  if (time) return `${inside.charAt(0).toUpperCase()}${inside.slice(1).replaceAll(/[_.]/g, " ")} at time step ${time}`;
  const [, layer, what] = /^layer(\d+)\.(\w+)$/.exec(node) ?? [];
  return layer ? `${what === "weight" || what === "bias" ? `A ${what}` : what} of layer ${layer}` : node === "loss" ? "The loss" : node;
}

/** A few words every few seconds for those who listen. @param {Training["state"]} state */
function speak(state) {
  const voice = part("narration");
  let spoken = -Infinity;
  let was = false;
  effect(() => {
    const [frame, running] = [state.frame.value, state.running.value];
    if (state.mode.value !== "train" || !frame) return;
    const now = frame === null ? 0 : performance.now();
    const changed = running !== was;
    was = running;
    if (running && !changed && now - spoken < SPEAK_EVERY) return;
    if (!running && !changed && now - spoken < 300) return;
    spoken = now;
    voice.textContent = `${changed ? (running ? "Training. " : "Paused. ") : ""}Step ${frame.step}, loss ${formatNumber(frame.loss)}.`;
  });
}
