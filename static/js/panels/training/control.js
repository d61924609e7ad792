/** Play, step, start again, how fast, and how it stands. */

import { effect } from "@preact/signals-core";
import { formatNumber } from "../../layout/number.js";
import { PACES } from "../../state/training/request.js";
import { h, icon, part } from "../dom.js";

/** @typedef {import("../../state/training/store.js").Training} Training */

const ICONS = {
  restart: ["M5 12a7 7 0 1 0 2.2-5.1", "M4.5 4v4h4"],
  step: ["m8 6 7 6-7 6Z", "M18 6v12"],
  play: ["M8 5.5v13l10.5-6.5Z"],
  pause: ["M9 6v12", "M15 6v12"],
  walk: ["M4 12h4l2.5-6 4 12 2.5-6h3"],
};

/** Made once: to make one takes longer than to write with it. */
const COUNT = new Intl.NumberFormat("en");

/** @param {Training} training */
export function mountControl({ state, actions }) {
  const button = (/** @type {keyof typeof ICONS} */ name, /** @type {string} */ label, /** @type {() => void} */ act) =>
    h("button", { class: "icon-button", type: "button", "aria-label": label, title: label, onclick: act }, icon(...ICONS[name]));
  const play = h("button", { class: "play inviting", type: "button", onclick: actions.toggle });
  effect(() => {
    const running = state.running.value;
    play.setAttribute("aria-label", running ? "Pause" : "Play");
    play.replaceChildren(icon(...ICONS[running ? "pause" : "play"]));
    if (running) play.classList.remove("inviting");
  });
  const restart = button("restart", "Start again", actions.restart);
  const step = button("step", "One step", actions.step);
  const pace = h(
    "select",
    { class: "rate pace", "aria-label": "Speed", onchange: () => actions.setPace(pace.value) },
    ...PACES.map(({ id, label }) => h("option", { value: id }, label)),
  );
  effect(() => void (pace.value = state.pace.value));
  const walk = button("walk", "Walk through this step", actions.walk);
  walk.classList.add("narrow");
  effect(() => {
    const ready = state.frame.value !== null && (state.samples.value?.inputs.length ?? 0) > 1;
    for (const control of [play, step, walk]) control.disabled = !ready;
  });
  part("control").append(
    h("div", { class: "buttons", role: "group", "aria-label": "Training" }, restart, play, step),
    makeCounters(state),
    h("div", { class: "buttons" }, pace, walk),
  );
}

/** @param {Training["state"]} state */
function makeCounters(state) {
  const counter = (/** @type {string} */ name, goes = "") => {
    const value = h("dd", {}, "–");
    return { value, element: h("div", { class: goes }, h("dt", {}, name), value) };
  };
  const [step, epoch, loss, validation, accuracy] = [counter("Step"), counter("Epoch"), counter("Loss"), counter("Validation", "second"), counter("Accuracy", "first")];
  const list = h("dl", { class: "counters" }, ...[step, epoch, loss, validation, accuracy].map(({ element }) => element));
  effect(() => {
    const frame = state.frame.value;
    if (!frame) return;
    step.value.textContent = COUNT.format(frame.step);
    epoch.value.textContent = COUNT.format(frame.epoch);
    loss.value.textContent = formatNumber(frame.loss);
    loss.value.title = String(frame.loss);
    const held = frame.validation_loss;
    validation.element.hidden = held === null;
    validation.value.textContent = formatNumber(held);
    const right = frame.metrics.validation_accuracy ?? frame.metrics.accuracy;
    accuracy.element.hidden = right === null || right === undefined;
    accuracy.value.textContent = percent(right);
  });
  return list;
}

/** A count as it is read. @param {number} value */
export function writeCount(value) {
  return COUNT.format(value);
}

/** @param {number | null | undefined} share */
export function percent(share) {
  return share === null || share === undefined ? "–" : `${(100 * share).toFixed(share < 1 && share > 0.995 ? 1 : 0)} %`;
}
