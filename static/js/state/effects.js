/** What happens when the state changes: asking the server, playing, remembering. */

import { effect, untracked } from "@preact/signals-core";
import { post } from "../api/client.js";
import { advance, durations } from "../timeline/schedule.js";
import { readFragment, writeFragment } from "./url.js";

/** @typedef {import("./store.js").Store} Store */
/** @typedef {import("./state.js").Reading} Reading */

const THEME = "retrograd-theme";
const URL_DELAY = 300;
/** What mail programs and messengers leave whole. */
const LONGEST_LINK = 2000;

/**
 * Every question gets an answer in the view that is open; a newer one ends the older. What was
 * answered once is kept until the question changes, so that views can be switched at once.
 * @param {Store} store
 * @param {(view: string, spec: any) => Reading | null} findReading what a view shows; null when it
 *   shows whatever there is
 */
export function answerQuestions({ state, actions, question }, findReading) {
  /** @type {AbortController | null} */
  let running = null;
  let about = state.asked.peek();
  /** @type {Map<string, import("./state.js").Trace>} */
  const answers = new Map([[`${state.reading.peek()} null`, state.trace.peek()]]);
  let shown = [...answers.keys()][0];
  effect(() => {
    const asked = state.asked.value;
    const spec = state.network.value.spec;
    const reading = findReading(state.view.value, spec) ?? untracked(() => state.reading.value);
    const unit = reading === "nodes" ? state.opened.value : null;
    const wanted = `${reading} ${unit}`;
    if (asked === about && wanted === shown) return;
    if (asked !== about) answers.clear();
    [about, shown] = [asked, wanted];
    running?.abort();
    const known = answers.get(wanted);
    if (known) return untracked(() => actions.receive(known, reading));
    const mine = (running = new AbortController());
    const { preset: _, ...body } = untracked(question);
    actions.wait();
    post("/networks/trace", { ...body, ...state.adjustment.peek(), view: reading, ...(unit !== null && { unit }) }, mine.signal).then(
      (result) => {
        if (mine.signal.aborted) return;
        if ("problem" in result) return actions.refuse(result.problem);
        answers.set(wanted, result.answer);
        actions.receive(result.answer, reading);
      },
      () => {},
    );
  });
}

/**
 * Moves the playhead while playing.
 * @param {Store} store
 * @param {ReturnType<typeof import("../timeline/clock.js").createClock>} clock
 */
export function play({ state, actions }, clock) {
  effect(() => {
    if (!state.playing.value) {
      clock.stop();
      return;
    }
    clock.start((elapsed) => {
      if (state.pending.peek()) return;
      const times = durations(state.trace.peek().beats);
      const next = advance(state.playhead.peek(), elapsed, times, state.speed.peek());
      actions.setPlayhead(next);
      if (next < times.length) return;
      if (state.loop.peek()) actions.setPlayhead(0);
      else actions.pause();
    });
  });
}

/**
 * The theme: the person's choice, else the system's.
 * @param {{state: Pick<Store["state"], "theme">, actions: Pick<Store["actions"], "setTheme">}} store
 */
export function keepTheme({ state, actions }) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const { dataset } = document.documentElement;
  const preferred = () => (system.matches ? "dark" : "light");
  const saved = localStorage.getItem(THEME);
  if (saved === "dark" || saved === "light") dataset.theme = saved;
  actions.setTheme(saved === "dark" || saved === "light" ? saved : preferred());
  system.addEventListener("change", () => {
    if (!dataset.theme) actions.setTheme(preferred());
  });
  effect(() => {
    const theme = state.theme.value;
    // Until someone chooses, the style sheet follows the system by itself.
    if (!dataset.theme && theme === preferred()) return;
    dataset.theme = theme;
    localStorage.setItem(THEME, theme);
  });
}

/**
 * Whether things may travel.
 * @param {{actions: Pick<Store["actions"], "setReducedMotion">}} store
 */
export function keepMotion({ actions }) {
  const reduced = matchMedia("(prefers-reduced-motion: reduce)");
  const follow = () => actions.setReducedMotion(reduced.matches);
  follow();
  reduced.addEventListener("change", follow);
}

/**
 * The address says what is on the screen, and an address brings it back.
 * @param {Store} store
 */
export function keepAddress(store) {
  const { state, actions } = store;
  let written = location.hash;
  let preset = state.preset.peek();
  const restore = () => {
    if (location.hash === written && location.hash !== "") return;
    written = location.hash;
    // A snapshot's page says how it looked; what stands in the address itself goes first.
    const fragment = location.hash || document.documentElement.dataset.fragment || "";
    const found = readFragment(fragment, state.catalog);
    if (!found) return;
    preset = found.question.preset;
    actions.restore(found.question, found);
    const arrived = effect(() => {
      if (state.pending.value || state.problem.value) return;
      actions.setPlayhead(found.playhead);
      queueMicrotask(() => arrived());
    });
  };
  written = "";
  restore();
  addEventListener("hashchange", restore);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  effect(() => {
    void [state.trace.value, state.playhead.value, state.view.value, state.opened.value, state.sample.value];
    if (state.playing.value || state.problem.value || state.pending.value) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      const look = { view: state.view.peek(), opened: state.opened.peek(), playhead: state.playhead.peek() };
      const fragment = writeFragment(store.question(), look, state.catalog);
      if (fragment === written) return;
      // Another preset is another place to come back to; all else is a change of this one.
      const moved = state.preset.peek() !== null && state.preset.peek() !== preset;
      preset = state.preset.peek();
      written = fragment;
      history[moved ? "pushState" : "replaceState"](null, "", fragment || location.pathname);
    }, URL_DELAY);
  });
}

/**
 * A link to what is on the screen. A small state travels in the link and never reaches the server;
 * a large one is kept there.
 * @param {Store} store
 * @returns {Promise<{link: string, kept: boolean} | {problem: import("./state.js").Problem}>}
 */
export async function makeLink({ state, question }) {
  const look = { view: state.view.peek(), opened: state.opened.peek(), playhead: state.playhead.peek() };
  const link = `${location.origin}${location.pathname}${writeFragment(question(), look, state.catalog)}`;
  if (link.length <= LONGEST_LINK) return { link, kept: location.pathname.startsWith("/s/") };
  const { network, inputs, targets, optimizer, sample } = question();
  const view = { room: location.pathname, sample, view: look.view, unit: look.opened, at: look.playhead };
  const { signal } = new AbortController();
  const result = await post("/snapshots", { network, inputs, targets, optimizer, view }, signal);
  if ("problem" in result) return result;
  return { link: `${location.origin}${result.answer.url}`, kept: true };
}

/**
 * Every curve asked for is drawn, the newest when they come faster than the answers.
 * @param {import("./playground.js").Playground} playground
 */
export function answerSweeps({ asked, receive }) {
  const { signal } = new AbortController();
  let busy = false;
  /** @type {string | null} */
  let answered = null;
  const next = async () => {
    if (busy) return;
    busy = true;
    while (answered !== asked.peek().body) {
      const { body, ...about } = asked.peek();
      const result = await post("/networks/forward", JSON.parse(body), signal);
      answered = body;
      receive("answer" in result ? { ...about, y: result.answer.outputs.flat() } : null);
    }
    busy = false;
  };
  effect(() => {
    void asked.value;
    void next();
  });
}

/**
 * What is asked beside the run gets an answer; a newer question ends the older.
 * @template {import("./inspection.js").Inquiry} Q
 * @param {object} inquiry
 * @param {{readonly value: Q | null}} inquiry.asked
 * @param {(result: import("./inspection.js").Result, about: Q) => void} inquiry.receive
 * @param {number} [inquiry.pace] milliseconds from one question to the next
 * @param {number} [inquiry.rest] milliseconds for which a question must last before it is asked
 */
export function answerInquiry({ asked, receive, pace = 0, rest = 0 }) {
  /** @type {AbortController | null} */
  let running = null;
  let last = "";
  let next = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  effect(() => {
    const about = asked.value;
    const now = about ? about.path + about.body : "";
    if (now === last) return;
    last = now;
    running?.abort();
    clearTimeout(timer);
    if (!about) return;
    const mine = (running = new AbortController());
    const send = async () => {
      next = performance.now() + pace;
      try {
        const result = await post(about.path, JSON.parse(about.body), mine.signal);
        if (!mine.signal.aborted) receive(result, about);
      } catch {
        // Only a newer question ends one.
      }
    };
    const wait = Math.max(rest, next - performance.now());
    if (wait > 0) timer = setTimeout(send, wait);
    else void send();
  });
}

/**
 * Every question that stands when the last is answered gets an answer: while a hand drags, answers
 * keep coming, as fast as the server gives them.
 * @template {import("./inspection.js").Inquiry} Q
 * @param {{asked: {readonly value: Q | null, peek(): Q | null}, receive: (result: import("./inspection.js").Result, about: Q) => void}} inquiry
 */
export function answerNewest({ asked, receive }) {
  const { signal } = new AbortController();
  let busy = false;
  let last = "";
  const next = async () => {
    if (busy) return;
    busy = true;
    for (let about = asked.peek(); about && about.path + about.body !== last; about = asked.peek()) {
      last = about.path + about.body;
      const result = await post(about.path, JSON.parse(about.body), signal);
      receive(result, about);
    }
    busy = false;
  };
  effect(() => {
    void asked.value;
    void next();
  });
}
