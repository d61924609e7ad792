/** The lab's timeline: the backward pass, a cell per layer, and its buttons. */

import { effect } from "@preact/signals-core";
import { h, icon, part } from "../dom.js";
import { makeSweepControl } from "./sweepcontrol.js";
import { ICONS, mountTimeline, SPEEDS } from "../transport.js";

/** @typedef {import("../../state/lab/store.js").Lab} Lab */

/** @param {Lab} lab */
export function mountLabTransport(lab) {
  const { state, actions } = lab;
  const button = (/** @type {keyof typeof ICONS} */ name, /** @type {string} */ label, /** @type {() => void} */ act, wide = false) =>
    h("button", { class: `icon-button${wide ? " wide" : ""}`, type: "button", "aria-label": label, title: label, onclick: act }, icon(...ICONS[name]));
  const play = h("button", { class: "play", type: "button", onclick: actions.toggle });
  effect(() => {
    const playing = state.playing.value;
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    play.replaceChildren(icon(...ICONS[playing ? "pause" : "play"]));
  });
  const loop = button("loop", "Loop", actions.toggleLoop, true);
  effect(() => loop.setAttribute("aria-pressed", String(state.loop.value)));
  const rate = h("select", { class: "rate", "aria-label": "Speed", onchange: () => actions.setSpeed(Number(rate.value)) }, ...SPEEDS.map((speed) => h("option", { value: speed }, `${speed}\u00d7`)));
  effect(() => void (rate.value = String(state.speed.value)));
  const timeline = mountTimeline({ state, actions });
  const groups = [
    h(
      "div",
      { class: "buttons", role: "group", "aria-label": "Playback" },
      button("first", "To the start", actions.first, true),
      button("back", "Back one layer", actions.stepBack),
      play,
      button("forward", "On one layer", actions.stepForward),
      button("last", "To the end", actions.last, true),
    ),
    timeline,
    h("div", { class: "buttons" }, loop, rate),
  ];
  const control = makeSweepControl(lab);
  part("transport").append(...groups, control);
  effect(() => {
    const sweeps = state.mode.value === "sweep";
    for (const group of groups) group.hidden = sweeps;
    control.hidden = !sweeps;
  });
}
