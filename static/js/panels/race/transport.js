/** The race's timeline: one bar of steps, with a cross where a racer diverged. */

import { effect } from "@preact/signals-core";
import { listTicks } from "../../layout/axes.js";
import { countSteps } from "../../layout/race/runs.js";
import { laneToken } from "../../scene/race/lanes.js";
import { h, icon, part } from "../dom.js";
import { ICONS, SPEEDS } from "../transport.js";

/** @typedef {import("../../state/race/store.js").Race} Race */

/** @param {Race} race */
export function mountRaceTransport(race) {
  const { state, actions } = race;
  const button = (/** @type {keyof typeof ICONS} */ name, /** @type {string} */ label, /** @type {() => void} */ act, wide = false) =>
    h("button", { class: `icon-button${wide ? " wide" : ""}`, type: "button", "aria-label": label, title: label, onclick: act }, icon(...ICONS[name]));
  const play = h("button", { class: "play inviting", type: "button", onclick: actions.toggle });
  effect(() => {
    const playing = state.playing.value;
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    play.replaceChildren(icon(...ICONS[playing ? "pause" : "play"]));
    if (playing) play.classList.remove("inviting");
  });
  const rate = h("select", { class: "rate", "aria-label": "Speed", onchange: () => actions.setSpeed(Number(rate.value)) }, ...SPEEDS.map((speed) => h("option", { value: speed }, `${speed}\u00d7`)));
  effect(() => void (rate.value = String(state.speed.value)));
  part("transport").append(
    h(
      "div",
      { class: "buttons", role: "group", "aria-label": "Playback" },
      button("first", "To the start", actions.first, true),
      button("back", "Back one step", () => actions.stepBack()),
      play,
      button("forward", "On one step", () => actions.stepForward()),
      button("last", "To the last step", actions.last, true),
    ),
    makeTimeline(race),
    h("div", { class: "buttons" }, rate),
  );
}

/** @param {Race} race */
function makeTimeline({ actions, derived }) {
  const fill = h("i", {});
  const crosses = h("div", { class: "crosses", "aria-hidden": "true" });
  const bar = h("div", { class: "bar" }, fill);
  const pin = h("div", { class: "pin" });
  const ticks = h("div", { class: "ticks", "aria-hidden": "true" });
  const timeline = h("div", { class: "timeline race", role: "slider", tabindex: "0", "aria-label": "Step", "aria-valuemin": "0", "data-phase": "update" }, ticks, bar, crosses, pin);
  effect(() => {
    const [steps, playhead] = [derived.steps.value, derived.playhead.value];
    const share = playhead / steps;
    fill.style.transform = `scaleX(${share})`;
    pin.style.left = `${100 * share}%`;
    timeline.setAttribute("aria-valuemax", String(steps));
    timeline.setAttribute("aria-valuenow", String(derived.shown.value));
    timeline.setAttribute("aria-valuetext", `Step ${derived.shown.value} of ${steps}`);
  });
  effect(() => {
    const steps = derived.steps.value;
    ticks.replaceChildren(
      ...listTicks(0, steps, 5).map((step) => {
        const tick = h("span", {}, String(step));
        tick.style.left = `${(100 * step) / steps}%`;
        return tick;
      }),
    );
  });
  effect(() => {
    const steps = derived.steps.value;
    const lost = derived.runs.value.filter(({ way }) => way.reason === "diverged");
    crosses.replaceChildren(
      ...lost.map(({ lane, name, way }) => {
        const cross = h("span", { title: `${name} diverged at step ${countSteps(way) + 1}` }, "×");
        cross.style.left = `${(100 * (countSteps(way) + 1)) / steps}%`;
        cross.style.color = `var(--${laneToken(lane)})`;
        return cross;
      }),
    );
  });
  /** @param {PointerEvent} event */
  const scrub = (event) => {
    const { left, width } = bar.getBoundingClientRect();
    actions.setPlayhead(Math.round(((event.clientX - left) / width) * derived.steps.peek()));
  };
  timeline.addEventListener("pointerdown", (event) => {
    actions.pause();
    timeline.setPointerCapture(event.pointerId);
    scrub(event);
  });
  timeline.addEventListener("pointermove", (event) => {
    if (timeline.hasPointerCapture(event.pointerId)) scrub(event);
  });
  return timeline;
}
