/** The timeline and its buttons. */

import { effect } from "@preact/signals-core";
import { locate, segments } from "../timeline/playhead.js";
import { h, icon, part } from "./dom.js";
import { PHASES } from "./narration.js";

/** @typedef {import("../state/store.js").Store} Store */

export const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** More beats in a phase than these have no gaps between them. */
const MOST_PARTED = 40;

export const ICONS = {
  first: ["M6 5v14", "M18 6 9 12l9 6Z"],
  previousPhase: ["m11 7-5 5 5 5", "m18 7-5 5 5 5"],
  back: ["m15 6-7 6 7 6Z"],
  play: ["M8 5.5v13l10.5-6.5Z"],
  pause: ["M9 6v12", "M15 6v12"],
  forward: ["m9 6 7 6-7 6Z"],
  nextPhase: ["m6 7 5 5-5 5", "m13 7 5 5-5 5"],
  last: ["M18 5v14", "m6 6 9 6-9 6Z"],
  loop: ["M17 3l3 3-3 3", "M4 11V9a3 3 0 0 1 3-3h13", "M7 21l-3-3 3-3", "M20 13v2a3 3 0 0 1-3 3H4"],
};

/**
 * @param {Store} store
 * @param {{next?: () => void}} [page] what the next step is in a room of its own
 */
export function mountTransport(store, page = {}) {
  const { state, actions } = store;
  const button = (/** @type {keyof typeof ICONS} */ name, /** @type {string} */ label, /** @type {() => void} */ act, wide = false) =>
    h("button", { class: `icon-button${wide ? " wide" : ""}`, type: "button", "aria-label": label, title: label, onclick: act }, icon(...ICONS[name]));
  const play = h("button", { class: "play inviting", type: "button", onclick: actions.toggle });
  effect(() => {
    const playing = state.playing.value;
    play.setAttribute("aria-label", playing ? "Pause" : "Play");
    play.replaceChildren(icon(...ICONS[playing ? "pause" : "play"]));
    if (playing) play.classList.remove("inviting");
  });
  const loop = button("loop", "Loop", actions.toggleLoop, true);
  effect(() => loop.setAttribute("aria-pressed", String(state.loop.value)));
  const rate = h(
    "select",
    { class: "rate", "aria-label": "Speed", onchange: () => actions.setSpeed(Number(rate.value)) },
    ...SPEEDS.map((speed) => h("option", { value: speed }, `${speed}×`)),
  );
  effect(() => void (rate.value = String(state.speed.value)));
  const next = h("button", { class: "text-button", type: "button", onclick: page.next ?? (() => goOn(store)) }, "Next step");
  next.title = "Take the new weights and run again";
  effect(() => void (next.disabled = !state.trace.value.next_network));
  part("transport").append(
    h(
      "div",
      { class: "buttons", role: "group", "aria-label": "Playback" },
      button("first", "To the start", actions.first, true),
      button("previousPhase", "Previous phase", actions.previousPhase, true),
      button("back", "Back one beat", actions.stepBack),
      play,
      button("forward", "On one beat", actions.stepForward),
      button("nextPhase", "Next phase", actions.nextPhase, true),
      button("last", "To the end", actions.last, true),
    ),
    mountTimeline(store),
    h("div", { class: "buttons" }, loop, rate, next),
  );
}

/**
 * Puts the new weights in place and plays on.
 * @param {Store} store
 */
export function goOn({ actions }) {
  if (actions.nextStep()) actions.play();
}

/**
 * @param {{state: {trace: {readonly value: {beats: readonly {phase: string, title: string}[]}}, playhead: {readonly value: number}},
 *   actions: Pick<Store["actions"], "setPlayhead" | "pause">}} store
 */
export function mountTimeline({ state, actions }) {
  const pin = h("div", { class: "pin" });
  const timeline = h("div", {
    class: "timeline",
    role: "slider",
    tabindex: "0",
    "aria-label": "Timeline",
    "aria-valuemin": "0",
  });
  /** @type {HTMLElement[]} */
  let cells = [];
  /** @type {HTMLElement[]} */
  let fills = [];
  let shape = "";
  effect(() => {
    const { beats } = state.trace.value;
    const now = beats.map(({ phase }) => phase).join();
    if (now === shape) return;
    shape = now;
    cells = beats.map(() => h("span", { class: "cell" }, h("i")));
    fills = cells.map((cell) => /** @type {HTMLElement} */ (cell.firstChild));
    const parts = segments(beats).map(({ phase, start, end }) => {
      const segment = h(
        "div",
        { class: "segment", "data-phase": phase },
        h("span", { class: "name" }, PHASES[phase]),
        h("div", { class: end - start > MOST_PARTED ? "cells many" : "cells" }, ...cells.slice(start, end)),
      );
      segment.style.flexGrow = String(end - start);
      return segment;
    });
    timeline.replaceChildren(...parts, pin);
  });
  const place = () => {
    const { beats } = state.trace.value;
    const { index, u } = locate(state.playhead.value, beats.length);
    fills.forEach((fill, i) => {
      fill.style.transform = `scaleX(${i < index ? 1 : i === index ? u : 0})`;
    });
    const cell = cells[index];
    pin.style.transform = `translateX(${left(cell) + u * cell.offsetWidth - 1}px)`;
    timeline.setAttribute("aria-valuemax", String(beats.length));
    timeline.setAttribute("aria-valuenow", String(Math.round(state.playhead.value * 100) / 100));
    timeline.setAttribute("aria-valuetext", `${PHASES[beats[index].phase]}: ${beats[index].title}`);
  };
  /** @param {HTMLElement} cell */
  const left = (cell) => cell.getBoundingClientRect().left - timeline.getBoundingClientRect().left;
  effect(place);
  new ResizeObserver(place).observe(timeline);
  /** @param {PointerEvent} event */
  const scrub = (event) => {
    const { clientX } = event;
    const at = cells.findLastIndex((cell) => cell.getBoundingClientRect().left <= clientX);
    if (at < 0) return actions.setPlayhead(0);
    const { left: start, width } = cells[at].getBoundingClientRect();
    actions.setPlayhead(at + Math.min(1, Math.max(0, (clientX - start) / width)));
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
