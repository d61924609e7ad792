/** What happens when the lab's state changes: measuring, playing, remembering. */

import { computed, effect } from "@preact/signals-core";
import { fetchText, post } from "../../api/client.js";
import { openStream } from "../../api/stream.js";
import { readLabLink, writeLabLink } from "./link.js";
import { sweepRequest } from "./grid.js";
import { timeRequests } from "./cells.js";
import { requestOf } from "./form.js";

/** @typedef {import("./store.js").Lab} Lab */

const URL_DELAY = 300;
/** How long a hand may rest before what it set is measured, in ms. */
const REST = 60;
/** A pass takes as long as so many ms per layer, within bounds. */
const PER_LAYER = 160;
const [SHORTEST, LONGEST] = [1600, 6000];

/**
 * Everything asked is measured twice: quickly, with few seeds, and then as asked. A newer question
 * ends the thorough measurement of an older one at once; a quick one is short and is awaited, since
 * the server would go on with it anyway.
 * @param {Lab} lab
 */
export function measure({ state, actions }) {
  /** @type {AbortController | null} */
  let thorough = null;
  let busy = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const asked = computed(() => (state.mode.value === "time" ? state.time.value : state.mode.value === "sweep" ? null : state.form.value));
  /** What was measured last, and whether thoroughly. @type {{form: unknown, quick: boolean}} */
  let done = { form: null, quick: true };

  /** @param {boolean} quick @param {AbortSignal} signal */
  const ask = async (quick, signal) => {
    const [now, form, time] = [asked.peek(), state.form.peek(), state.time.peek()];
    const stretch = state.shown.peek() === "stretch";
    const cells = now === time ? timeRequests(time, state.catalog, { quick, stretch }) : [];
    const bodies = now === time ? cells.map(({ body }) => body) : [requestOf(form, state.catalog, { quick, stretch })];
    const results = await Promise.all(bodies.map((body) => post("/experiments/gradient-flow", body, signal)));
    if (signal.aborted) return false;
    done = { form: now, quick };
    const answers = results.flatMap((result) => ("answer" in result ? [result.answer] : []));
    const refused = results.find((result) => "problem" in result);
    if (!refused && now === time) actions.receiveCells(cells.map(({ name, label }, i) => ({ name, label, flow: answers[i] })), time, quick);
    else if (!refused) actions.receive(answers[0], form, quick);
    else if (now === asked.peek()) actions.refuse(refused.problem);
    return !refused;
  };
  const next = async () => {
    if (busy) return;
    busy = true;
    actions.wait(true);
    while (asked.peek() !== null && done.form !== asked.peek()) {
      const form = asked.peek();
      const answered = await ask(true, new AbortController().signal);
      if (!answered && form === asked.peek()) break;
    }
    busy = false;
    if (state.sliding.peek() || state.problem.peek()) return actions.wait(false);
    await finish();
  };
  const finish = async () => {
    const mine = (thorough = new AbortController());
    actions.wait(true);
    await ask(false, mine.signal).catch(() => false);
    if (mine.signal.aborted) return;
    thorough = null;
    actions.wait(false);
  };
  effect(() => {
    const form = asked.value;
    if (form === null || (form === done.form && !done.quick)) return;
    thorough?.abort();
    clearTimeout(timer);
    timer = setTimeout(() => void next(), done.form === null ? 0 : REST);
  });
  effect(() => {
    if (state.sliding.value || busy || done.form !== asked.peek() || !done.quick || thorough) return;
    void finish();
  });
}

/**
 * Runs a sweep from its start until it ends or is stopped; what comes in a burst is told together.
 * @param {Lab} lab
 * @param {(callback: () => void) => unknown} requestFrame
 */
export function runSweeps({ state, actions }, requestFrame) {
  /** @type {AbortController | null} */
  let running = null;
  /** @type {import("./store.js").SweepPoint[]} */
  let waiting = [];
  const flush = () => {
    const points = waiting;
    waiting = [];
    if (points.length) actions.receivePoints(points);
  };
  /** @param {AbortSignal} signal */
  const run = async (signal) => {
    for await (const { name, data } of openStream("/experiments/sweeps", sweepRequest(state.swept.peek(), state.catalog), signal)) {
      if (signal.aborted) return;
      if (name === "point") {
        if (!waiting.length) requestFrame(flush);
        waiting.push(data);
      } else if (name === "progress") actions.receiveProgress(data);
      else if (name === "problem") actions.refuse(data);
      else if (name === "end") {
        flush();
        actions.endSweep(data.reason);
      }
    }
    if (state.sweeping.peek()) actions.endSweep("problem");
  };
  effect(() => {
    if (!state.sweeping.value) return running?.abort();
    const mine = (running = new AbortController());
    run(mine.signal).catch(() => {
      if (!mine.signal.aborted) actions.endSweep("lost");
    });
  });
}

/**
 * Moves the playhead while playing.
 * @param {Lab} lab
 * @param {ReturnType<typeof import("../../timeline/clock.js").createClock>} clock
 */
export function playPass({ state, actions }, clock) {
  effect(() => {
    if (!state.playing.value) return clock.stop();
    clock.start((elapsed) => {
      const count = state.count.peek();
      const whole = Math.min(LONGEST, Math.max(SHORTEST, PER_LAYER * count));
      const next = state.playhead.peek() + (elapsed * state.speed.peek() * count) / whole;
      actions.setPlayhead(next);
      if (next < count) return;
      if (state.loop.peek()) actions.setPlayhead(0);
      else actions.pause();
    });
  });
}

/**
 * A sweep as a table with a row per trial, as the API writes it; what was measured is not measured
 * again.
 * @param {Lab} lab
 * @returns {Promise<{text: string} | {problem: import("../state.js").Problem}>}
 */
export async function fetchSweepTable({ state }) {
  return fetchText("/experiments/sweeps", { ...sweepRequest(state.swept.peek(), state.catalog), format: "csv" });
}

/** How the lab is looked at. @param {Lab["state"]} state @returns {import("./store.js").Look} */
function readLook(state) {
  const stopped = !state.playing.peek() && state.playhead.peek() < state.count.peek();
  return { mode: state.mode.peek(), view: state.view.peek(), selected: state.selected.peek(), playhead: stopped ? state.playhead.peek() : null };
}

/**
 * A link to what is on the screen, small enough to hold all of it.
 * @param {Lab} lab
 */
export function makeLabLink({ state, question }) {
  return `${location.origin}/lab${writeLabLink(question(), readLook(state), state.catalog)}`;
}

/**
 * The address says what is on the screen, and an address brings it back.
 * @param {Lab} lab
 */
export function keepLabLink({ state, actions, question }) {
  let written = "";
  let classic = state.classic.peek();
  const restore = () => {
    if (location.hash === written && location.hash !== "") return;
    written = location.hash;
    const found = readLabLink(location.hash, state.catalog);
    if (!found) return;
    classic = found.classic;
    actions.restore(found);
  };
  restore();
  addEventListener("hashchange", restore);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  effect(() => {
    void [state.form.value, state.time.value, state.sweep.value, state.base.value, state.clip.value, state.classic.value, state.mode.value, state.view.value, state.selected.value];
    // While the pass plays the address stays; where it is stopped is a place to come back to.
    if (!state.playing.value) void state.playhead.value;
    if (state.sliding.value) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const fragment = writeLabLink(question(), readLook(state), state.catalog);
      if (fragment === written) return;
      // Another classic is another place to come back to; all else is a change of this one.
      const moved = state.classic.peek() !== null && state.classic.peek() !== classic;
      classic = state.classic.peek();
      written = fragment;
      history[moved ? "pushState" : "replaceState"](null, "", fragment);
    }, URL_DELAY);
  });
}
